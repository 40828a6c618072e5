// Fields and properties: of structs, constants, static readonly numbers and arrays, lengths.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;

internal sealed partial class MethodReader
{
    /// <summary>What 'this' is, in a method of a struct.</summary>
    Slot? self;

    Value Instance(IInstanceReferenceOperation operation) =>
        self is { } slot ? Load(slot) : throw Refuse(operation, Refusals.InstanceCall, Text(operation));

    Value Field(IFieldReferenceOperation operation)
    {
        var field = operation.Field;
        if (operation.Instance is { } owner)
            return Read(owner) is Parts parts ? parts[field] : throw Refuse(operation, Refusals.MutableField, field.Name);
        ShapeOf(field.Type, field.Name, operation.Syntax.GetLocation());
        if (!field.IsReadOnly)
            throw Refuse(operation, Refusals.MutableField, field.Name);
        return program.KnownValue(field)
            ?? (slots.TryGetValue(field, out var slot) ? Load(slot) : throw Refuse(operation, Refusals.MutableField, field.Name));
    }

    Value Property(IPropertyReferenceOperation operation)
    {
        var property = operation.Property;
        if (property.IsIndexer)
            return Element(operation);
        var name = property.Name;
        if (operation.Instance is null)
            return StaticProperty(operation);
        if (
            name is "Length" or "Rank" or "LongLength" or "IsEmpty"
            && operation.Instance.Type is { } owner
            && (owner is IArrayTypeSymbol || Shape.IsSpan(owner))
        )
        {
            var view = ReadView(operation.Instance);
            return name switch
            {
                "Length" => new Scalar(view.Length, Kind.Int),
                "IsEmpty" => Truth(Terms.Equal(view.Length, Terms.Zero)),
                "Rank" => new Scalar(Terms.Whole(view.Extents.Length), Kind.Int),
                _ => throw new RefusedException(TypeRefusal.Of(operation.Type!, name, operation.Syntax.GetLocation())),
            };
        }
        if (operation.Instance.Type?.TypeKind != TypeKind.Struct)
        {
            ShapeOf(operation.Instance.Type!, Text(operation.Instance), operation.Instance.Syntax.GetLocation());
            throw Refuse(operation, Refusals.Property, name);
        }
        if (BackingField(property) is { } field)
            return Read(operation.Instance) is Parts parts ? parts[field] : throw Refuse(operation, Refusals.Property, name);
        if (property.GetMethod is { DeclaringSyntaxReferences.IsEmpty: false } getter)
            return Call(operation, getter, [Read(operation.Instance)]);
        throw Refuse(operation, Refusals.Property, name);
    }

    Value StaticProperty(IPropertyReferenceOperation operation)
    {
        var property = operation.Property;
        if (property.ContainingType.Name is "Random" or "Stopwatch" or "DateTime" or "Environment")
            throw Refuse(operation, Refusals.Randomness, property.Name);
        if (Shape.IsSpan(property.ContainingType) || property is { Name: "Empty" })
            throw NotSupported(operation);
        if (Generics.IsNaN(property))
            return new Scalar(NaN(operation), Kind.Real);
        if (Generics.Constant(property, NumberType(operation.Type) == SpecialType.System_Single) is { } constant)
            return new Scalar(Terms.Number(constant), Kind.Real);
        if (property.GetMethod is { } getter && program.Body(getter) is not null)
            return Call(operation, getter, ImmutableArray<Value>.Empty);
        throw Refuse(operation, Refusals.Property, property.Name);
    }

    /// <summary>new Vec3(...) of a struct: by its constructor, by its primary one, or by none; then what the initializer says.</summary>
    Value Create(IObjectCreationOperation operation)
    {
        var type = operation.Type!;
        if (type.TypeKind != TypeKind.Struct)
            throw Refuse(operation, type.TypeKind == TypeKind.Class ? Refusals.NewObject : Refusals.ClassType, Text(operation), type.Name);
        if (Shape.IsSpan(type) && operation.Arguments.Length > 0)
            return SpanOf(operation);
        var shape = (PartsShape)ShapeOf(type, Text(operation), operation.Syntax.GetLocation());
        var made = operation.Constructor is null or { IsImplicitlyDeclared: true, Parameters.IsEmpty: true }
            ? (Parts)Zero(shape, operation)
            : Constructed(operation, shape);
        return operation.Initializer is { } initializer ? Initialized(made, initializer) : made;
    }

    Parts Constructed(IObjectCreationOperation operation, PartsShape shape)
    {
        var arguments = InOrder(operation.Arguments.Select(argument => argument.Value));
        var byParameter = operation
            .Arguments.Zip(arguments, (argument, value) => (argument.Parameter!.Ordinal, value))
            .OrderBy(pair => pair.Ordinal)
            .Select(pair => pair.value)
            .ToArray();
        if (shape.Type.IsTupleType)
            return new Parts(shape, [.. byParameter]);
        var constructor = operation.Constructor!;
        if (constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax)
            return Primary(constructor, shape, byParameter, operation);
        if (program.Body(constructor) is not { } body)
            throw Refuse(operation, Refusals.NoSource, Text(operation));
        return (Parts)InlineConstructor(operation, constructor, body, shape, byParameter);
    }

    /// <summary>The parameters of a positional record, or of a primary constructor whose fields are initialized by them.</summary>
    Parts Primary(IMethodSymbol constructor, PartsShape shape, Value[] arguments, IOperation at)
    {
        var items = new Value?[shape.Fields.Length];
        for (int i = 0; i < shape.Fields.Length; i++)
        {
            var field = shape.Fields[i];
            var name = (field.AssociatedSymbol ?? field).Name;
            // a captured parameter of a primary constructor is a field called <name>P
            var index = constructor
                .Parameters.ToList()
                .FindIndex(parameter => parameter.Name == name && shape.Type.IsRecord || field.Name == $"<{parameter.Name}>P");
            items[i] = index >= 0 ? arguments[index] : null;
        }
        foreach (var (parameter, argument) in constructor.Parameters.Zip(arguments, (p, a) => (p, a)))
            Bind(parameter, ShapeOf(parameter.Type, parameter.Name, at.Syntax.GetLocation()), argument, at.Syntax);
        for (int i = 0; i < items.Length; i++)
            items[i] ??= program.Initializer(shape.Fields[i]) is { } initializer ? Read(initializer) : Zero(shape.Parts[i], at);
        return new Parts(shape, [.. items!]);
    }

    Value With(IWithOperation operation)
    {
        if (operation.Operand.Type?.TypeKind != TypeKind.Struct)
            throw Refuse(operation, Refusals.NewObject, Text(operation));
        return Initialized((Parts)Settle(Read(operation.Operand)), operation.Initializer);
    }

    Value Initialized(Parts made, IObjectOrCollectionInitializerOperation initializer)
    {
        foreach (var item in initializer.Initializers)
        {
            if (item is not ISimpleAssignmentOperation assignment)
                throw NotSupported(item);
            var field = assignment.Target switch
            {
                IFieldReferenceOperation target => target.Field,
                IPropertyReferenceOperation target when BackingField(target.Property) is { } behind => behind,
                _ => throw NotSupported(item),
            };
            var (aside, value) = Apart(() => Read(assignment.Value));
            if (!aside.IsEmpty)
                made = (Parts)Settle(made);
            code.Add(aside);
            made = made with { Items = made.Items.SetItem(Parts.Index(made.Shape, field), value) };
        }
        return made;
    }
}
