// Calls of methods with a rule: they stay calls, of a function that hands on to the method.
using Microsoft.CodeAnalysis;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    Scalar CallByRule(IOperation at, Rule rule, Value[] arguments)
    {
        var routine = program.Ruled(rule, at.Syntax.GetLocation());
        var terms = arguments.Select(
            (argument, i) => argument is View view ? Whole(view, rule.Method.Parameters[i].Name) : ((Scalar)argument).Term
        );
        var given = terms.ToArray();
        var result = Result(Kind.Real);
        code.Add(Statement.NewCall(Terms.List([result.Name]), routine.Name, Terms.List(given)));
        return (Scalar)Load(result);
    }

    /// <summary>An array that is handed over as it stands; of a part, a copy.</summary>
    Term Whole(View view, string wish)
    {
        if (view.IsWhole)
            return Terms.Variable(view.Array);
        view = (View)Settle(view);
        var (copy, counter) = (code.Fresh(wish), code.Fresh("i"));
        code.Add(Statement.NewDeclareArray(copy, view.Shape.Store, view.Length));
        var element = Term.NewElement(view.Array, Terms.Plus(view.Offset, Terms.Variable(counter)));
        code.Add(
            Statement.NewFor(counter, Terms.Zero, view.Length, 1, Terms.List([Statement.NewStore(copy, Terms.Variable(counter), element)]))
        );
        return Terms.Variable(copy);
    }
}
