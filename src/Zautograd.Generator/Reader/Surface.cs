// The parameters of a marked method as the writer needs them: their types in words, and how the core's parameters are read from them.
using Microsoft.CodeAnalysis;
using Zautograd.Generator.Model;
using Kind = Zautograd.Programs.Type;

namespace Zautograd.Generator.Reader;

internal static class Surface
{
    static readonly SymbolDisplayFormat full = SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers | SymbolDisplayMiscellaneousOptions.UseSpecialTypes
    );

    /// <summary>A type as generated code writes it: spans by their own names, others from the root on.</summary>
    public static string Text(ITypeSymbol type) =>
        type switch
        {
            INamedTypeSymbol span when Shape.IsSpan(span) => $"{span.Name}<{Text(span.TypeArguments[0])}>",
            _ => type.ToDisplayString(full),
        };

    public static Given Of(IParameterSymbol parameter, Shape shape, Formal[] formals, INamedTypeSymbol home, Compilation compilation)
    {
        var (form, element, width, rank) = Describe(shape, parameter.Type);
        var paths = form == Form.Parts ? Paths((PartsShape)shape, parameter, home, compilation).ToArray() : [];
        if (
            shape is PartsShape { Uniform: not (SpecialType.System_Double or SpecialType.System_Single) } mixed
            && formals.Any(formal => formal.IsActive)
        )
            RequireSettable(mixed, parameter, home, compilation);
        var scalars = Scalars(shape).ToArray();
        var leaves = formals.Select(
            (formal, i) =>
                new Leaf(
                    formal.Name,
                    formal.Kind.IsReal || formal.Kind.IsReals,
                    scalars[i < scalars.Length ? i : 0].Type == SpecialType.System_Single,
                    formal.IsArray,
                    formal.IsActive,
                    i < paths.Length ? paths[i] : "",
                    formal.IsArray || i >= scalars.Length ? "{0}" : Passed(scalars[i])
                )
        );
        return new(
            Escaped(parameter.Name),
            Text(parameter.Type),
            form,
            parameter.RefKind switch
            {
                RefKind.Ref => Way.Ref,
                RefKind.Out => Way.Out,
                _ => Way.In,
            },
            formals.Any(formal => formal.IsActive),
            formals.Any(formal => formal is { IsArray: true, IsChanged: true }),
            parameter.Type is IArrayTypeSymbol,
            element,
            width,
            rank,
            parameter.Type.IsTupleType,
            leaves.ToMany()
        );
    }

    /// <summary>The numbers that a value is made of; those of an element, of an array.</summary>
    public static IEnumerable<ScalarShape> Scalars(Shape? shape) =>
        shape switch
        {
            ScalarShape scalar => [scalar],
            PartsShape parts => parts.Parts.SelectMany(Scalars),
            ArrayShape array => Scalars(array.Element),
            _ => [],
        };

    // what the compiler does not convert by itself
    static string Passed(ScalarShape scalar) =>
        scalar switch
        {
            { Type: SpecialType.System_UInt64 } => "unchecked((long){0})",
            { IsEnum: true, Kind.IsLong: true } => "(long){0}",
            { IsEnum: true } => "(int){0}",
            _ => "{0}",
        };

    public static string Escaped(string name) =>
        Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetKeywordKind(name) != Microsoft.CodeAnalysis.CSharp.SyntaxKind.None ? "@" + name : name;

    static (Form, string Element, int Width, int Rank) Describe(Shape shape, ITypeSymbol type)
    {
        var element = type switch
        {
            IArrayTypeSymbol { ElementType: IArrayTypeSymbol row } => Text(row.ElementType),
            IArrayTypeSymbol array => Text(array.ElementType),
            INamedTypeSymbol span when Shape.IsSpan(span) => Text(span.TypeArguments[0]),
            _ => "",
        };
        return shape switch
        {
            ScalarShape => (Form.Scalar, element, 1, 0),
            PartsShape parts => (Form.Parts, element, parts.Width, 0),
            ArrayShape { IsJagged: true } => (Form.Rows, element, 1, 1),
            ArrayShape { Rank: 1 } array => (Form.Vector, element, array.Element.Width, 1),
            ArrayShape array => (Form.Matrix, element, array.Element.Width, array.Rank),
            _ => throw new InvalidOperationException(shape.ToString()),
        };
    }

    /// <summary>The scalars of a struct or tuple: ".X", ".Position.X".</summary>
    static IEnumerable<string> Paths(PartsShape shape, IParameterSymbol parameter, INamedTypeSymbol home, Compilation compilation)
    {
        for (int i = 0; i < shape.Parts.Length; i++)
        {
            var member = (ISymbol?)shape.Fields[i].AssociatedSymbol ?? shape.Fields[i];
            if (!shape.Type.IsTupleType && (!member.CanBeReferencedByName || !compilation.IsSymbolAccessibleWithin(member, home)))
                throw new RefusedException(Finding.At(parameter.Locations[0], Refusals.PrivateField, parameter.Name, shape.Name(i)));
            var own = "." + (shape.Type.IsTupleType ? $"Item{i + 1}" : member.Name);
            if (shape.Parts[i] is PartsShape inner)
                foreach (var path in Paths(inner, parameter, home, compilation))
                    yield return own + path;
            else
                yield return own;
        }
    }

    /// <summary>Whether a gradient can be made of a struct's default, member by member.</summary>
    static void RequireSettable(PartsShape shape, IParameterSymbol parameter, INamedTypeSymbol home, Compilation compilation)
    {
        for (int i = 0; i < shape.Parts.Length; i++)
        {
            var isSettable = shape.Fields[i].AssociatedSymbol is IPropertySymbol property
                ? property.SetMethod is { } set && compilation.IsSymbolAccessibleWithin(set, home)
                : shape.Type.IsTupleType || !shape.Fields[i].IsReadOnly;
            if (Scalars(shape.Parts[i]).Any(scalar => scalar.Kind.IsReal) && !isSettable)
                throw new RefusedException(Finding.At(parameter.Locations[0], Refusals.FixedField, parameter.Name, shape.Name(i)));
            if (shape.Parts[i] is PartsShape inner)
                RequireSettable(inner, parameter, home, compilation);
        }
    }

    public static Global Of(IFieldSymbol field, Shape shape, Formal[] formals)
    {
        var (form, _, width, _) = Describe(shape, field.Type);
        if (form is not (Form.Scalar or Form.Vector) || width != 1)
            throw new RefusedException(Finding.At(field.Locations[0], Refusals.Type, field.Name, field.Type.ToDisplayString()));
        return new(
            $"{Text(field.ContainingType)}.{field.Name}",
            form,
            formals
                .Select(formal => new Leaf(
                    formal.Name,
                    formal.Kind.IsReal || formal.Kind.IsReals,
                    Scalars(shape).First().Type == SpecialType.System_Single,
                    formal.IsArray,
                    formal.IsActive,
                    "",
                    formal.IsArray ? "{0}" : Passed(Scalars(shape).First())
                ))
                .ToMany()
        );
    }
}
