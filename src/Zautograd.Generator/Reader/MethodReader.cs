// Reads one method into a function of the core: what its variables stand for, and how a body becomes statements.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader(ProgramReader program, Routine routine, Instance around)
{
    Instance instance = around;
    Names names = new();
    readonly Dictionary<ISymbol, Slot> slots = new(SymbolEqualityComparer.Default);
    readonly Dictionary<ISymbol, Callable> callables = new(SymbolEqualityComparer.Default);
    readonly HashSet<ISymbol> assigned = new(SymbolEqualityComparer.Default);
    readonly Ranges ranges = new();
    Code code = null!;
    IMethodSymbol? method_;

    static RefusedException Refuse(IOperation at, Refusal refusal, params string[] arguments) => Refuse(at.Syntax, refusal, arguments);

    static RefusedException Refuse(SyntaxNode at, Refusal refusal, params string[] arguments) =>
        new(Finding.At(at.GetLocation(), refusal, arguments));

    Shape? TryShapeOf(ITypeSymbol type) => Shape.TryOf(type, instance);

    Shape ShapeOf(ITypeSymbol type, string name, Location location) => Shape.Of(type, name, location, instance);

    static string Text(IOperation operation) => Quoted.Short(operation.Syntax);

    static RefusedException NotSupported(IOperation operation) =>
        Refuse(
            operation,
            Refusals.Syntax,
            Text(operation),
            operation.Kind == OperationKind.None ? operation.Syntax.GetType().Name.Replace("Syntax", "") : operation.Kind.ToString()
        );

    /// <summary>What is read meanwhile stands aside.</summary>
    (Code Aside, T Read) Apart<T>(Func<T> read, bool inside = false)
    {
        var outer = code;
        code = inside ? outer.Inside() : outer.Aside();
        try
        {
            var result = read();
            return (code, result);
        }
        finally
        {
            code = outer;
        }
    }

    /// <summary>More for a block that was read before.</summary>
    void Further(Code aside, Action read)
    {
        var outer = code;
        code = aside;
        read();
        code = outer;
    }

    Code Block(Action read) =>
        Apart(
            () =>
            {
                read();
                return 0;
            },
            inside: true
        ).Aside;

    /// <summary>Values read one after the other: what an earlier one saw stays as it was.</summary>
    Value[] InOrder(params Func<Value>[] readers)
    {
        var values = new List<Value>();
        Each(
            readers,
            reader =>
            {
                var (aside, value) = Apart(reader);
                if (!aside.IsEmpty)
                    for (int i = 0; i < values.Count; i++)
                        values[i] = Settle(values[i]);
                code.Add(aside);
                values.Add(value);
            }
        );
        return [.. values];
    }

    Value[] InOrder(IEnumerable<IOperation> operations) =>
        InOrder([.. operations.Select(operation => (Func<Value>)(() => Read(operation)))]);

    /// <summary>The value, as one that nothing later changes.</summary>
    Value Settle(Value value) =>
        value switch
        {
            Scalar scalar => scalar with { Term = code.Settle(scalar.Term, scalar.Kind) },
            Parts parts => parts with { Items = [.. parts.Items.Select(Settle)] },
            View view => view with
            {
                Offset = code.Settle(view.Offset, Kind.Int, "start"),
                Extents = [.. view.Extents.Select(extent => code.Settle(extent, Kind.Int, "length"))],
            },
            _ => value,
        };

    Scalar ReadScalar(IOperation operation) =>
        Read(operation) as Scalar ?? throw Refuse(operation, Refusals.Type, Text(operation), operation.Type?.ToDisplayString() ?? "?");

    Term ReadTerm(IOperation operation) => ReadScalar(operation).Term;

    View ReadView(IOperation operation) => Read(operation) as View ?? throw Refuse(operation, Refusals.LengthAtTop, Text(operation));

    /// <summary>What a place holds.</summary>
    static Value Load(Slot slot) =>
        slot switch
        {
            VariableSlot variable => new Scalar(Terms.Variable(variable.Name), variable.Kind),
            ElementSlot element => new Scalar(Term.NewElement(element.Array, element.Index), element.Kind),
            PartsSlot parts => new Parts(parts.Shape, [.. parts.Items.Select(Load)]),
            ViewSlot view => view.View,
            FixedSlot value => value.Value,
            _ => Nothing.Instance,
        };

    /// <summary>A variable of the user's, with a value or without.</summary>
    Slot Declare(ISymbol symbol, Shape shape, Value? value, SyntaxNode at, string? wish = null)
    {
        var slot = Declare(wish ?? symbol.Name, shape, value, assigned.Contains(symbol), at);
        slots[symbol] = slot;
        return slot;
    }

    Slot Declare(string wish, Shape shape, Value? value, bool changes, SyntaxNode at)
    {
        switch (shape)
        {
            case ScalarShape scalar:
                var name = code.Name(wish, changes);
                var term = value is Scalar given ? given.Term : Terms.Default(scalar.Kind);
                if (scalar.Kind.IsInt)
                    ranges.Define(name, changes || !code.IsSettled(term) ? null : term);
                code.Add(Statement.NewDeclare(name, scalar.Kind, term));
                return new VariableSlot(name, scalar.Kind);
            case PartsShape parts:
                // all parts are worked out before one of them is kept
                var items = value is Parts whole ? whole.Items : [];
                return new PartsSlot(
                    parts,
                    [
                        .. parts.Parts.Select(
                            (part, i) => Declare($"{wish}_{parts.Name(i)}", part, items.IsEmpty ? null : items[i], changes, at)
                        ),
                    ]
                );
            case ArrayShape when value is View view:
                if (!changes)
                    return new ViewSlot((View)Settle(view), null, null);
                var start = code.Name(wish + "_start", true);
                var count = code.Name(wish + "_length", true);
                code.Add(Statement.NewDeclare(start, Kind.Int, view.Offset));
                code.Add(Statement.NewDeclare(count, Kind.Int, view.Length));
                return new ViewSlot(view with { Offset = Terms.Variable(start), Extents = [Terms.Variable(count)] }, start, count);
            default:
                throw Refuse(at, Refusals.LengthAtTop, wish);
        }
    }

    /// <summary>Gives a place a value; where the value reads what is being assigned, all of it is read first.</summary>
    void Store(Slot slot, Value value, SyntaxNode at)
    {
        switch (slot, value)
        {
            case (VariableSlot variable, Scalar scalar):
                code.Add(Assignment.To(variable, scalar.Term));
                break;
            case (ElementSlot element, Scalar scalar):
                code.Add(Assignment.To(element, scalar.Term));
                break;
            case (PartsSlot parts, Parts given):
                var kept = given.Items.Length == 1 ? given : (Parts)Settle(given);
                for (int i = 0; i < parts.Items.Length; i++)
                    Store(parts.Items[i], kept.Items[i], at);
                break;
            case (ViewSlot { Start: { } start, Count: { } count } moving, View view)
                when view.Array == moving.View.Array && view.Extents.Length == 1:
                var next = (View)Settle(view);
                code.Add(Statement.NewAssign(start, next.Offset));
                code.Add(Statement.NewAssign(count, next.Length));
                break;
            case (ViewSlot, _):
                throw Refuse(at, Refusals.ArrayAgain, Quoted.Short(at));
            case (DiscardSlot, _):
                break;
            default:
                throw Refuse(at, Refusals.Syntax, Quoted.Short(at), "assignment");
        }
    }
}
