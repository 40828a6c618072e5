// How the parameters of a method become those of a function of the core: values are taken apart, and each array is given once.
using System.Collections.Immutable;
using System.Text;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed class Layout(Names names)
{
    readonly Code code = new(names);
    readonly Dictionary<string, string> arrays = [];
    readonly StringBuilder key = new();

    public List<Formal> Formals { get; } = [];

    public List<Term> Actuals { get; } = [];

    /// <summary>What two calls have in common that may use the same function.</summary>
    public string Key => key.ToString();

    string Add(string wish, Kind kind, Term? actual)
    {
        var name = code.Name(wish, changes: false);
        Formals.Add(new Formal(name, kind));
        if (actual is not null)
            Actuals.Add(actual);
        return name;
    }

    string AddArray(string wish, Kind kind, string? actual)
    {
        if (actual is not null && arrays.TryGetValue(actual, out var known))
        {
            key.Append('=').Append(known);
            return known;
        }
        var name = Add(wish, kind, actual is null ? null : Terms.Variable(actual));
        if (actual is not null)
            arrays[actual] = name;
        key.Append(':').Append(name);
        return name;
    }

    /// <summary>What a value that is handed over is inside.</summary>
    public Value Take(string wish, Value value)
    {
        switch (value)
        {
            case Scalar scalar:
                key.Append('s');
                return new Scalar(Terms.Variable(Add(wish, scalar.Kind, scalar.Term)), scalar.Kind);
            case Parts parts:
                key.Append('(');
                var items = parts.Items.Select((item, i) => Take($"{wish}_{parts.Shape.Name(i)}", item)).ToImmutableArray();
                key.Append(')');
                return parts with { Items = items };
            case View view:
                return Take(wish, view);
            default:
                return value;
        }
    }

    View Take(string wish, View view)
    {
        var array = AddArray(wish, view.Shape.Store, view.Array);
        if (view.IsWhole)
        {
            key.Append('w');
            return view with { Array = array, Extents = [Term.NewLength(array)] };
        }
        key.Append(view.IsRoot ? 'r' : 'p').Append(view.Extents.Length);
        var starts = view.Starts is null ? null : AddArray(wish + "_starts", Kind.Ints, view.Starts);
        var offset = view.IsRoot ? Terms.Zero : Terms.Variable(Add(wish + "_start", Kind.Int, view.Offset));
        var extents = view.Extents.Select((extent, i) => (Term)Terms.Variable(Add(Extent(wish, view.Extents.Length, i), Kind.Int, extent)));
        return view with { Array = array, Offset = offset, Extents = [.. extents], Starts = starts };
    }

    static string Extent(string wish, int rank, int index) =>
        (rank, index) switch
        {
            (1, _) => wish + "_length",
            (2, 0) => wish + "_rows",
            (2, 1) => wish + "_columns",
            _ => $"{wish}_length{index}",
        };

    /// <summary>What a value of a shape is inside that comes from outside of the program.</summary>
    public Value Enter(string wish, Shape shape)
    {
        switch (shape)
        {
            case ScalarShape scalar:
                return new Scalar(Terms.Variable(Add(wish, scalar.Kind, null)), scalar.Kind);
            case PartsShape parts:
                return new Parts(parts, [.. parts.Parts.Select((part, i) => Enter($"{wish}_{parts.Name(i)}", part))]);
            default:
                var array = (ArrayShape)shape;
                var name = AddArray(wish, array.Store, null);
                if (array.IsJagged)
                {
                    var starts = AddArray(wish + "_starts", Kind.Ints, null);
                    return new View(name, array, Terms.Zero, [Terms.Minus(Term.NewLength(starts), Terms.One)], IsRoot: true, starts);
                }
                if (array.Rank == 1 && array.Element.Width == 1)
                    return new View(name, array, Terms.Zero, [Term.NewLength(name)], IsRoot: true);
                var extents = Enumerable
                    .Range(0, array.Rank)
                    .Select(i => (Term)Terms.Variable(Add(Extent(wish, array.Rank, i), Kind.Int, null)));
                return new View(name, array, Terms.Zero, [.. extents], IsRoot: true);
        }
    }
}
