// Calls that stay calls: what the function gets, captured variables among it, and what comes back.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    readonly List<Slot> returned = [];

    /// <summary>What a method is given: a parameter, a captured variable, a constant of the class, or the object itself.</summary>
    sealed record Given(ISymbol? Symbol, string Name, Value Value, Slot? Back);

    Value CallRoutine(
        IOperation at,
        IMethodSymbol method,
        Instance of,
        Body body,
        Value? own,
        Value[] arguments,
        Dictionary<int, Slot> places
    )
    {
        var given = new List<Given>();
        if (own is not null)
            given.Add(new(null, "self", own, places.TryGetValue(Self, out var changing) ? changing : null));
        for (int i = 0; i < arguments.Length; i++)
            given.Add(
                new(method.Parameters[i], method.Parameters[i].Name, arguments[i], places.TryGetValue(i, out var place) ? place : null)
            );
        var changed = places.Values.SelectMany(Variables).ToArray();
        foreach (var symbol in Captured(method, body))
            if (changed.Intersect(Variables(slots[symbol])).Any())
                throw Refuse(at, Refusals.SameArrayTwice, method.Name);
        foreach (var symbol in Captured(method, body))
            given.Add(new(symbol, symbol.Name, Load(slots[symbol]), IsAssignedIn(method, body, symbol) ? slots[symbol] : null));
        foreach (var field in program.GlobalsOf(method, body))
            given.Add(new(field, field.Name, Load(slots[field]), null));
        RefuseTwice(at, method, given);

        var result = ResultShape(at, method, of);
        var calleeNames = new Names();
        var layout = new Layout(calleeNames);
        var inside = given.Select(item => layout.Take(item.Name, item.Value)).ToArray();
        var key = program.KeyOf(method) + of.Key + layout.Key;
        var callee = program.Routine(
            key,
            method,
            routine =>
            {
                routine.Formals.AddRange(layout.Formals);
                routine.Results.AddRange(Scalars(result));
                routine.Results.AddRange(given.Where(item => item.Back is not null).SelectMany(item => Kinds(item.Value)));
                new MethodReader(program, routine, of).ReadBody(
                    method,
                    body,
                    calleeNames,
                    given.Select((item, i) => (item.Symbol, item.Name, inside[i], item.Back is not null)),
                    callables
                );
            }
        );
        var results = callee.Results.Select(kind => Result(kind)).ToArray();
        code.Add(Statement.NewCall(Terms.List(results.Select(result => result.Name)), callee.Name, Terms.List(layout.Actuals)));
        var waiting = new Queue<Value>(results.Select(Load));
        var value = method.ReturnsVoid ? Nothing.Instance : Together(result!, waiting);
        foreach (var item in given)
            if (item.Back is not null)
                Store(item.Back, Together(item.Value, waiting), at.Syntax);
        return value;
    }

    /// <summary>What comes back has one name inside: it is neither handed over beside it, nor an element of an array that is.</summary>
    static void RefuseTwice(IOperation at, IMethodSymbol method, List<Given> given)
    {
        var back = given.Where(item => item.Back is not null).SelectMany(item => Variables(item.Back!)).ToArray();
        var arrays = given.Select(item => item.Value).OfType<View>().Select(view => view.Array + "[]");
        if (back.Distinct().Count() < back.Length || back.Intersect(arrays).Any())
            throw Refuse(at, Refusals.SameArrayTwice, method.Name);
        if (given.FirstOrDefault(item => item.Back is ViewSlot) is { } moved)
            throw Refuse(at, Refusals.ArrayAgain, moved.Name);
    }

    static Shape? ResultShape(IOperation at, IMethodSymbol method, Instance of) =>
        method.ReturnsVoid ? null
        : method.ReturnsByRef || method.ReturnsByRefReadonly ? throw Refuse(at, Refusals.RefLocal, method.Name)
        : Shape.Of(method.ReturnType, method.Name, at.Syntax.GetLocation(), of);

    VariableSlot Result(Kind kind)
    {
        var name = code.Fresh("result");
        code.Add(Statement.NewDeclare(name, kind, Terms.Default(kind)));
        return new(name, kind);
    }

    public static IEnumerable<Kind> Scalars(Shape? shape) =>
        shape switch
        {
            ScalarShape scalar => [scalar.Kind],
            PartsShape parts => parts.Parts.SelectMany(Scalars),
            _ => [],
        };

    public static IEnumerable<Kind> Kinds(Value value) =>
        value switch
        {
            Scalar scalar => [scalar.Kind],
            Parts parts => parts.Items.SelectMany(Kinds),
            _ => [],
        };

    static IEnumerable<Term> ScalarTerms(Value value) =>
        value switch
        {
            Scalar scalar => [scalar.Term],
            Parts parts => parts.Items.SelectMany(ScalarTerms),
            _ => [],
        };

    static Value Together(Shape shape, Queue<Value> waiting) =>
        shape is PartsShape parts ? new Parts(parts, [.. parts.Parts.Select(part => Together(part, waiting))]) : waiting.Dequeue();

    static Value Together(Value like, Queue<Value> waiting) =>
        like is Parts parts ? parts with { Items = [.. parts.Items.Select(item => Together(item, waiting))] } : waiting.Dequeue();

    /// <summary>The variables of this method that a local function or lambda uses, itself or in those that it calls.</summary>
    IReadOnlyList<ISymbol> Captured(IMethodSymbol method, Body body)
    {
        if (method.MethodKind is not (MethodKind.LocalFunction or MethodKind.AnonymousFunction))
            return [];
        var found = new List<ISymbol>();
        foreach (var part in program.WithLocalFunctions(body))
        foreach (var operation in part.Block.Descendants())
        {
            ISymbol? symbol = operation switch
            {
                ILocalReferenceOperation local => local.Local,
                IParameterReferenceOperation parameter => parameter.Parameter,
                _ => null,
            };
            if (
                symbol is not null
                && slots.ContainsKey(symbol)
                && !IsInside(symbol, method)
                && !found.Contains(symbol, SymbolEqualityComparer.Default)
            )
                found.Add(symbol);
        }
        return found;
    }

    static bool IsInside(ISymbol symbol, IMethodSymbol method)
    {
        for (var home = symbol.ContainingSymbol; home is not null; home = home.ContainingSymbol)
            if (SymbolEqualityComparer.Default.Equals(home, method))
                return true;
        return false;
    }

    bool IsAssignedIn(IMethodSymbol method, Body body, ISymbol symbol) =>
        slots[symbol] is not ViewSlot { Start: null } && program.WithLocalFunctions(body).Any(part => part.Assigned.Contains(symbol));

    /// <summary>The body as the statements of the function.</summary>
    public void ReadBody(
        IMethodSymbol method,
        Body body,
        Names given,
        IEnumerable<(ISymbol? Symbol, string Name, Value Value, bool IsBack)> parameters,
        IReadOnlyDictionary<ISymbol, Callable> known
    )
    {
        names = given;
        code = new Code(names, routine.Formals.Select(formal => formal.Name));
        foreach (var pair in known)
            callables[pair.Key] = pair.Value;
        foreach (var part in program.WithLocalFunctions(body))
            Enter(part);
        foreach (var (symbol, name, value, isBack) in parameters)
        {
            if (isBack)
                returned.Add(Declare(name, ShapeOf(value), value, changes: true, body.Block.Syntax));
            if (symbol is null)
                self = isBack ? returned.Last() : new FixedSlot(value);
            else if (isBack)
                slots[symbol] = returned.Last();
            else
                Bind(symbol, ShapeOf(value), value, body.Block.Syntax);
        }
        method_ = method;
        if (body.Expression is { } expression)
            Guarded(expression, () => Finish(expression, Read(expression)));
        else
            Statements(body.Block.Operations);
        if (method.ReturnsVoid && returned.Count > 0)
            code.Add(Statement.NewReturn(Terms.List(returned.SelectMany(slot => ScalarTerms(Load(slot))))));
        routine.Body = code.Statements;
    }

    static Shape ShapeOf(Value value) =>
        value switch
        {
            Scalar scalar => ScalarShape.Of(scalar.Kind),
            Parts parts => parts.Shape,
            View view => view.Shape,
            _ => throw new InvalidOperationException("nothing has no shape"),
        };
}
