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
        var read = InOrder(operation.Arguments.Select(argument => argument.Value));
        var arguments = read.OfType<Scalar>().ToArray();
        if (arguments.Length == operation.Arguments.Length && Function(operation, method, arguments) is { } value)
            return value;
        throw Refuse(
            operation,
            Refusals.NoSlope,
            method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            MathFunctions.Known
        );
    }

    Value? Function(IInvocationOperation operation, IMethodSymbol method, Scalar[] arguments)
    {
        if (Generics.IsCreation(method) && !arguments[0].Kind.IsBool)
            return As(arguments[0], NumberType(operation.Arguments[0].Value.Type), NumberType(method.ReturnType));
        // a formula may read an argument twice
        Scalar[] words() => [.. arguments.Select(argument => argument with { Term = code.Atom(argument.Term, argument.Kind) })];
        if (arguments.Length > 0 && arguments.All(argument => !argument.Kind.IsReal))
            return OfWholes(operation, method, words());
        if (method.Name == "SinCos" && method.ReturnType is INamedTypeSymbol { IsTupleType: true } pair)
        {
            var precision = PrecisionOf(pair.TupleElements[0].Type);
            var angle = words()[0].Term;
            return new Parts(
                (PartsShape)TryShapeOf(pair)!,
                [new Scalar(precision.Of(Op.Sin, angle), Kind.Real), new Scalar(precision.Of(Op.Cos, angle), Kind.Real)]
            );
        }
        if (
            method is { Name: "Round", Parameters: [_, { Type.TypeKind: TypeKind.Enum }] }
            && arguments[1].Term is Term.Whole mode
            && MathFunctions.Rounded(words()[0].Term, (MidpointRounding)mode.Item) is { } rounded
        )
            return new Scalar(rounded, Kind.Real);
        if (MathFunctions.IsFormula(method))
            arguments = words();
        if (method.Name == "Pow" && arguments is [_, { Term: Term.Number { Item: 2.0 } }])
            program.Warnings.Add(Finding.At(operation.Syntax.GetLocation(), Refusals.Square, Text(operation)));
        // a sign is an int in C#, and a double where it is used as one
        if (
            method.Name == "Sign"
            && method.ReturnType.SpecialType == SpecialType.System_Int32
            && operation.Parent is not IConversionOperation { Type.SpecialType: SpecialType.System_Double }
        )
        {
            var word = words()[0].Term;
            // that of NaN is an exception
            Require(Terms.Equal(word, word));
            return new Scalar(WholeFunctions.Sign(word, Terms.Number(0.0)), Kind.Int);
        }
        return MathFunctions.Call(method, PrecisionOf(method), arguments, () => NaN(operation)) ?? Called(operation, method, arguments);
    }

    Precision PrecisionOf(ITypeSymbol type) => NumberType(type) == SpecialType.System_Single ? Precision.Single : Precision.Double;

    Precision PrecisionOf(IMethodSymbol method) =>
        method.Parameters.Select(parameter => PrecisionOf(parameter.Type)).FirstOrDefault(precision => precision == Precision.Single)
        ?? Precision.Double;

    /// <summary>A function that is called as it is; its whole numbers and truths come as doubles.</summary>
    Scalar? Called(IOperation at, IMethodSymbol method, Scalar[] arguments)
    {
        if (CalledFunctions.Of(method, NumberType) is not { } function)
            return null;
        var value = CallByRule(at, function, arguments);
        return method.ReturnType.SpecialType switch
        {
            SpecialType.System_Boolean => new Scalar(Terms.Equal(value.Term, Terms.Number(1.0)), Kind.Bool),
            SpecialType.System_Int32 => new Scalar(Terms.ToInt(value.Term), Kind.Int),
            _ => value,
        };
    }

    Value? OfWholes(IInvocationOperation operation, IMethodSymbol method, Scalar[] arguments)
    {
        if (arguments.Any(argument => !argument.Kind.Equals(arguments[0].Kind) || argument.Kind.IsBool))
            return null;
        if (operation.Arguments.Any(argument => NumberType(argument.Value.Type) == SpecialType.System_UInt64))
            return null;
        if (method.Name == "Clamp")
            Require(Terms.LessOrEqual(arguments[1].Term, arguments[2].Term));
        if (
            method is { Name: "DivRem", Parameters.Length: 2, ReturnType: INamedTypeSymbol { IsTupleType: true } pair }
            && TryShapeOf(pair) is PartsShape shape
        )
        {
            Scalar part(BinaryOperatorKind op) =>
                (Scalar)Combine(operation, op, false, arguments[0], arguments[1], NumberType(pair.TupleElements[0].Type));
            return new Parts(shape, [part(BinaryOperatorKind.Divide), part(BinaryOperatorKind.Remainder)]);
        }
        return WholeFunctions.Call(method.Name, arguments);
    }

    /// <summary>A call with its arguments in the order in which they are written; each is what its parameter gets.</summary>
    Value CallArguments(IInvocationOperation operation, IMethodSymbol method, SyntaxNode? body)
    {
        var given = new List<Func<Value>>();
        var places = new Dictionary<int, Slot>();
        var instance =
            method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction || method.IsStatic ? null : operation.Instance;
        if (instance is not null)
            given.Add(() =>
            {
                if (!Mutation.Changes(method, operation.SemanticModel!.Compilation))
                    return Read(instance);
                var isVariable = Mutation.IsVariable(instance) ?? throw NotSupported(instance);
                places[Self] = isVariable ? Settle(Slot(instance)) : Copy(Read(instance), instance);
                return Load(places[Self]);
            });
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

    /// <summary>Beside the parameters, by their numbers: the struct on which a method is called that changes it.</summary>
    const int Self = -1;

    /// <summary>A variable that nobody reads but the method that changes it.</summary>
    Slot Copy(Value value, IOperation at) => Declare(code.Fresh("copy", changes: true), ShapeOf(value), value, changes: true, at.Syntax);

    Value Absent(IArgumentOperation argument) =>
        ShapeOf(argument.Parameter!.Type, argument.Parameter.Name, argument.Syntax.GetLocation()) is ArrayShape
            ? throw Refuse(argument, Refusals.ArrayAgain, Text(argument.Value))
            : Zero(TryShapeOf(argument.Parameter.Type)!, argument);

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
        var (written, inner) =
            Generics.Written(method, instance) ?? throw program.Unknown(method, at) ?? Refuse(at, Refusals.GenericCall, method.Name);
        method = written;
        var body = program.Body(method, bodySyntax) ?? throw program.Unknown(method, at) ?? Refuse(at, Refusals.NoSource, method.Name);
        if (method.IsAsync)
            throw Refuse(at, Refusals.Async, method.Name);
        var slotsGiven = places.Values.SelectMany(Variables).ToArray();
        if (slotsGiven.Distinct().Count() < slotsGiven.Length)
            throw Refuse(at, Refusals.SameArrayTwice, method.Name);
        // it sees the type parameters of the method around it, and so does a lambda that it is handed
        var within = instance.With(inner);
        if (ShouldInline(method, within, body, arguments))
            return Inline(at, method, within, body, own, arguments, places);
        var isInside = method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction;
        return CallRoutine(at, method, isInside ? within : inner, body, own, arguments, places);
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
