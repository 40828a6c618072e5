// Methods in the place of their call: those that are one expression, and those that a function of the core cannot be.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    const int DeepestExpression = 5;
    readonly List<IMethodSymbol> inlined = [];

    bool ShouldInline(IMethodSymbol method, Instance of, Body body, Value[] arguments)
    {
        var result = method.ReturnsVoid ? null : Shape.TryOf(method.ReturnType, of);
        if (result is ArrayShape || arguments.Any(argument => argument is Callable))
            return true;
        var isOpen = inlined.Contains(method, SymbolEqualityComparer.Default);
        return body.Expression is not null && !isOpen && !routine.IsFor(method) && inlined.Count < DeepestExpression;
    }

    /// <summary>A parameter as a name for what it is given; one that is assigned is a variable.</summary>
    void Bind(ISymbol symbol, Shape shape, Value value, SyntaxNode at)
    {
        if (value is Callable callable)
            callables[symbol] = callable;
        else if (assigned.Contains(symbol))
            Declare(symbol, shape, value, at);
        else
            slots[symbol] = new FixedSlot(Words(value));
    }

    /// <summary>The value, made of words that nothing changes.</summary>
    Value Words(Value value) =>
        value switch
        {
            Scalar scalar => scalar with { Term = code.Atom(scalar.Term, scalar.Kind) },
            Parts parts => parts with { Items = [.. parts.Items.Select(Words)] },
            _ => Settle(value),
        };

    Value Inline(IOperation at, IMethodSymbol method, Instance of, Body body, Value? own, Value[] arguments, Dictionary<int, Slot> places)
    {
        if (inlined.Contains(method, SymbolEqualityComparer.Default) || routine.IsFor(method))
            throw Refuse(at, Refusals.Recursion, method.Name);
        Enter(body);
        var (outerSelf, outerInstance) = (self, instance);
        instance = of;
        inlined.Add(method);
        for (int i = 0; i < arguments.Length; i++)
        {
            var parameter = method.Parameters[i];
            if (places.TryGetValue(i, out var place))
                slots[parameter] = place;
            else if (arguments[i] is Callable callable)
                callables[parameter] = callable;
            else
                Bind(parameter, ShapeOf(parameter.Type, parameter.Name, at.Syntax.GetLocation()), arguments[i], at.Syntax);
        }
        if (own is not null)
            self = places.TryGetValue(Self, out var changed) ? changed : new FixedSlot(Words(own));
        try
        {
            return body.Expression is { } expression ? Read(expression) : InlineBlock(at, method, body);
        }
        finally
        {
            (self, instance) = (outerSelf, outerInstance);
            inlined.RemoveAt(inlined.Count - 1);
        }
    }

    /// <summary>Statements, of which the last returns: no other does.</summary>
    Value InlineBlock(IOperation at, IMethodSymbol method, Body body)
    {
        var statements = body.Block!.Operations;
        var last = statements.LastOrDefault(statement => statement is not ILocalFunctionOperation);
        var early = Returns(body.Block).FirstOrDefault(exit => exit != last);
        if (early is not null || last is not IReturnOperation { ReturnedValue: { } result } && !method.ReturnsVoid)
            throw Refuse(early ?? at, Refusals.ReturnsArray, method.Name);
        foreach (var statement in statements)
            if (statement != last || method.ReturnsVoid && last is not IReturnOperation)
                ReadStatement(statement);
        return last is IReturnOperation { ReturnedValue: { } value } ? Read(value) : Nothing.Instance;
    }

    static IEnumerable<IReturnOperation> Returns(IOperation operation) =>
        operation is ILocalFunctionOperation or IAnonymousFunctionOperation
            ? []
            : (operation is IReturnOperation own ? [own] : Array.Empty<IReturnOperation>()).Concat(
                operation.ChildOperations.SelectMany(Returns)
            );

    Parts InlineConstructor(IOperation at, IMethodSymbol constructor, Body body, PartsShape shape, Value[] arguments)
    {
        if (inlined.Contains(constructor, SymbolEqualityComparer.Default))
            throw Refuse(at, Refusals.Recursion, constructor.ContainingType.Name);
        Enter(body);
        inlined.Add(constructor);
        foreach (var (parameter, argument) in constructor.Parameters.Zip(arguments, (p, a) => (p, a)))
            Bind(parameter, ShapeOf(parameter.Type, parameter.Name, at.Syntax.GetLocation()), argument, at.Syntax);
        var outerSelf = self;
        var starts = new Parts(
            shape,
            [.. shape.Fields.Select((field, i) => program.Initializer(field) is { } value ? Read(value) : Zero(shape.Parts[i], at))]
        );
        self = Declare(code.Fresh("made", changes: true), shape, starts, changes: true, at.Syntax);
        var block = body.Block;
        if (block is not null && Returns(block).Any())
            throw Refuse(at, Refusals.Syntax, Text(at), "constructor that returns early");
        if (body.Expression is { } expression)
            Read(expression);
        else
            foreach (var statement in block!.Operations)
                ReadStatement(statement);
        var result = (Parts)Load(self);
        self = outerSelf;
        inlined.RemoveAt(inlined.Count - 1);
        return result;
    }

    /// <summary>Learns which variables a body assigns.</summary>
    void Enter(Body body) => assigned.UnionWith(body.Assigned);
}
