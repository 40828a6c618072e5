// Operators on doubles, ints and bools, and the conversions between them.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    Value Binary(IBinaryOperation operation)
    {
        if (operation.OperatorMethod is { } method && !IsBuiltIn(method))
            return Call(operation, method, [operation.LeftOperand, operation.RightOperand]);
        switch (operation.OperatorKind)
        {
            case BinaryOperatorKind.ConditionalAnd:
                return ShortCircuit(operation, isAnd: true);
            case BinaryOperatorKind.ConditionalOr:
                return ShortCircuit(operation, isAnd: false);
        }
        var read = InOrder([operation.LeftOperand, operation.RightOperand]);
        if (read[0] is Parts p && read[1] is Parts q)
            return SameParts(operation, p, q);
        if (read[0] is not Scalar a || read[1] is not Scalar b)
            throw Refuse(operation, Refusals.Operator, Sign(operation), operation.LeftOperand.Type?.ToDisplayString() ?? "?");
        var type = a.Kind.IsBool ? SpecialType.System_Boolean : NumberType(operation.LeftOperand.Type);
        var made = Combine(operation, operation.OperatorKind, operation.IsChecked, a, b, type);
        // those of an enum of bytes are bytes
        return made is Scalar { Kind.IsBool: false } number && operation.Type?.TypeKind == TypeKind.Enum
            ? Kept(number, NumberType(operation.Type))
            : made;
    }

    static bool IsBuiltIn(IMethodSymbol method) =>
        method.ContainingType is { SpecialType: not SpecialType.None } || Generics.IsMember(method);

    static string Sign(IOperation operation) =>
        operation.Syntax switch
        {
            Microsoft.CodeAnalysis.CSharp.Syntax.BinaryExpressionSyntax binary => binary.OperatorToken.Text,
            Microsoft.CodeAnalysis.CSharp.Syntax.AssignmentExpressionSyntax assignment => assignment.OperatorToken.Text,
            Microsoft.CodeAnalysis.CSharp.Syntax.PrefixUnaryExpressionSyntax unary => unary.OperatorToken.Text,
            _ => Text(operation),
        };

    /// <summary>The second operand runs only where the first leaves the question open.</summary>
    Value ShortCircuit(IBinaryOperation operation, bool isAnd)
    {
        var left = ReadTerm(operation.LeftOperand);
        Value right() => Read(operation.RightOperand);
        return isAnd ? Choose(operation, left, right, () => Truth(Terms.False)) : Choose(operation, left, () => Truth(Terms.True), right);
    }

    Value SameParts(IBinaryOperation operation, Parts p, Parts q)
    {
        if (operation.OperatorKind is not (BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals))
            throw Refuse(operation, Refusals.Operator, Sign(operation), operation.LeftOperand.Type?.ToDisplayString() ?? "?");
        var same = p
            .Items.Zip(
                q.Items,
                (a, b) =>
                    a is Scalar x && b is Scalar y
                        ? ((Scalar)Combine(operation, BinaryOperatorKind.Equals, false, x, y, ScalarShape.Of(x.Kind).Type)).Term
                        : throw Refuse(operation, Refusals.Operator, Sign(operation), "nested tuple")
            )
            .Aggregate(Terms.And);
        return new Scalar(operation.OperatorKind == BinaryOperatorKind.Equals ? same : Terms.Not(same), Kind.Bool);
    }

    /// <summary>Two of one type of C#: that in which it computes.</summary>
    Value Combine(IOperation at, BinaryOperatorKind op, bool isChecked, Scalar a, Scalar b, SpecialType type)
    {
        if (a.Kind.IsReal && b.Kind.IsReal)
            return op switch
            {
                // rounded twice, a sum, product or quotient of floats is what it is rounded once
                BinaryOperatorKind.Add => Kept(Real(Op.Add, a, b), type),
                BinaryOperatorKind.Subtract => Kept(Real(Op.Sub, a, b), type),
                BinaryOperatorKind.Multiply => Kept(Real(Op.Mul, a, b), type),
                BinaryOperatorKind.Divide => Kept(Real(Op.Div, a, b), type),
                BinaryOperatorKind.Remainder => Real(Op.Rem, a, b),
                _ => Comparison(at, op, a, b),
            };
        if (a.Kind.IsLong)
            return CombineLongs(at, op, isChecked, a, b, type);
        if (a.Kind.IsInt && b.Kind.IsInt)
            return op switch
            {
                BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply when isChecked => throw Refuse(
                    at,
                    Refusals.Checked,
                    Text(at)
                ),
                BinaryOperatorKind.Add => Int(Arithmetic.Plus, a, b),
                BinaryOperatorKind.Subtract => Int(Arithmetic.Minus, a, b),
                BinaryOperatorKind.Multiply => Int(Arithmetic.Times, a, b),
                BinaryOperatorKind.Divide => Int(Arithmetic.Quotient, a, b),
                BinaryOperatorKind.Remainder => Int(Arithmetic.Remainder, a, b),
                // a product is known in an index
                BinaryOperatorKind.LeftShift when b.Term is Term.Whole { Item: >= 0 and < 31 } count => Int(
                    Arithmetic.Times,
                    a,
                    b with
                    {
                        Term = Terms.Whole(1 << count.Item),
                    }
                ),
                BinaryOperatorKind.LeftShift => Bits(Arithmetic.ShiftLeft, a, b),
                BinaryOperatorKind.RightShift => Bits(Arithmetic.ShiftRight, a, b),
                BinaryOperatorKind.UnsignedRightShift => Bits(Arithmetic.ShiftRightUnsigned, a, b),
                BinaryOperatorKind.And => Bits(Arithmetic.BitAnd, a, b),
                BinaryOperatorKind.Or => Bits(Arithmetic.BitOr, a, b),
                BinaryOperatorKind.ExclusiveOr => Bits(Arithmetic.BitXor, a, b),
                _ => Comparison(at, op, a, b),
            };
        if (a.Kind.IsBool && b.Kind.IsBool)
            return op switch
            {
                BinaryOperatorKind.And => Truth(Terms.And(a.Term, b.Term)),
                BinaryOperatorKind.Or => Truth(Terms.Or(a.Term, b.Term)),
                BinaryOperatorKind.Equals => Truth(Same(a, b)),
                BinaryOperatorKind.NotEquals or BinaryOperatorKind.ExclusiveOr => Truth(Terms.Not(Same(a, b))),
                _ => throw Refuse(at, Refusals.Operator, Sign(at), "bool"),
            };
        throw Refuse(at, Refusals.Operator, Sign(at), at.Type?.ToDisplayString() ?? "?");
    }

    static Scalar Truth(Term term) => new(term, Kind.Bool);

    static Scalar Real(Op op, params Scalar[] arguments) =>
        new(Terms.Formula(op, [.. arguments.Select(argument => argument.Term)]), Kind.Real);

    static Scalar Int(Arithmetic op, Scalar a, Scalar b) => new(Terms.Integer(op, a.Term, b.Term), Kind.Int);

    static Scalar Bits(Arithmetic op, Scalar a, Scalar b) => new(Terms.Bits(op, a.Term, b.Term), Kind.Int);

    Term Same(Scalar p, Scalar q)
    {
        var (a, b) = (code.Atom(p.Term, Kind.Bool, "truth"), code.Atom(q.Term, Kind.Bool, "truth"));
        return Terms.Or(Terms.And(a, b), Terms.And(Terms.Not(a), Terms.Not(b)));
    }

    static Scalar Comparison(IOperation at, BinaryOperatorKind op, Scalar a, Scalar b) =>
        Truth(
            op switch
            {
                BinaryOperatorKind.LessThan => Terms.Less(a.Term, b.Term),
                BinaryOperatorKind.LessThanOrEqual => Terms.LessOrEqual(a.Term, b.Term),
                BinaryOperatorKind.GreaterThan => Terms.Less(b.Term, a.Term),
                BinaryOperatorKind.GreaterThanOrEqual => Terms.LessOrEqual(b.Term, a.Term),
                BinaryOperatorKind.Equals => Terms.Equal(a.Term, b.Term),
                BinaryOperatorKind.NotEquals => Terms.Not(Terms.Equal(a.Term, b.Term)),
                _ => throw Refuse(at, Refusals.Operator, Sign(at), at.Type?.ToDisplayString() ?? "?"),
            }
        );

    Value Unary(IUnaryOperation operation)
    {
        if (operation.OperatorMethod is { } method && !IsBuiltIn(method))
            return Call(operation, method, [operation.Operand]);
        var operand = Read(operation.Operand);
        return (operation.OperatorKind, operand) switch
        {
            (UnaryOperatorKind.Plus, Scalar { Kind.IsBool: false }) => operand,
            (UnaryOperatorKind.Minus, Scalar { Kind.IsReal: true } a) => Real(Op.Neg, a),
            (UnaryOperatorKind.Minus, Scalar { Kind.IsInt: true }) when operation.IsChecked => throw Refuse(
                operation,
                Refusals.Checked,
                Text(operation)
            ),
            (UnaryOperatorKind.Minus, Scalar { Kind.IsInt: true } a) => new Scalar(
                Terms.Integer(Arithmetic.Minus, Terms.Zero, a.Term),
                Kind.Int
            ),
            (UnaryOperatorKind.Minus, Scalar { Kind.IsLong: true } a) => CombineLongs(
                operation,
                BinaryOperatorKind.Subtract,
                operation.IsChecked,
                new(Terms.Long(0), Kind.Long),
                a,
                NumberType(operation.Type)
            ),
            (UnaryOperatorKind.BitwiseNegation, Scalar { Kind.IsLong: true } a) => CombineLongs(
                operation,
                BinaryOperatorKind.ExclusiveOr,
                false,
                a,
                new(Terms.Long(-1), Kind.Long),
                NumberType(operation.Type)
            ),
            (UnaryOperatorKind.Not, Scalar { Kind.IsBool: true } a) => Truth(Terms.Not(a.Term)),
            (UnaryOperatorKind.BitwiseNegation, Scalar { Kind.IsInt: true } a) => Kept(
                new(Terms.Integer(Arithmetic.Minus, Terms.Whole(-1), a.Term), Kind.Int),
                NumberType(operation.Type)
            ),
            (UnaryOperatorKind.Hat, _) => throw NotSupported(operation),
            _ => throw Refuse(operation, Refusals.Operator, Sign(operation), operation.Operand.Type?.ToDisplayString() ?? "?"),
        };
    }
}
