// Assignments as the core wants them: what adds to itself is an increment.
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Term = Zautograd.Programs.Term;

internal static class Assignment
{
    public static Statement To(VariableSlot slot, Term value)
    {
        var own = Terms.Variable(slot.Name);
        return Added(own, value) is { } added && !TermModule.names(added).Contains(slot.Name)
            ? Statement.NewIncrement(slot.Name, added)
            : Statement.NewAssign(slot.Name, value);
    }

    public static Statement To(ElementSlot slot, Term value)
    {
        var own = Term.NewElement(slot.Array, slot.Index);
        return Added(own, value) is { } added && !TermModule.names(added).Contains(slot.Array)
            ? Statement.NewAccumulate(slot.Array, slot.Index, added)
            : Statement.NewStore(slot.Array, slot.Index, value);
    }

    /// <summary>What the value adds to a place.</summary>
    static Term? Added(Term own, Term value) =>
        value switch
        {
            Term.Formula { Item1.IsAdd: true } sum when sum.Item2.Head.Equals(own) => sum.Item2.Tail.Head,
            Term.Formula { Item1.IsAdd: true } sum when sum.Item2.Tail.Head.Equals(own) => sum.Item2.Head,
            Term.Formula { Item1.IsSub: true } difference when difference.Item2.Head.Equals(own) => Terms.Formula(
                Op.Neg,
                difference.Item2.Tail.Head
            ),
            Term.Integer { Item1.IsPlus: true } sum when sum.Item2.Equals(own) => sum.Item3,
            Term.Integer { Item1.IsPlus: true } sum when sum.Item3.Equals(own) => sum.Item2,
            Term.Integer { Item1.IsMinus: true, Item3: Term.Whole { Item: > int.MinValue } less } difference
                when difference.Item2.Equals(own) => Terms.Whole(-less.Item),
            _ => null,
        };
}
