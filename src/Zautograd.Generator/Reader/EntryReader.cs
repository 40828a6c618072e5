// Reads a marked method: who may be differentiated at all, its parameters as they were written, and its program.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.FSharp.Collections;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

internal static class EntryReader
{
    const int Forward = 1;
    const int Reverse = 2;

    public static Reading Read(
        IMethodSymbol method,
        SyntaxNode node,
        AttributeData attribute,
        Compilation compilation,
        CancellationToken cancel
    )
    {
        var program = new ProgramReader(compilation, [method], cancel);
        try
        {
            var model = Model(method, node, attribute, program, compilation, cancel);
            return new(model, program.Warnings.Distinct().ToMany());
        }
        catch (RefusedException refused)
        {
            return Refused(program.Refused.Concat(refused.Findings));
        }
        // what is left of a method that is refused may fit nothing
        catch (Exception fault) when (fault is not OperationCanceledException && program.Refused.Count > 0)
        {
            return Refused(program.Refused);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // where the source is no C#, the compiler says so itself
            return Refused([
                program.IsBroken(node)
                    ? Finding.At(NameOf(node), Refusals.CannotDifferentiate, method.Name, "it does not compile")
                    : Finding.At(NameOf(node), Refusals.Internal, method.Name, $"{fault.GetType().Name}: {fault.Message}"),
            ]);
        }
    }

    /// <summary>Every refusal once, in the order of the text.</summary>
    static Reading Refused(IEnumerable<Finding> findings) =>
        new(
            null,
            findings
                .Distinct()
                .OrderBy(finding => finding.Place?.Path, StringComparer.Ordinal)
                .ThenBy(finding => finding.Place?.Span.Start)
                .ToMany()
        );

    static Location NameOf(SyntaxNode node) =>
        node switch
        {
            MethodDeclarationSyntax method => method.Identifier.GetLocation(),
            LocalFunctionStatementSyntax local => local.Identifier.GetLocation(),
            _ => node.GetLocation(),
        };

    static T Argument<T>(AttributeData attribute, string name, T otherwise) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value is T value ? value : otherwise;

    /// <summary>The attribute of a marked method.</summary>
    public static AttributeData? MarkOf(IMethodSymbol method) =>
        method.GetAttributes().FirstOrDefault(mark => IsOurs(mark, "DifferentiableAttribute"));

    public static MethodModel Model(
        IMethodSymbol method,
        SyntaxNode node,
        AttributeData attribute,
        ProgramReader program,
        Compilation compilation,
        CancellationToken cancel
    )
    {
        Placement.Require(method, node, NameOf(node), compilation);
        var shown = Generics.Instance(method, compilation);
        var order = Argument(attribute, "Order", 1);
        if (order is not (1 or 2))
            throw new RefusedException(
                Finding.At(attribute.ApplicationSyntaxReference!.GetSyntax(cancel).GetLocation(), Refusals.BadOrder, order.ToString())
            );
        var mode = Argument(attribute, "Mode", Forward | Reverse);

        var body = program.Body(method) ?? throw new RefusedException(Finding.At(NameOf(node), Refusals.NoBody, method.Name));
        var names = new Names();
        var layout = new Layout(names);
        var inside = new List<(ISymbol? Symbol, string Name, Value Value, bool IsBack)>();
        var parameters = new List<(IParameterSymbol Symbol, Shape Shape, Formal[] Formals)>();
        foreach (var parameter in method.Parameters)
        {
            var shape = Shape.TryOf(parameter.Type);
            if (shape is null || shape is ScalarShape { IsNarrow: true } && parameter.RefKind != RefKind.None)
            {
                program.Refused.Add(TypeRefusal.Of(parameter.Type, parameter.Name, parameter.Locations[0]));
                program.Lost.Add(parameter);
                continue;
            }
            var before = layout.Formals.Count;
            var value =
                parameter.RefKind == RefKind.Out
                    ? MethodReader.Zero(shape, parameter.Name, parameter.Locations[0])
                    : layout.Enter(parameter.Name, shape);
            inside.Add((parameter, parameter.Name, value, parameter.RefKind is RefKind.Ref or RefKind.Out));
            parameters.Add((parameter, shape, [.. layout.Formals.Skip(before)]));
        }
        var globals = new List<(IFieldSymbol Field, Shape Shape, Formal[] Formals)>();
        foreach (var field in program.GlobalsOf(method, body))
        {
            var shape = Shape.Of(field.Type, field.Name, NameOf(node));
            var before = layout.Formals.Count;
            inside.Add((field, field.Name, layout.Enter(field.Name, shape), false));
            globals.Add((field, shape, [.. layout.Formals.Skip(before)]));
        }
        foreach (var (symbol, _, formals) in parameters)
        foreach (var formal in formals)
            formal.IsActive = (formal.Kind.IsReal || formal.Kind.IsReals) && !IsConstant(symbol);
        var result = method.ReturnsVoid ? null : Shape.Of(method.ReturnType, method.Name, NameOf(node));
        if (result is ScalarShape { IsNarrow: true })
            throw new RefusedException(TypeRefusal.Of(method.ReturnType, method.Name, NameOf(node)));
        if (result is ArrayShape)
            throw new RefusedException(Finding.At(NameOf(node), Refusals.ReturnsArray, method.Name));

        program.Routine(
            program.KeyOf(method),
            method,
            routine =>
            {
                routine.Formals.AddRange(layout.Formals);
                routine.Results.AddRange(MethodReader.Scalars(result));
                routine.Results.AddRange(inside.Where(item => item.IsBack).SelectMany(item => MethodReader.Kinds(item.Value)));
                new MethodReader(program, routine).ReadBody(
                    method,
                    body,
                    names,
                    inside,
                    new Dictionary<ISymbol, Callable>(SymbolEqualityComparer.Default)
                );
            }
        );
        program.ReadRules();
        if (program.Refused.Count > 0)
            throw new RefusedException(program.Refused);
        if (order == 2 && program.FirstOrderOnly is { } only)
            throw new RefusedException(only);
        Activities.Settle(program.Routines);
        program.RequireConstants();
        program.Warnings.AddRange(Activities.Cuts(program.Routines));
        foreach (var (field, _, formals) in globals)
            if (formals.Any(formal => formal.IsChanged))
                throw new RefusedException(Finding.At(NameOf(node), Refusals.MutableField, field.Name));
        var (made, rules) = program.Programs();
        // where the source is no C#, the compiler says so itself
        if (Check.faults(new(ListModule.Append(made.Functions, rules.Functions))) is { IsEmpty: false } faults)
            throw new RefusedException(
                program.IsBroken(node)
                    ? Finding.At(NameOf(node), Refusals.CannotDifferentiate, method.Name, "it does not compile")
                    : Finding.At(NameOf(node), Refusals.Internal, method.Name, faults.Head.ToString())
            );

        var given = parameters
            .Select(parameter =>
                Surface.Of(
                    shown.Parameters[parameter.Symbol.Ordinal],
                    parameter.Shape,
                    parameter.Formals,
                    method.ContainingType,
                    compilation
                )
            )
            .ToMany();
        if (!given.Any(parameter => parameter.IsActive && parameter.Way != Way.Out))
            throw new RefusedException(Finding.At(NameOf(node), Refusals.NothingActive, method.Name));
        if (
            !program.Routines[0].Results.Any(kind => kind.IsReal)
            && !given.Any(parameter => parameter is { IsWritten: true, IsActive: true })
        )
            throw new RefusedException(Finding.At(NameOf(node), Refusals.NoResult, method.Name));
        var isOneNumber = shown.ReturnType.SpecialType == SpecialType.System_Double && given.All(parameter => parameter.Way == Way.In);
        if (order == 2 && !isOneNumber)
            throw new RefusedException(Finding.At(NameOf(node), Refusals.OrderOfMany, method.Name));
        return new(
            Placement.Hint(method),
            method.ContainingNamespace.IsGlobalNamespace ? "" : method.ContainingNamespace.ToDisplayString(),
            Placement.Types(method).ToMany(),
            SyntaxFacts.GetText(method.DeclaredAccessibility) + " static",
            method.Name,
            method.Name,
            given,
            globals.Select(field => Surface.Of(field.Field, field.Shape, field.Formals)).ToMany(),
            result is null
                ? null
                : new Result(
                    Surface.Text(shown.ReturnType),
                    shown.ReturnType.IsTupleType,
                    MethodReader.Scalars(result).Select(kind => kind.IsReal).ToMany()
                ),
            (mode & Forward) != 0,
            (mode & Reverse) != 0,
            order,
            made,
            rules,
            Place.Of(NameOf(node))
        );
    }

    public static bool IsConstant(IParameterSymbol parameter) => parameter.GetAttributes().Any(mark => IsOurs(mark, "ConstantAttribute"));

    public static bool IsOurs(AttributeData mark, string name) =>
        mark.AttributeClass is { ContainingNamespace: { Name: "Zautograd", ContainingNamespace.IsGlobalNamespace: true } } found
        && found.Name == name;
}
