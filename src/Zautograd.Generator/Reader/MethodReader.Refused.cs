// Several refusals at a time: a statement that is refused is left out, with the variables that it declares, and reading goes on behind it.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Reader;

internal sealed partial class MethodReader
{
    void ReadStatement(IOperation operation) =>
        Guarded(
            operation,
            () =>
            {
                program.Cancel.ThrowIfCancellationRequested();
                if (++depth > Deepest)
                    throw Refuse(operation, Refusals.TooDeep, Text(operation));
                OneStatement(operation);
                depth--;
            }
        );

    void Guarded(IOperation operation, Action read)
    {
        var (outer, deep, inside, open, owner) = (code, depth, inlined.Count, exits.Count, self);
        try
        {
            read();
        }
        catch (RefusedException refused)
        {
            program.Refused.AddRange(refused.Findings.Where(finding => !IsConsequence(finding, operation)));
            program.Lost.UnionWith(operation.DescendantsAndSelf().SelectMany(Declared));
            (code, depth, self, arrayName) = (outer, deep, owner, null);
            inlined.RemoveRange(inside, inlined.Count - inside);
            while (exits.Count > open)
                exits.Pop();
            if (deep < Deepest)
                ReadInside(operation);
        }
    }

    /// <summary>Whether a type is refused of a variable whose declaration was refused before.</summary>
    bool IsConsequence(Finding finding, IOperation operation) =>
        Refusals.IsOfType(finding.Refusal)
        && finding.Place is { } place
        && operation
            .DescendantsAndSelf()
            .Where(part => place.Span.Contains(part.Syntax.Span))
            .Any(part =>
                part is ILocalReferenceOperation local && IsLost(local.Local)
                || part is IParameterReferenceOperation parameter && IsLost(parameter.Parameter)
            );

    /// <summary>The statements inside of one that is refused: what is wrong in them is told, too.</summary>
    void ReadInside(IOperation operation)
    {
        var jumps = operation switch
        {
            ILoopOperation loop => new Exit(loop.ExitLabel, loop.ContinueLabel, () => { }),
            ISwitchOperation choice => new Exit(choice.ExitLabel, null, () => { }),
            _ => null,
        };
        if (jumps is not null)
            exits.Push(jumps);
        depth++;
        Block(() => Statements(Inside(operation)));
        depth--;
        if (jumps is not null)
            exits.Pop();
    }

    static IEnumerable<IOperation> Inside(IOperation operation) =>
        operation switch
        {
            IBlockOperation => [],
            // an expression has a type
            IConditionalOperation { Type: null } branch => branch.WhenFalse is { } otherwise
                ? [branch.WhenTrue, otherwise]
                : [branch.WhenTrue],
            ILoopOperation loop => [loop.Body],
            ISwitchOperation choice => choice.Cases.SelectMany(section => section.Body),
            ITryOperation attempt =>
            [
                attempt.Body,
                .. attempt.Catches.Select(caught => caught.Handler),
                .. attempt.Finally is { } last ? new[] { last } : [],
            ],
            ILockOperation locked => [locked.Body],
            IUsingOperation used => [used.Body],
            ILabeledOperation { Operation: { } labeled } => [labeled],
            _ => [],
        };

    static IEnumerable<ISymbol> Declared(IOperation operation) =>
        operation switch
        {
            IVariableDeclaratorOperation declarator => [declarator.Symbol],
            ILocalReferenceOperation { IsDeclaration: true } local => [local.Local],
            IDeclarationPatternOperation { DeclaredSymbol: { } symbol } => [symbol],
            IRecursivePatternOperation { DeclaredSymbol: { } symbol } => [symbol],
            ILoopOperation loop => loop.Locals,
            _ => [],
        };

    /// <summary>A variable whose declaration was refused: that was told, and nothing is to be said of what reads it.</summary>
    void RequireKnown(ISymbol symbol)
    {
        if (IsLost(symbol))
            throw new RefusedException([]);
    }

    bool IsLost(ISymbol symbol) => program.Lost.Contains(symbol) && !slots.ContainsKey(symbol) && !callables.ContainsKey(symbol);

    /// <summary>All are read, so that what is refused in one of them does not hide the others.</summary>
    static void Each<T>(IEnumerable<T> items, Action<T> read)
    {
        List<Finding>? refused = null;
        foreach (var item in items)
            try
            {
                read(item);
            }
            catch (RefusedException one)
            {
                (refused ??= []).AddRange(one.Findings);
            }
        if (refused is not null)
            throw new RefusedException(refused);
    }
}
