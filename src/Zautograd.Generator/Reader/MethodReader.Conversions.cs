// Conversions: those that change nothing, int to double and back, and those that a struct defines.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    Value Convert(IConversionOperation operation)
    {
        var target = operation.Type;
        if (target is null || target.TypeKind is TypeKind.Delegate or TypeKind.FunctionPointer || operation.Operand is IInvalidOperation)
            return Read(operation.Operand);
        if (operation.OperatorMethod is { ContainingType: var home } method && !Shape.IsSpan(home) && !IsBuiltIn(method))
            return Call(operation, method, [operation.Operand]);
        var location = operation.Syntax.GetLocation();
        if (operation.Operand is IInvocationOperation { TargetMethod.Name: "Clone" } clone && ArrayCall(clone) is { } copy)
            return copy;
        if (operation.Operand.Type is { } source)
            ShapeOf(source, Text(operation.Operand), location);
        var shape = ShapeOf(target, Text(operation.Operand), location);
        return Convert(Read(operation.Operand), operation.Operand.Type, shape, operation);
    }

    Value Convert(Value value, ITypeSymbol? from, Shape shape, IConversionOperation at) =>
        (value, shape) switch
        {
            (Scalar a, ScalarShape b) => Convert(a, NumberType(from), b.Type, at),
            (Parts a, PartsShape b) when a.Items.Length == b.Parts.Length => new Parts(
                b,
                [.. a.Items.Select((item, i) => Convert(item, Element(from, i), b.Parts[i], at))]
            ),
            (View a, ArrayShape b) => a with { Shape = b },
            _ => throw Unfit(at, at.Operand.Type, at.Type),
        };

    static ITypeSymbol? Element(ITypeSymbol? type, int index) =>
        type is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements[index].Type : null;

    Scalar Convert(Scalar value, SpecialType from, SpecialType to, IConversionOperation at)
    {
        if (at.IsChecked && !at.IsImplicit && from != to)
            throw Refuse(at, Refusals.Checked, Text(at));
        var made = As(value, from, to) ?? throw Unfit(at, at.Operand.Type, at.Type);
        // the derivative ends here: who casts a number that has one is told
        if (value.Kind.IsReal && !made.Kind.IsReal)
            routine.Cuts.Add((value.Term, Finding.At(at.Syntax.GetLocation(), Refusals.Cut, Text(at.Operand))));
        return made;
    }

    static RefusedException Unfit(IOperation at, ITypeSymbol? from, ITypeSymbol? to) =>
        Refuse(
            at,
            Refusals.Conversion,
            from?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "?",
            to?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "?"
        );
}
