// The body of a method as operations, and which variables it assigns.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;

internal sealed class Body(IBlockOperation block)
{
    public IBlockOperation Block => block;

    /// <summary>The one expression that the body is, if it is one.</summary>
    public IOperation? Expression { get; } =
        block.Operations is [var only]
            ? only switch
            {
                IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value } => value,
                IExpressionStatementOperation { Syntax: Microsoft.CodeAnalysis.CSharp.Syntax.ExpressionSyntax } statement =>
                    statement.Operation,
                _ => null,
            }
        : block.Operations is [IExpressionStatementOperation { IsImplicit: true } first, IReturnOperation { ReturnedValue: null }]
            ? first.Operation
        : null;

    /// <summary>Variables that get another value than the one that they were declared with.</summary>
    public HashSet<ISymbol> Assigned { get; } = new(block.Descendants().SelectMany(TargetsOf), SymbolEqualityComparer.Default);

    public static Body? Of(IOperation? operation) =>
        operation switch
        {
            IMethodBodyOperation method => Of(method.BlockBody ?? method.ExpressionBody),
            IConstructorBodyOperation { Initializer: null } constructor => Of(constructor.BlockBody ?? constructor.ExpressionBody),
            ILocalFunctionOperation local => Of(local.Body),
            IAnonymousFunctionOperation lambda => Of(lambda.Body),
            IBlockOperation block => new Body(block),
            _ => null,
        };

    public static IEnumerable<ISymbol> TargetsOf(IOperation operation) =>
        operation is IInvocationOperation { Instance: { Type.TypeKind: TypeKind.Struct } owner, TargetMethod: var method }
        && Mutation.Changes(method, operation.SemanticModel!.Compilation)
            ? Roots(owner)
            : Written(operation).SelectMany(Roots);

    /// <summary>The places to which an operation itself writes, or may.</summary>
    public static IEnumerable<IOperation> Written(IOperation operation) =>
        operation switch
        {
            IAssignmentOperation assignment => [assignment.Target],
            IIncrementOrDecrementOperation step => [step.Target],
            IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => [argument.Value],
            IVariableDeclaratorOperation { Symbol.RefKind: RefKind.Ref } declared => declared.Initializer is { } initializer
                ? [initializer.Value]
                : [],
            IInvalidOperation { Syntax: InvocationExpressionSyntax call, SemanticModel: { } model } => call
                .ArgumentList.Arguments.Where(argument => argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword))
                .Select(argument => model.GetOperation(argument.Expression))
                .OfType<IOperation>(),
            _ => [],
        };

    static IEnumerable<ISymbol> Roots(IOperation target) =>
        target switch
        {
            ILocalReferenceOperation local => [local.Local],
            IParameterReferenceOperation parameter => [parameter.Parameter],
            IFieldReferenceOperation { Instance: { } owner } => Roots(owner),
            IPropertyReferenceOperation { Instance: { Type.TypeKind: TypeKind.Struct } owner, Property.IsIndexer: false } => Roots(owner),
            ITupleOperation tuple => tuple.Elements.SelectMany(Roots),
            IDeclarationExpressionOperation declaration => Roots(declaration.Expression),
            _ => [],
        };
}
