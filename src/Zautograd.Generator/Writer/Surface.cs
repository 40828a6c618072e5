// A generated method as the user sees it: its parameters, checks, the call of the code behind it, and what comes back.
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Writer;

using Program = Zautograd.Programs.Program;

internal abstract class Surface(MethodModel method, Program program)
{
    protected const string Runtime = "global::Zautograd.Runtime.";

    protected MethodModel Method => method;

    protected List<string> Signature { get; } = [];

    protected List<string> Docs { get; } = [];

    protected List<string> Before { get; } = [];

    protected List<string> After { get; } = [];

    /// <summary>What the code behind is given.</summary>
    protected List<string> Arguments { get; } = [];

    /// <summary>Names for what it returns; "_" for what nobody asks for.</summary>
    protected List<string> Results { get; } = [];

    readonly List<(string Name, string Span, string Element, bool IsWritten)> spans = [];
    readonly HashSet<string> taken = [.. method.Parameters.Select(parameter => parameter.Name), "reals", "ints"];
    string? last;
    bool needsReals;
    bool needsInts;

    protected abstract string Suffix { get; }

    protected abstract string Summary { get; }

    protected abstract string Returns { get; }

    protected abstract string Callee { get; }

    protected abstract void Prepare();

    /// <summary>A name that no parameter has.</summary>
    protected string Fresh(string wish)
    {
        var name = wish;
        for (int number = 2; !taken.Add(name); number++)
            name = $"{wish}{number}";
        return name;
    }

    protected static string Plain(Given parameter) => parameter.Name.TrimStart('@');

    public void Write(Lines lines)
    {
        Prepare();
        lines.Add($"/// <summary>{Summary}</summary>");
        foreach (var doc in Docs)
            lines.Add("/// " + doc);
        lines.List($"{method.Modifiers} {Returns} {method.Name}{Suffix}", Signature, "");
        lines.Open("");
        foreach (var line in Checks())
            lines.Add(line);
        if (needsReals)
            lines.Add($"using var reals = {Runtime}Workspace<double>.Rent();");
        if (needsInts)
            lines.Add($"using var ints = {Runtime}Workspace<int>.Rent();");
        foreach (var line in Before)
            lines.Add(line);
        var left =
            Results.All(result => result == "_") ? ""
            : Results.Count == 1 ? $"{Results[0]} = "
            : $"({string.Join(", ", Results)}) = ";
        lines.List($"{left}global::Zautograd.Generated.{FileWriter.Home(method)}.{Callee}", Arguments, ";");
        foreach (var line in After)
            lines.Add(line);
        if (last is not null)
            lines.Add(last);
        lines.Close();
    }

    /// <summary>Where something is written, nothing else may be.</summary>
    IEnumerable<string> Checks()
    {
        for (int i = 0; i < spans.Count; i++)
        for (int k = i + 1; k < spans.Count; k++)
        {
            var (a, b) = spans[k].IsWritten ? (spans[k], spans[i]) : (spans[i], spans[k]);
            if (a.IsWritten && a.Element == b.Element)
                yield return $"{Runtime}Arguments.Apart<{a.Element}>({a.Span}, {b.Span}, nameof({a.Name}), nameof({b.Name}));";
        }
    }

    protected void Watch(string name, Given like, bool isWritten)
    {
        if (like.Form is Form.Vector or Form.Matrix)
            spans.Add((name, like.Form == Form.Matrix ? $"{Runtime}Flat.Of<{like.Element}>({name})" : name, like.Element, isWritten));
    }

    protected string Memory(string store)
    {
        needsReals |= store == "double";
        needsInts |= store == "int";
        return store == "double" ? "reals" : "ints";
    }

    // not by Clear: see Zeros of Zautograd.Runtime.Workspace
    protected static string Zeroed(string name, Given like) =>
        (like.Form == Form.Vector ? name : $"{Runtime}Flat.Of<{like.Element}>({name})") + $".Fill({(like.IsOfStructs ? "default" : "0")});";

    /// <summary>An array parameter's elements as one span of doubles or ints.</summary>
    protected string Span(string name, Given like) =>
        like.Form switch
        {
            Form.Matrix when like.IsOfStructs =>
                $"MemoryMarshal.Cast<{like.Element}, {Store(like)}>({Runtime}Flat.Of<{like.Element}>({name}))",
            Form.Matrix => $"{Runtime}Flat.Of<{like.Element}>({name})",
            Form.Vector when like.IsOfStructs =>
                $"MemoryMarshal.Cast<{like.Element}, {Store(like)}>({(like.IsArrayObject && name == like.Name ? name + ".AsSpan()" : name)})",
            _ => name,
        };

    protected static string Store(Given like) => like.Leaves[0].IsReal ? (like.IsSingle ? "float" : "double") : "int";

    /// <summary>The doubles that stand for the floats of an array in the code behind.</summary>
    protected static string Wide(string name) => name.TrimStart('@') + "Wide";

    /// <summary>A copy of floats as doubles.</summary>
    protected string Widened(string name, Given like)
    {
        var wide = Fresh(Wide(name));
        Before.Add($"var {wide} = {Runtime}Flat.Widened({Span(name, like)}, {Memory("double")});");
        return wide;
    }

    /// <summary>Doubles for floats, all zero.</summary>
    protected string WideZeros(string name, Given like)
    {
        var wide = Fresh(Wide(name));
        Before.Add($"var {wide} = {Memory("double")}.Zeros({Span(name, like)}.Length);");
        return wide;
    }

    /// <summary>Floats are given what their doubles hold at the end.</summary>
    protected void Narrow(string name, Given like) => After.Insert(0, $"{Runtime}Flat.Narrowed({Wide(name)}, {Span(name, like)});");

    /// <summary>Where a number comes back to: a float by way of a double.</summary>
    protected string Back(string type, string name)
    {
        if (type != "float")
            return name;
        var wide = Fresh(Wide(name));
        After.Add($"{name} = (float){wide};");
        return "var " + wide;
    }

    /// <summary>What the core's parameters are for an argument; a copy of what the code behind changes, unless the caller is to see it.</summary>
    protected void Pass(Given given, bool shared)
    {
        var name = given.Name;
        if (given.IsArrayObject)
            Before.Add($"ArgumentNullException.ThrowIfNull({name});");
        switch (given.Form)
        {
            case Form.Scalar when given.Way == Way.Out:
                break;
            case Form.Scalar:
                Arguments.Add(string.Format(given.Leaves[0].Passed, name));
                break;
            case Form.Parts:
                Arguments.AddRange(given.Leaves.Select(leaf => string.Format(leaf.Passed, name + leaf.Path)));
                break;
            case Form.Rows:
                if (given.IsWritten)
                    Before.Add($"{Runtime}Flat.DistinctRows({name}, nameof({name}));");
                var rows = Fresh(Plain(given) + "Rows");
                Before.Add($"var {rows} = {Runtime}Flat.Joined({name}, {Memory(Store(given) == "int" ? "int" : "double")});");
                Arguments.Add(rows);
                Memory("int");
                Arguments.Add($"{Runtime}Flat.Starts({name}, ints)");
                if (shared && given.IsWritten)
                    After.Add($"{Runtime}Flat.Part{(given.IsSingle ? "" : $"<{given.Element}>")}({rows}, {name});");
                break;
            default:
                Watch(name, given, given.IsWritten);
                Arguments.Add(
                    given.IsSingle ? Widened(name, given)
                    : given.IsWritten && !shared && IsNextChanged ? Copy(name, given)
                    : Span(name, given)
                );
                if (given.IsSingle && given.IsWritten && shared)
                    Narrow(name, given);
                if (given.Form == Form.Matrix)
                    Arguments.AddRange(Enumerable.Range(0, given.Rank).Select(i => $"{name}.GetLength({i})"));
                else if (given.Width > 1)
                    Arguments.Add($"{name}.Length");
                break;
        }
    }

    /// <summary>Whether the code behind changes the array that it is given next.</summary>
    bool IsNextChanged => program.Functions.First(function => function.Name == Callee).Parameters[Arguments.Count].Flow.IsInOut;

    protected string Copy(string name, Given given)
    {
        var copy = Fresh(name.TrimStart('@') + "Copy");
        var length = given.Width > 1 ? $"{given.Width} * {name}.Length" : $"{name}.Length";
        Before.Add($"var {copy} = {Memory(Store(given))}.Zeros({length});");
        Before.Add(given.Form == Form.Vector && !given.IsOfStructs ? $"{name}.CopyTo({copy});" : $"{Span(name, given)}.CopyTo({copy});");
        return copy;
    }

    protected void PassGlobals()
    {
        foreach (var global in method.Globals)
            Arguments.Add(Global(global));
    }

    string Global(Global global)
    {
        if (global.Form != Form.Vector || !global.Leaves[0].IsSingle)
            return string.Format(global.Leaves[0].Passed, global.Expression);
        var wide = Fresh("constants");
        Before.Add($"var {wide} = {Runtime}Flat.Widened({global.Expression}, {Memory("double")});");
        return wide;
    }

    /// <summary>The scalars that the method returns, by name, and the statement that returns them.</summary>
    protected void ReturnValue()
    {
        if (method.Result is not { } result)
            return;
        var names = result.AreReal.Select((_, i) => Fresh(result.AreReal.Count == 1 ? "value" : $"value{i + 1}")).ToArray();
        Results.AddRange(names.Select(name => "var " + name));
        last = $"return {Composed(result.Type, result.IsTuple, Cast(result, names), After)};";
    }

    /// <summary>Scalars of the code behind as those of a result.</summary>
    protected static string[] Cast(Result result, IReadOnlyList<string> scalars) =>
        [.. scalars.Select((scalar, i) => result.AreSingle[i] && scalar != "default" ? "(float)" + scalar : scalar)];

    protected static string[] Cast(Given parameter, IReadOnlyList<string> scalars) =>
        [.. scalars.Select((scalar, i) => parameter.Leaves[i].IsSingle && scalar != "default" ? "(float)" + scalar : scalar)];

    /// <summary>A parameter's like, made of scalars: of numbers of several types, those that are not default are set.</summary>
    protected string Composed(Given like, IReadOnlyList<string> scalars, List<string> lines) =>
        like.IsTuple || like.IsUniform
            ? Composed(like.Type, like.IsTuple, scalars, lines)
            : With(
                $"default({like.Type})",
                [.. like.Leaves.Zip(scalars, (leaf, scalar) => (leaf.Path, scalar)).Where(part => part.scalar != "default")]
            );

    static string With(string start, (string Path, string Scalar)[] parts)
    {
        var byMember = parts.GroupBy(part => part.Path.Split('.')[1]);
        var set = byMember.Select(member =>
        {
            var deeper = member.Select(part => (Path: part.Path.Substring(member.Key.Length + 1), part.Scalar)).ToArray();
            return $"{member.Key} = {(deeper[0].Path == "" ? deeper[0].Scalar : With($"{start}.{member.Key}", deeper))}";
        });
        return $"{start} with {{ {string.Join(", ", set)} }}";
    }

    /// <summary>A number, a tuple or a struct of numbers, made of its scalars.</summary>
    protected string Composed(string type, bool isTuple, IReadOnlyList<string> scalars, List<string> lines)
    {
        if (scalars.Count == 1 && !isTuple && type is "double" or "float" or "int" or "long" or "bool")
            return scalars[0];
        if (isTuple)
            return $"({string.Join(", ", scalars)})";
        var made = Fresh("made");
        lines.Add($"var {made} = default({type});");
        var parts = Fresh("parts");
        var real = scalars.Any(scalar => scalar.StartsWith("(float)")) ? "float" : "double";
        lines.Add($"var {parts} = MemoryMarshal.Cast<{type}, {real}>(new Span<{type}>(ref {made}));");
        for (int i = 0; i < scalars.Count; i++)
            lines.Add($"{parts}[{i}] = {scalars[i]};");
        return made;
    }
}
