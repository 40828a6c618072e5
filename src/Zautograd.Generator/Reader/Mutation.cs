// Which methods of a struct change the struct that they are called on, and what C# hands to them: the place itself, or a copy.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zautograd.Generator.Reader;

internal static class Mutation
{
    /// <summary>Whether a method assigns to a part of its struct, or calls another one that does.</summary>
    public static bool Changes(IMethodSymbol method, Compilation compilation) =>
        Changes(method, compilation, new(SymbolEqualityComparer.Default));

    static bool Changes(IMethodSymbol method, Compilation compilation, HashSet<ISymbol> seen) =>
        method is { IsStatic: false, IsReadOnly: false, ContainingType: { TypeKind: TypeKind.Struct, IsReadOnly: false } }
        && seen.Add(method.OriginalDefinition)
        && method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } node
        && compilation.ContainsSyntaxTree(node.SyntaxTree)
        && compilation.GetSemanticModel(node.SyntaxTree).GetOperation(node) is { } body
        && body.Descendants()
            .Any(part =>
                Body.Written(part).Any(IsOfThis)
                || part is IInvocationOperation { Instance: { } owner, TargetMethod: var other }
                    && IsOfThis(owner)
                    && Changes(other, compilation, seen)
            );

    static bool IsOfThis(IOperation target) =>
        target switch
        {
            IInstanceReferenceOperation => true,
            IFieldReferenceOperation { Instance: { } owner } => IsOfThis(owner),
            IPropertyReferenceOperation { Instance: { Type.TypeKind: TypeKind.Struct } owner } => IsOfThis(owner),
            ITupleOperation tuple => tuple.Elements.Any(IsOfThis),
            _ => false,
        };

    /// <summary>Whether it is a variable, which a method may change, or a value, of which the method gets a copy; nothing where that is not known.</summary>
    public static bool? IsVariable(IOperation receiver) =>
        receiver switch
        {
            // that of a foreach, too: nobody may assign to it, but a method changes it
            ILocalReferenceOperation { Local.RefKind: RefKind.None } => true,
            IParameterReferenceOperation { Parameter.RefKind: var kind } => kind is RefKind.None or RefKind.Ref or RefKind.Out,
            IInstanceReferenceOperation => true,
            IFieldReferenceOperation { Field.IsReadOnly: true } => false,
            IFieldReferenceOperation { Instance: { } owner } => IsVariable(owner),
            IArrayElementReferenceOperation => true,
            IImplicitIndexerReferenceOperation { Instance.Type: { } owner } => IsWritable(owner),
            IPropertyReferenceOperation { Property.IsIndexer: true, Instance.Type: { } owner } when Shape.IsSpan(owner) => IsWritable(
                owner
            ),
            IPropertyReferenceOperation { Property: { ReturnsByRef: false, ReturnsByRefReadonly: false } } => false,
            IInvocationOperation { TargetMethod: { ReturnsByRef: false, ReturnsByRefReadonly: false } } => false,
            IObjectCreationOperation or IDefaultValueOperation or IWithOperation => false,
            _ => null,
        };

    static bool? IsWritable(ITypeSymbol owner) =>
        owner is IArrayTypeSymbol ? true
        : Shape.IsSpan(owner) ? owner.Name == "Span"
        : null;
}
