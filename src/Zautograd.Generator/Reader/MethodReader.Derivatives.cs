// Calls of derivatives that stand nowhere yet, because this generator writes them: the core differentiates their method first.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>A call of LossGradient or LossTangent, where Loss is a marked method of numbers: value and slopes come back.</summary>
    Value Derivative(IInvalidOperation operation)
    {
        if (operation.Syntax is not InvocationExpressionSyntax call || Meant(operation, call.Expression) is not (var method, var isReverse))
            throw NotSupported(operation);
        var arguments = call.ArgumentList.Arguments;
        var (model, elsewhere) = program.Model(method, program.InstanceFor(method, arguments.Select(TypeOf)), operation);
        SpecialType TypeOf(ArgumentSyntax argument) =>
            argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword)
                ? SpecialType.None
                : NumberType(operation.SemanticModel!.GetTypeInfo(argument.Expression, program.Cancel).Type);
        var isOfNumbers = model.Parameters.All(parameter => parameter is { Form: Form.Scalar, Way: Way.In });
        if (!model.IsScalarValued || !isOfNumbers || model.Globals.Count > 0)
            throw Refuse(operation, Refusals.DerivativeOfArrays, Text(operation));

        var active = model.Parameters.Where(parameter => parameter.IsActive).ToArray();
        var taken = isReverse ? [.. model.Parameters] : model.Parameters.Concat(active).ToArray();
        var isPlain = arguments.All(argument => argument.NameColon is null);
        if (!isPlain || arguments.Count != taken.Length + (isReverse ? active.Length : 1))
            throw Refuse(operation, Refusals.DerivativeArguments, Text(operation));
        for (int i = 0; i < arguments.Count; i++)
            if (arguments[i].RefKindKeyword.IsKind(SyntaxKind.OutKeyword) != i >= taken.Length)
                throw Refuse(arguments[i], Refusals.DerivativeArguments, Text(operation));

        IOperation At(int i) =>
            operation.SemanticModel!.GetOperation(arguments[i].Expression, program.Cancel) ?? throw NotSupported(operation);
        var given = InOrder([.. taken.Select((parameter, i) => (Func<Value>)(() => Taken(At(i), parameter)))]);
        var places = Enumerable.Range(taken.Length, arguments.Count - taken.Length).Select(i => Slot(At(i))).ToArray();
        var terms = given.Cast<Scalar>().Select(scalar => scalar.Term);
        var routine = program.Derivative(method, model, elsewhere, isReverse, operation.Syntax.GetLocation());
        var results = routine.Results.Select(Result).ToArray();
        code.Add(
            Statement.NewCall(
                Terms.List(results.Select(result => result.Name)),
                routine.Name,
                Terms.List(isReverse ? terms.Append(Terms.Number(1.0)) : terms)
            )
        );
        // slopes of floats are rounded once they are known
        var areSingle = isReverse ? active.Select(parameter => parameter.IsSingle) : [model.Result!.AreSingle[0]];
        foreach (
            var (place, i, isSingle) in places
                .Zip(areSingle, (place, isSingle) => (place, isSingle))
                .Select((pair, i) => (pair.place, i, pair.isSingle))
        )
            Store(
                place,
                Kept((Scalar)Load(results[i + 1]), isSingle ? SpecialType.System_Single : SpecialType.System_Double),
                operation.Syntax
            );
        return Load(results[0]);
    }

    /// <summary>An argument as its parameter takes it: the compiler has converted nothing yet.</summary>
    Scalar Taken(IOperation argument, Model.Given parameter) =>
        (ReadScalar(argument), parameter.Leaves[0].IsReal) switch
        {
            ({ Kind.IsInt: true } whole, true) => Kept(
                new(Terms.ToReal(whole.Term), Kind.Real),
                parameter.IsSingle ? SpecialType.System_Single : SpecialType.System_Double
            ),
            ({ Kind.IsReal: true }, false) => throw Refuse(argument, Refusals.DerivativeArguments, Text(argument)),
            (var scalar, _) => scalar,
        };

    /// <summary>The marked method whose derivative has this name, and which of the two it is.</summary>
    (IMethodSymbol Method, bool IsReverse)? Meant(IOperation at, ExpressionSyntax callee)
    {
        var (home, name) = callee switch
        {
            IdentifierNameSyntax identifier => (method_?.ContainingType, identifier.Identifier.ValueText),
            MemberAccessExpressionSyntax member => (
                at.SemanticModel!.GetSymbolInfo(member.Expression).Symbol as INamedTypeSymbol,
                member.Name.Identifier.ValueText
            ),
            _ => (null, ""),
        };
        foreach (var (suffix, isReverse) in new[] { ("Gradient", true), ("Tangent", false) })
            if (
                home is not null
                && name.EndsWith(suffix, StringComparison.Ordinal)
                && home.GetMembers(name.Substring(0, name.Length - suffix.Length)) is [IMethodSymbol only]
                && EntryReader.MarkOf(only) is not null
            )
                return (only, isReverse);
        return null;
    }
}
