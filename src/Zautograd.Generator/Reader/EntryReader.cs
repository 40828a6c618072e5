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
            var models = new List<MethodModel>();
            var warnings = new List<Finding>();
            foreach (var number in Placement.Instances(method, compilation))
            {
                program = new ProgramReader(compilation, [method], cancel);
                models.Add(Model(method, number, node, attribute, program, compilation, cancel));
                warnings.AddRange(program.Warnings);
            }
            return new(models.ToMany(), warnings.Distinct().ToMany());
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
            default,
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

    /// <summary>A marked method; if it is generic, its instance for double or float.</summary>
    public static MethodModel Model(
        IMethodSymbol method,
        SpecialType number,
        SyntaxNode node,
        AttributeData attribute,
        ProgramReader program,
        Compilation compilation,
        CancellationToken cancel
    )
    {
        Placement.Require(method, node, NameOf(node), compilation);
        var shown = Generics.Shown(method, number, compilation);
        var instance = Instance.Of(method, [.. method.TypeParameters.Select(_ => number)])!;
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
            var shape = Shape.TryOf(parameter.Type, instance);
            if (shape is null || parameter.RefKind is RefKind.Ref or RefKind.Out && shape is not ArrayShape && !IsGivenBack(shape))
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
        var result = method.ReturnsVoid ? null : Shape.Of(method.ReturnType, method.Name, NameOf(node), instance);
        if (result is not (null or ArrayShape) && !IsGivenBack(result))
            throw new RefusedException(TypeRefusal.Of(method.ReturnType, method.Name, NameOf(node)));
        if (result is ArrayShape)
            throw new RefusedException(Finding.At(NameOf(node), Refusals.ReturnsArray, method.Name));

        program.Routine(
            program.KeyOf(method) + instance.Key,
            method,
            routine =>
            {
                routine.Formals.AddRange(layout.Formals);
                routine.Results.AddRange(MethodReader.Scalars(result));
                routine.Results.AddRange(inside.Where(item => item.IsBack).SelectMany(item => MethodReader.Kinds(item.Value)));
                new MethodReader(program, routine, instance).ReadBody(
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
        var isOneNumber =
            shown.ReturnType.SpecialType is SpecialType.System_Double or SpecialType.System_Single
            && given.All(parameter => parameter.Way == Way.In);
        if (order == 2 && !isOneNumber)
            throw new RefusedException(Finding.At(NameOf(node), Refusals.OrderOfMany, method.Name));
        return new(
            Placement.Hint(method, number),
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
                    Surface.Scalars(result).Select(scalar => scalar.Kind.IsReal).ToMany(),
                    Surface.Scalars(result).Select(scalar => scalar.Type == SpecialType.System_Single).ToMany()
                ),
            (mode & Forward) != 0,
            (mode & Reverse) != 0,
            order,
            made,
            rules,
            Place.Of(NameOf(node))
        );
    }

    /// <summary>Whether generated code can hand over such a value: it makes tuples of numbers, and structs of doubles or of floats.</summary>
    static bool IsGivenBack(Shape shape) =>
        shape switch
        {
            ScalarShape { IsEnum: false, Type: var type } => type
                is SpecialType.System_Double
                    or SpecialType.System_Single
                    or SpecialType.System_Int32
                    or SpecialType.System_Int64
                    or SpecialType.System_Boolean,
            PartsShape { Type.IsTupleType: true } tuple => tuple.Parts.All(part => part is ScalarShape && IsGivenBack(part)),
            PartsShape { Uniform: SpecialType.System_Double or SpecialType.System_Single } => true,
            _ => false,
        };

    public static bool IsConstant(IParameterSymbol parameter) => parameter.GetAttributes().Any(mark => IsOurs(mark, "ConstantAttribute"));

    public static bool IsOurs(AttributeData mark, string name) =>
        mark.AttributeClass is { ContainingNamespace: { Name: "Zautograd", ContainingNamespace.IsGlobalNamespace: true } } found
        && found.Name == name;
}
