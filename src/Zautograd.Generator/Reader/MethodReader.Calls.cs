// Calls: functions of Math, of arrays and spans, and methods of the compilation, which become functions or stand in the place of their call.
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
    Value Call(IInvocationOperation operation)
    {
        var method = operation.TargetMethod;
        if (operation.Instance is { } callee && method.MethodKind == MethodKind.DelegateInvoke)
            return Read(callee) is Callable lambda
                ? CallArguments(operation, lambda.Method, lambda.Body)
                : throw Refuse(operation, Refusals.DelegateCall, Text(callee));
        if (program.RuleFor(method) is not null)
            return CallArguments(operation, method, null);
        if (operation.Instance is null && (MathFunctions.IsHome(method.ContainingType) || Generics.IsMember(method)))
            return Function(operation, method);
        // said of the call, before anything is said of what it is given
        if (
            method.MethodKind == MethodKind.Ordinary
            && program.Body(method) is null
            && program.Unknown(method, operation) is { } unknown
            && !IsOfArray(operation)
        )
            throw unknown;
        if (ArrayCall(operation) is { } found)
            return found;
        if (method.MethodKind == MethodKind.LocalFunction)
            return CallArguments(operation, method, null);
        if (operation.Instance is { } instance && !method.IsStatic)
            return Instance(operation, method, instance);
        return CallArguments(operation, method, null);
    }

    Value Instance(IInvocationOperation operation, IMethodSymbol method, IOperation instance)
    {
        if (instance.Type?.TypeKind == TypeKind.Struct && program.Body(method) is not null)
            return CallArguments(operation, method, null);
        throw program.Unknown(method, operation) ?? Refuse(operation, Refusals.InstanceCall, method.Name);
    }

    Value Function(IInvocationOperation operation, IMethodSymbol method)
    {
        if (
            operation.Arguments.Any(argument => argument.Value.Type?.SpecialType == SpecialType.System_Single)
            || method.ReturnType.SpecialType == SpecialType.System_Single
        )
            throw new RefusedException(TypeRefusal.Of(operation.Type!, Text(operation), operation.Syntax.GetLocation()));
        var arguments = InOrder(operation.Arguments.Select(argument => argument.Value)).OfType<Scalar>().ToArray();
        if (arguments.Length == operation.Arguments.Length)
        {
            if (Generics.IsCreation(method) && !arguments[0].Kind.IsBool)
                return arguments[0].Kind.IsReal ? arguments[0] : new Scalar(Terms.ToReal(arguments[0].Term), Kind.Real);
            if (method.Name == "SinCos" && method.ReturnType is INamedTypeSymbol { IsTupleType: true } pair)
                return new Parts((PartsShape)Shape.TryOf(pair)!, [Real(Op.Sin, arguments[0]), Real(Op.Cos, arguments[0])]);
            // a formula may read an argument twice
            var isFormula =
                arguments.All(argument => argument.Kind.IsInt)
                || method.Name is "Truncate" or "Log" && arguments.Length > 1
                || method.Name is "Truncate"
                || method.Name.StartsWith("Is");
            if (isFormula)
                arguments = [.. arguments.Select(argument => argument with { Term = code.Atom(argument.Term, argument.Kind) })];
            if (method.Name == "Pow" && arguments is [_, { Term: Term.Number { Item: 2.0 } }])
                program.Warnings.Add(Finding.At(operation.Syntax.GetLocation(), Refusals.Square, Text(operation)));
            var value = MathFunctions.Call(method, arguments, () => NaN(operation));
            // a sign is an int in C#, and a double where it is used as one
            if (value is { Kind.IsReal: true } && method.ReturnType.SpecialType == SpecialType.System_Int32)
                value = operation.Parent is IConversionOperation { Type.SpecialType: SpecialType.System_Double } ? value : null;
            if (value is not null)
                return value;
        }
        throw Refuse(
            operation,
            Refusals.NoSlope,
            method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            MathFunctions.Known
        );
    }

    /// <summary>A call with its arguments in the order in which they are written; each is what its parameter gets.</summary>
    Value CallArguments(IInvocationOperation operation, IMethodSymbol method, SyntaxNode? body)
    {
        var given = new List<Func<Value>>();
        var places = new Dictionary<int, Slot>();
        var instance =
            method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction || method.IsStatic ? null : operation.Instance;
        if (instance is not null)
            given.Add(() => Read(instance));
        var arguments = operation.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            var ordinal = argument.Parameter?.Ordinal ?? i;
            if (
                argument.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection
                && argument.Value is not (IArrayCreationOperation or ICollectionExpressionOperation)
            )
                throw NotSupported(argument);
            given.Add(() =>
            {
                if (argument.Parameter is not { RefKind: RefKind.Ref or RefKind.Out })
                    return Read(argument.Value);
                places[ordinal] = Settle(Slot(argument.Value));
                return argument.Parameter.RefKind == RefKind.Out ? Absent(argument) : Load(places[ordinal]);
            });
        }
        var read = InOrder([.. given]);
        var own = instance is null ? null : read[0];
        var values = arguments
            .Select((argument, i) => (argument.Parameter?.Ordinal ?? i, read[i + (instance is null ? 0 : 1)]))
            .OrderBy(pair => pair.Item1)
            .Select(pair => pair.Item2)
            .ToArray();
        return Call(operation, method, body, own, values, places);
    }

    Value Absent(IArgumentOperation argument) =>
        Shape.Of(argument.Parameter!.Type, argument.Parameter.Name, argument.Syntax.GetLocation()) is ArrayShape
            ? throw Refuse(argument, Refusals.ArrayAgain, Text(argument.Value))
            : Zero(Shape.TryOf(argument.Parameter.Type)!, argument);

    Value Call(IOperation at, IMethodSymbol method, ImmutableArray<IOperation> arguments) => Call(at, method, [.. InOrder(arguments)]);

    /// <summary>An operator, a conversion or a getter: the object is the first argument.</summary>
    Value Call(IOperation at, IMethodSymbol method, ImmutableArray<Value> arguments) =>
        method.IsStatic
            ? Call(at, method, null, null, [.. arguments], [])
            : Call(at, method, null, arguments[0], [.. arguments.Skip(1)], []);

    Value Call(IOperation at, IMethodSymbol method, SyntaxNode? bodySyntax, Value? own, Value[] arguments, Dictionary<int, Slot> places)
    {
        if (program.RuleFor(method) is { } rule)
            return CallByRule(at, rule, arguments);
        method = Generics.Written(method) ?? throw program.Unknown(method, at) ?? Refuse(at, Refusals.GenericCall, method.Name);
        var body = program.Body(method, bodySyntax) ?? throw program.Unknown(method, at) ?? Refuse(at, Refusals.NoSource, method.Name);
        if (method.IsAsync)
            throw Refuse(at, Refusals.Async, method.Name);
        var slotsGiven = places.Values.SelectMany(Variables).ToArray();
        if (slotsGiven.Distinct().Count() < slotsGiven.Length)
            throw Refuse(at, Refusals.SameArrayTwice, method.Name);
        if (ShouldInline(method, body, arguments))
            return Inline(at, method, body, own, arguments, places);
        return CallRoutine(at, method, body, own, arguments, places);
    }

    static IEnumerable<string> Variables(Slot slot) =>
        slot switch
        {
            VariableSlot variable => [variable.Name],
            ElementSlot element => [element.Array + "[]"],
            PartsSlot parts => parts.Items.SelectMany(Variables),
            _ => [],
        };
}
