// Lines of C# while they are written: indented by the braces around them.
using System.Text;

namespace Zautograd.Generator.Writer;

internal sealed class Lines
{
    const int Longest = 130;
    readonly StringBuilder text = new();
    int depth;

    public Lines Add(string line)
    {
        if (line.Length > 0)
            text.Append(' ', 4 * depth).Append(line);
        text.Append('\n');
        return this;
    }

    public Lines Open(string head)
    {
        if (head.Length > 0)
            Add(head);
        Add("{");
        depth++;
        return this;
    }

    public Lines Close()
    {
        depth--;
        return Add("}");
    }

    /// <summary>head(item, item), broken after the bracket where it is too long.</summary>
    public Lines List(string head, IReadOnlyList<string> items, string end)
    {
        var one = $"{head}({string.Join(", ", items)}){end}";
        if (4 * depth + one.Length <= Longest)
            return Add(one);
        Add(head + "(");
        depth++;
        for (int i = 0; i < items.Count; i++)
            Add(items[i] + (i < items.Count - 1 ? "," : ""));
        depth--;
        return Add(")" + end);
    }

    public Lines Text(string lines)
    {
        foreach (var line in lines.TrimEnd('\n').Split('\n'))
            Add(line);
        return this;
    }

    public override string ToString() => text.ToString();
}
