// Statements: declarations, branches, ways out; a comment quotes each.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;

internal sealed partial class MethodReader
{
    void Statements(IEnumerable<IOperation> operations)
    {
        foreach (var operation in operations)
            ReadStatement(operation);
    }

    void Remark(IOperation operation) => code.Add(Statement.NewRemark(Quoted.Head(operation.Syntax)));

    void OneStatement(IOperation operation)
    {
        switch (operation)
        {
            case IBlockOperation block:
                Statements(block.Operations);
                break;
            case IVariableDeclarationGroupOperation group:
                Remark(group);
                foreach (var declaration in group.Declarations)
                    Declarations(declaration);
                break;
            case IExpressionStatementOperation statement:
                Remark(statement);
                Read(statement.Operation);
                break;
            case IConditionalOperation branch:
                If(branch);
                break;
            case IForLoopOperation loop:
                For(loop);
                break;
            case IForEachLoopOperation loop:
                ForEach(loop);
                break;
            case IWhileLoopOperation { ConditionIsTop: true } loop:
                While(loop);
                break;
            case IWhileLoopOperation loop:
                DoWhile(loop);
                break;
            case ISwitchOperation choice:
                Switch(choice);
                break;
            case IBranchOperation jump:
                Jump(jump);
                break;
            case IReturnOperation { Kind: OperationKind.Return } exit:
                Return(exit);
                break;
            case IEmptyOperation or ILocalFunctionOperation:
                break;
            case ILabeledOperation label:
                throw Refuse(label, Refusals.Goto, label.Label.Name);
            case IThrowOperation:
                throw Refuse(operation, Refusals.Throw);
            case ITryOperation:
                throw Refuse(operation, Refusals.Try);
            case ILockOperation:
                throw Refuse(operation, Refusals.Lock);
            case IUsingOperation or IUsingDeclarationOperation:
                throw Refuse(operation, Refusals.Using);
            case IReturnOperation:
                throw Refuse(operation, Refusals.Iterator);
            case { Syntax: FixedStatementSyntax or UnsafeStatementSyntax }:
                throw Refuse(operation, Refusals.Unsafe);
            default:
                throw NotSupported(operation);
        }
    }

    void Declarations(IVariableDeclarationOperation declaration) =>
        Each(declaration.Declarators, declarator => Declaration(declarator, declarator.Initializer ?? declaration.Initializer));

    void Declaration(IVariableDeclaratorOperation declarator, IVariableInitializerOperation? initializer)
    {
        var local = declarator.Symbol;
        if (local.IsConst)
            return;
        if (local.RefKind == RefKind.Ref)
            throw Refuse(declarator, Refusals.RefLocal, local.Name);
        if (local.Type.TypeKind == TypeKind.Delegate)
        {
            if (initializer is null || assigned.Contains(local) || Read(initializer.Value) is not Callable callable)
                throw Refuse(declarator, Refusals.DelegateCall, local.Name);
            callables[local] = callable;
            return;
        }
        var shape = ShapeOf(local.Type, local.Name, declarator.Syntax.GetLocation());
        arrayName = shape is ArrayShape ? local.Name : null;
        var value =
            initializer is null ? null
            : shape is ArrayShape { IsJagged: true } rows
            && Plain(initializer.Value) is IArrayCreationOperation { Initializer: null } creation
                ? EmptyRows(local, rows, creation)
            : Read(initializer.Value);
        arrayName = null;
        if (value is null && shape is ArrayShape)
            throw Refuse(declarator, Refusals.LengthAtTop, local.Name);
        Declare(local, shape, value, declarator.Syntax);
    }

    void If(IConditionalOperation branch)
    {
        Remark(branch);
        var condition = ReadTerm(branch.Condition);
        var yes = Block(() => ReadStatement(branch.WhenTrue));
        var no = Block(() =>
        {
            if (branch.WhenFalse is { } otherwise)
                ReadStatement(otherwise);
        });
        code.Add(Statement.NewIf(condition, yes.Statements, no.Statements));
    }

    void Return(IReturnOperation exit)
    {
        if (inlined.Count > 0)
            throw Refuse(exit, Refusals.ReturnsArray, inlined[inlined.Count - 1].Name);
        Remark(exit);
        Finish(exit, exit.ReturnedValue is { } result ? Read(result) : Nothing.Instance);
    }

    void Finish(IOperation at, Value value)
    {
        if (method_ is { ReturnsVoid: true })
            value = Nothing.Instance;
        var backs = returned.SelectMany(slot => ScalarTerms(Load(slot)));
        if (at is IReturnOperation || value is not Nothing)
            code.Add(Statement.NewReturn(Terms.List(ScalarTerms(value).Concat(backs))));
    }

    void Jump(IBranchOperation jump)
    {
        if (idle.Contains(jump))
            return;
        if (jump.BranchKind == BranchKind.GoTo)
            throw Refuse(jump, Refusals.Goto, Text(jump));
        var exit = exits.FirstOrDefault(exit =>
            SymbolEqualityComparer.Default.Equals(jump.Target, jump.BranchKind == BranchKind.Break ? exit.Break : exit.Continue)
        );
        if (exit is null)
            throw NotSupported(jump);
        // a loop that stands for a switch is in between
        if (exits.TakeWhile(other => other != exit).Any(other => other.IsSwitch))
            throw Refuse(jump, Refusals.SwitchExit, Text(jump));
        Remark(jump);
        if (jump.BranchKind == BranchKind.Break)
            code.Add(Statement.Break);
        else
        {
            exit.BeforeContinue();
            code.Add(Statement.Continue);
        }
    }
}
