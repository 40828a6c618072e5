// Loops: counted ones where the counter and the bounds stay as they are, else while.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>A loop around what is read, or a switch that is written as one.</summary>
    sealed record Exit(ISymbol? Break, ISymbol? Continue, Action BeforeContinue, bool IsSwitch = false);

    readonly Stack<Exit> exits = new();

    Code LoopBody(ILoopOperation loop, Action beforeContinue, Action read)
    {
        exits.Push(new(loop.ExitLabel, loop.ContinueLabel, beforeContinue));
        try
        {
            return Block(read);
        }
        finally
        {
            exits.Pop();
        }
    }

    void For(IForLoopOperation loop)
    {
        Remark(loop);
        if (IsCounted(loop, program.AssignedIn(loop.Body)) is { } counted && TryCounted(loop, counted))
            return;
        foreach (var start in loop.Before)
            Quietly(start);
        void step()
        {
            foreach (var next in loop.AtLoopBottom)
                Quietly(next);
        }
        Repeat(loop, loop.Condition, step);
    }

    void Quietly(IOperation operation)
    {
        if (operation is IVariableDeclarationGroupOperation group)
            foreach (var declaration in group.Declarations)
                Declarations(declaration);
        else if (operation is IExpressionStatementOperation statement)
            Read(statement.Operation);
        else
            ReadStatement(operation);
    }

    /// <summary>While a condition holds; where working it out takes statements, from inside.</summary>
    void Repeat(ILoopOperation loop, IOperation? condition, Action step)
    {
        var (aside, holds) = Apart(() => condition is null ? Terms.True : ReadTerm(condition), inside: true);
        var isPlain = aside.IsEmpty;
        var body = LoopBody(
            loop,
            step,
            () =>
            {
                if (!isPlain)
                    LeaveUnless(condition!);
                ReadStatement(loop.Body);
                step();
            }
        );
        code.Add(Statement.NewWhile(isPlain ? holds : Terms.True, body.Statements));
    }

    void LeaveUnless(IOperation condition)
    {
        var holds = ReadTerm(condition);
        code.Add(Statement.NewIf(Terms.Not(holds), Terms.List([Statement.Break]), Terms.List<Statement>([])));
    }

    void While(IWhileLoopOperation loop)
    {
        Remark(loop);
        Repeat(loop, loop.Condition, () => { });
    }

    void DoWhile(IWhileLoopOperation loop)
    {
        Remark(loop);
        void test() => LeaveUnless(loop.Condition!);
        var body = LoopBody(
            loop,
            test,
            () =>
            {
                ReadStatement(loop.Body);
                test();
            }
        );
        code.Add(Statement.NewWhile(Terms.True, body.Statements));
    }

    void ForEach(IForEachLoopOperation loop)
    {
        Remark(loop);
        var collection = loop.Collection;
        while (collection is IConversionOperation { IsImplicit: true } conversion)
            collection = conversion.Operand;
        if (collection is ITranslatedQueryOperation)
            throw Hopeless(collection);
        if (collection.Type is not IArrayTypeSymbol && !(collection.Type is { } type && Shape.IsSpan(type)))
            throw Refuse(collection, Refusals.ForEach, Text(collection));
        var view = (View)Settle(ReadView(collection));
        if (loop.LoopControlVariable is not IVariableDeclaratorOperation { Symbol: var local })
            throw NotSupported(loop.LoopControlVariable);
        if (local.RefKind == RefKind.Ref)
            throw Refuse(loop.LoopControlVariable, Refusals.RefLocal, local.Name);
        var shape = ShapeOf(local.Type, local.Name, loop.Syntax.GetLocation());
        var length = view.Length;
        var counter = code.Fresh("i");
        var body = LoopBody(
            loop,
            () => { },
            () =>
            {
                ranges.Count(counter, Terms.Zero, length);
                var flat = view with { Extents = [length] };
                if (view.Starts is not null)
                    slots[local] = new ViewSlot(Row(view, Terms.Variable(counter)), null, null);
                else
                    Declare(local, shape, Converted(Load(At(flat, [Terms.Variable(counter)])), shape), loop.Syntax);
                ReadStatement(loop.Body);
            }
        );
        code.Add(Statement.NewFor(counter, Terms.Zero, length, 1, body.Statements));
    }
}
