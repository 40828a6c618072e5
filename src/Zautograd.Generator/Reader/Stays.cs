// Whether a term keeps its value while statements run.
using Microsoft.FSharp.Collections;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Term = Zautograd.Programs.Term;

internal static class Stays
{
    /// <summary>Whether no statement changes what a term reads.</summary>
    public static bool Of(Term term, FSharpList<Statement> statements)
    {
        var read = TermModule.names(term);
        var none = Function.Of<string, Microsoft.FSharp.Core.FSharpOption<Programs.Function>?>(_ => null);
        foreach (var statement in StatementModule.all(statements))
        {
            if (StatementModule.assigned(none!, statement).Any(read.Contains))
                return false;
            if (
                statement is Statement.Call call
                && call.Arguments.Any(argument => argument is Term.Variable array && read.Contains(array.Item))
            )
                return false;
        }
        return true;
    }
}
