// switch, as a statement and as an expression, and patterns: conditions one after the other.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>Breaks at the end of a section, where nothing is left to skip.</summary>
    readonly HashSet<IOperation> idle = [];

    void Switch(ISwitchOperation choice)
    {
        Remark(choice);
        var value = Words(Read(choice.Value));
        foreach (var section in choice.Cases)
            idle.UnionWith(Last(section.Body).Where(jump => SymbolEqualityComparer.Default.Equals(jump.Target, choice.ExitLabel)));
        var isPlain = !choice
            .Descendants()
            .OfType<IBranchOperation>()
            .Any(jump => SymbolEqualityComparer.Default.Equals(jump.Target, choice.ExitLabel) && !idle.Contains(jump));
        var sections = choice.Cases.OrderBy(section => section.Clauses.Any(clause => clause is IDefaultCaseClauseOperation)).ToArray();
        if (isPlain)
        {
            Sections(value, sections, 0);
            return;
        }
        exits.Push(new(choice.ExitLabel, null, () => { }, IsSwitch: true));
        var body = Block(() =>
        {
            Sections(value, sections, 0);
            code.Add(Statement.Break);
        });
        exits.Pop();
        code.Add(Statement.NewWhile(Terms.True, body.Statements));
    }

    static IEnumerable<IBranchOperation> Last(IEnumerable<IOperation> body) =>
        body.LastOrDefault() switch
        {
            IBranchOperation jump => [jump],
            IBlockOperation block => Last(block.Operations),
            _ => [],
        };

    void Sections(Value value, ISwitchCaseOperation[] sections, int index)
    {
        if (index == sections.Length)
            return;
        var section = sections[index];
        if (section.Clauses.Any(clause => clause is IDefaultCaseClauseOperation))
        {
            Statements(section.Body);
            return;
        }
        var condition = section.Clauses.Select(clause => Clause(value, clause)).Aggregate(Terms.Or);
        var yes = Block(() => Statements(section.Body));
        var no = Block(() => Sections(value, sections, index + 1));
        code.Add(Statement.NewIf(condition, yes.Statements, no.Statements));
    }

    Term Clause(Value value, ICaseClauseOperation clause) =>
        clause switch
        {
            ISingleValueCaseClauseOperation single => IsConstant(value, single.Value),
            IRelationalCaseClauseOperation relation => (
                (Scalar)Comparison(relation, relation.Relation, (Scalar)value, (Scalar)Read(relation.Value))
            ).Term,
            IPatternCaseClauseOperation { Guard: null } pattern => Matches(value, pattern.Pattern),
            IPatternCaseClauseOperation { Guard: { } guard } pattern => Guarded(pattern, Matches(value, pattern.Pattern), guard),
            _ => throw NotSupported(clause),
        };

    Term Guarded(IOperation at, Term matches, IOperation guard)
    {
        var (aside, holds) = Apart(() => ReadTerm(guard));
        if (!aside.IsEmpty)
            throw Refuse(at, Refusals.Pattern, Text(guard));
        return Terms.And(matches, holds);
    }

    Term IsConstant(Value value, IOperation constant)
    {
        if (value is not Scalar scalar || Read(constant) is not Scalar wanted)
            throw Refuse(constant, Refusals.Pattern, Text(constant));
        wanted = (Scalar)Converted(wanted, ScalarShape.Of(scalar.Kind));
        if (!wanted.Kind.Equals(scalar.Kind))
            throw Refuse(constant, Refusals.Pattern, Text(constant));
        return wanted.Term switch
        {
            Term.Truth { Item: true } => scalar.Term,
            Term.Truth => Terms.Not(scalar.Term),
            // a pattern finds NaN
            Term.Number number when double.IsNaN(number.Item) => Terms.Not(Terms.Equal(scalar.Term, scalar.Term)),
            _ => Terms.Equal(scalar.Term, wanted.Term),
        };
    }

    Term Matches(Value value, IPatternOperation pattern)
    {
        switch (pattern)
        {
            case IConstantPatternOperation constant:
                return IsConstant(value, constant.Value);
            case IRelationalPatternOperation relation when value is Scalar scalar:
                var bound = (Scalar)Converted(Read(relation.Value), ScalarShape.Of(scalar.Kind));
                var type = NumberType(relation.InputType);
                return (
                    (Scalar)(
                        scalar.Kind.IsLong
                            ? CombineLongs(relation, relation.OperatorKind, false, scalar, bound, type)
                            : Comparison(relation, relation.OperatorKind, scalar, bound)
                    )
                ).Term;
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both:
                return Terms.And(Matches(value, both.LeftPattern), Matches(value, both.RightPattern));
            case IBinaryPatternOperation either:
                return Terms.Or(Matches(value, either.LeftPattern), Matches(value, either.RightPattern));
            case INegatedPatternOperation negated:
                return Terms.Not(Matches(value, negated.Pattern));
            case IDiscardPatternOperation:
                return Terms.True;
            case IDeclarationPatternOperation { DeclaredSymbol: { } symbol } declared
                when SymbolEqualityComparer.Default.Equals(declared.MatchedType ?? declared.InputType, declared.InputType):
                Bind(symbol, ShapeOf(declared.NarrowedType, symbol.Name, pattern.Syntax.GetLocation()), value, pattern.Syntax);
                return Terms.True;
            case IRecursivePatternOperation { DeclaredSymbol: null } parts when value is Parts whole:
                var positional = parts.DeconstructionSubpatterns.Select((item, i) => Matches(whole.Items[i], item));
                var named = parts.PropertySubpatterns.Select(item => Matches(Member(whole, item), item.Pattern));
                if (!parts.DeconstructionSubpatterns.IsEmpty && !whole.Shape.Type.IsTupleType && !whole.Shape.Type.IsRecord)
                    throw Refuse(pattern, Refusals.Pattern, Text(pattern));
                return positional.Concat(named).Aggregate(Terms.True, Terms.And);
            default:
                throw Refuse(pattern, Refusals.Pattern, Text(pattern));
        }
    }

    static Value Member(Parts whole, IPropertySubpatternOperation item) =>
        item.Member switch
        {
            IFieldReferenceOperation field => whole[field.Field],
            IPropertyReferenceOperation property when BackingField(property.Property) is { } field => whole[field],
            _ => throw Refuse(item, Refusals.Pattern, Text(item)),
        };

    Value IsPattern(IIsPatternOperation operation) => Truth(Matches(Words(Read(operation.Value)), operation.Pattern));

    Value SwitchExpression(ISwitchExpressionOperation operation)
    {
        var value = Words(Read(operation.Value));
        return Arm(operation, value, 0);
    }

    Value Arm(ISwitchExpressionOperation operation, Value value, int index)
    {
        if (index == operation.Arms.Length)
            throw Refuse(operation, Refusals.NoDiscardArm);
        var arm = operation.Arms[index];
        var condition = Matches(value, arm.Pattern);
        if (arm.Guard is { } guard)
            condition = Guarded(arm, condition, guard);
        if (arm.Value is IConversionOperation { Operand: IThrowOperation thrown })
            throw Refuse(thrown, Refusals.Throw);
        // the last arm of a switch that leaves nothing open needs no condition
        if (condition.Equals(Terms.True) || index == operation.Arms.Length - 1 && arm.Guard is null && operation.IsExhaustive)
            return Read(arm.Value);
        return Choose(operation, condition, () => Read(arm.Value), () => Arm(operation, value, index + 1));
    }
}
