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
            Shape.Of(source, Text(operation.Operand), location);
        var shape = Shape.Of(target, Text(operation.Operand), location);
        return Convert(Read(operation.Operand), shape, operation);
    }

    Value Convert(Value value, Shape shape, IConversionOperation at) =>
        (value, shape) switch
        {
            // what does not fit is cut off, which the core's ints do not know
            (Scalar { Kind.IsInt: true }, ScalarShape { IsNarrow: true }) when !IsSameType(at) => throw Unfit(at, at.Operand.Type, at.Type),
            (Scalar a, ScalarShape b) when a.Kind.Equals(b.Kind) => a,
            (Scalar { Kind.IsInt: true } a, ScalarShape { Kind.IsReal: true }) => new Scalar(Terms.ToReal(a.Term), Kind.Real),
            (Scalar { Kind.IsReal: true } a, ScalarShape { Kind.IsInt: true }) when at.Type?.SpecialType == SpecialType.System_Int32 => Cut(
                a,
                at
            ),
            (Parts a, PartsShape b) when a.Items.Length == b.Parts.Length => new Parts(
                b,
                [.. a.Items.Zip(b.Parts, (item, part) => Convert(item, part, at))]
            ),
            (View a, ArrayShape b) => a with { Shape = b },
            _ => throw Unfit(at, at.Operand.Type, at.Type),
        };

    static bool IsSameType(IConversionOperation at) => SymbolEqualityComparer.Default.Equals(at.Operand.Type, at.Type);

    static bool IsNarrow(ITypeSymbol? type) => type is not null && Shape.TryOf(type) is ScalarShape { IsNarrow: true };

    static RefusedException Unfit(IOperation at, ITypeSymbol? from, ITypeSymbol? to) =>
        Refuse(
            at,
            Refusals.Conversion,
            from?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "?",
            to?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) ?? "?"
        );

    // the derivative ends here: who casts a number that has one is told
    Scalar Cut(Scalar real, IConversionOperation at)
    {
        if (at.IsChecked)
            throw Refuse(at, Refusals.Checked, Text(at));
        routine.Cuts.Add((real.Term, Finding.At(at.Syntax.GetLocation(), Refusals.Cut, Text(at.Operand))));
        return new Scalar(Terms.ToInt(real.Term), Kind.Int);
    }
}
