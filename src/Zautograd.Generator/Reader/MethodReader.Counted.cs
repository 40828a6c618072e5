// Loops that count: nothing but the loop itself assigns the counter, and the bound stays as it is.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>for (int i = first; i &lt; end; i += step), where nothing else assigns i.</summary>
    sealed record Counted(ILocalSymbol Counter, IOperation First, IOperation End, int Beyond, int Step);

    static Counted? IsCounted(IForLoopOperation loop, HashSet<ISymbol> assignedInside)
    {
        if (
            loop.Before
                is not [
                    IVariableDeclarationGroupOperation
                    {
                        Declarations: [
                            {
                                Declarators: [
                                    { Symbol: { Type.SpecialType: SpecialType.System_Int32 } counter, Initializer.Value: { } first },
                                ]
                            },
                        ]
                    },
                ]
            || loop.AtLoopBottom is not [IExpressionStatementOperation { Operation: var step }]
            || loop.Condition is not IBinaryOperation condition
            || assignedInside.Contains(counter)
            || condition.Descendants().OfType<ILocalReferenceOperation>().Any(local => assignedInside.Contains(local.Local))
        )
            return null;
        bool isCounter(IOperation operation) =>
            operation is ILocalReferenceOperation local && SymbolEqualityComparer.Default.Equals(local.Local, counter);
        int? by = step switch
        {
            IIncrementOrDecrementOperation { IsChecked: false } one when isCounter(one.Target) => one.Kind == OperationKind.Increment
                ? 1
                : -1,
            ICompoundAssignmentOperation { IsChecked: false, Value.ConstantValue: { HasValue: true, Value: int size } } more
                when isCounter(more.Target) => more.OperatorKind switch
            {
                BinaryOperatorKind.Add => size,
                BinaryOperatorKind.Subtract => unchecked(-size),
                _ => null,
            },
            _ => null,
        };
        var (op, end) =
            isCounter(condition.LeftOperand) ? (condition.OperatorKind, condition.RightOperand)
            : isCounter(condition.RightOperand) ? (Turned(condition.OperatorKind), condition.LeftOperand)
            : (BinaryOperatorKind.None, condition.RightOperand);
        return (op, by) switch
        {
            (BinaryOperatorKind.LessThan, > 0 and < 1 << 20) => new(counter, first, end, 0, by.Value),
            (BinaryOperatorKind.LessThanOrEqual, > 0 and < 1 << 20) => new(counter, first, end, 1, by.Value),
            (BinaryOperatorKind.GreaterThan, < 0 and > -(1 << 20)) => new(counter, first, end, 0, by.Value),
            (BinaryOperatorKind.GreaterThanOrEqual, < 0 and > -(1 << 20)) => new(counter, first, end, -1, by.Value),
            _ => null,
        };
    }

    static BinaryOperatorKind Turned(BinaryOperatorKind op) =>
        op switch
        {
            BinaryOperatorKind.LessThan => BinaryOperatorKind.GreaterThan,
            BinaryOperatorKind.LessThanOrEqual => BinaryOperatorKind.GreaterThanOrEqual,
            BinaryOperatorKind.GreaterThan => BinaryOperatorKind.LessThan,
            BinaryOperatorKind.GreaterThanOrEqual => BinaryOperatorKind.LessThanOrEqual,
            _ => BinaryOperatorKind.None,
        };

    /// <summary>A loop that counts, if its bound stays as it is.</summary>
    bool TryCounted(IForLoopOperation loop, Counted counted)
    {
        var (aside, found) = Apart(() =>
        {
            var bounds = InOrder([counted.First, counted.End]);
            var (first, end) = (((Scalar)bounds[0]).Term, ((Scalar)bounds[1]).Term);
            // the condition is evaluated in every round
            if (!code.IsEmpty)
                return false;
            end = Terms.Plus(end, Terms.Whole(counted.Beyond));
            string name = "";
            var body = LoopBody(
                loop,
                () => { },
                () =>
                {
                    name = code.Name(counted.Counter.Name, changes: false);
                    slots[counted.Counter] = new VariableSlot(name, Kind.Int);
                    if (counted.Step > 0)
                        ranges.Count(name, first, end);
                    else
                        ranges.Count(name, Terms.Plus(end, Terms.One), Terms.Plus(first, Terms.One));
                    ReadStatement(loop.Body);
                }
            );
            if (!Stays.Of(end, body.Statements))
                return false;
            code.Add(Statement.NewFor(name, first, end, counted.Step, body.Statements));
            return true;
        });
        if (found)
            code.Add(aside);
        return found;
    }
}
