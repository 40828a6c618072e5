// Places that are assigned: variables, parts of structs, elements of arrays; assignments, compound ones, ++ and --.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>The place that an expression names; its indices are worked out now.</summary>
    Slot Slot(IOperation target)
    {
        if (target is ILocalReferenceOperation { IsDeclaration: false, Local: var known })
            RequireKnown(known);
        else if (target is IParameterReferenceOperation { Parameter: var given })
            RequireKnown(given);
        switch (target)
        {
            case ILocalReferenceOperation { IsDeclaration: true } declared:
                DeclaredHere(declared.Local, declared);
                return slots[declared.Local];
            case ILocalReferenceOperation { Local.RefKind: not RefKind.None } reference when !slots.ContainsKey(reference.Local):
                throw Refuse(target, Refusals.RefLocal, reference.Local.Name);
            case ILocalReferenceOperation local when slots.TryGetValue(local.Local, out var slot):
                return slot;
            case IParameterReferenceOperation parameter when slots.TryGetValue(parameter.Parameter, out var slot):
                return slot;
            case IDeclarationExpressionOperation declaration:
                return Slot(declaration.Expression);
            case IDiscardOperation:
                return DiscardSlot.Instance;
            case IInstanceReferenceOperation when self is PartsSlot:
                return self;
            case IFieldReferenceOperation { Instance: IInstanceReferenceOperation } field when self is not null:
                return Part(self, field.Field, field);
            case IFieldReferenceOperation { Instance: { } owner } field when owner.Type?.TypeKind == TypeKind.Struct:
                return Part(Slot(owner), field.Field, field);
            case IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } property
                when self is not null && BackingField(property.Property) is { } field:
                return Part(self, field, property);
            case IPropertyReferenceOperation { Instance: { } owner } property when BackingField(property.Property) is { } field:
                return Part(Slot(owner), field, property);
            case IFieldReferenceOperation field:
                throw Refuse(target, Refusals.MutableField, field.Field.Name);
            case IArrayElementReferenceOperation
            or IImplicitIndexerReferenceOperation
            or IPropertyReferenceOperation { Property.IsIndexer: true }:
                return ElementSlot(target);
            case ITupleOperation tuple:
                var shape = (PartsShape)ShapeOf(tuple.Type!, Text(tuple), tuple.Syntax.GetLocation());
                return new PartsSlot(shape, [.. tuple.Elements.Select(Slot)]);
            default:
                throw NotSupported(target);
        }
    }

    static Slot Part(Slot whole, IFieldSymbol field, IOperation at) =>
        whole is PartsSlot parts ? parts.Items[Parts.Index(parts.Shape, field)] : throw NotSupported(at);

    /// <summary>The field behind a property that does nothing else.</summary>
    static IFieldSymbol? BackingField(IPropertySymbol property) =>
        property.ContainingType.TypeKind == TypeKind.Struct
            ? property
                .ContainingType.GetMembers()
                .OfType<IFieldSymbol>()
                .FirstOrDefault(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property))
            : null;

    /// <summary>The place, with indices that nothing later changes.</summary>
    Slot Settle(Slot slot) =>
        slot switch
        {
            ElementSlot element => element with { Index = code.Settle(element.Index, Kind.Int, "at") },
            PartsSlot parts => parts with { Items = [.. parts.Items.Select(Settle)] },
            _ => slot,
        };

    /// <summary>A place, and then a value for it: its indices are those from before the value.</summary>
    (Slot Slot, Value Value) SlotAndValue(Func<Slot> target, Func<Value> read)
    {
        var slot = target();
        var (aside, value) = Apart(read);
        if (!aside.IsEmpty)
            slot = Settle(slot);
        code.Add(aside);
        return (slot, value);
    }

    Value Assign(ISimpleAssignmentOperation operation)
    {
        if (operation.IsRef)
            throw Refuse(operation, Refusals.RefLocal, Text(operation.Target));
        if (rowsMade.Contains(operation))
            return RowMade(operation);
        var (slot, value) = SlotAndValue(() => Slot(operation.Target), () => Read(operation.Value));
        return Keep(slot, value, operation);
    }

    /// <summary>Assigns, and gives the value that was assigned.</summary>
    Value Keep(Slot slot, Value value, IOperation at)
    {
        // who reads it afterwards sees what the place holds then
        var isRead = at.Parent is not IExpressionStatementOperation and not IForLoopOperation;
        if (isRead && slot is not VariableSlot)
            value = Settle(value);
        Store(slot, value, at.Syntax);
        return isRead && slot is VariableSlot ? Load(slot) : value;
    }

    Value Compound(ICompoundAssignmentOperation operation)
    {
        var slot = Slot(operation.Target);
        var before = Load(slot);
        var (aside, value) = Apart(() => Read(operation.Value));
        if (!aside.IsEmpty)
        {
            slot = Settle(slot);
            before = Settle(Load(slot));
        }
        code.Add(aside);
        if (operation.OperatorMethod is { } method && !IsBuiltIn(method))
            return Keep(slot, Call(operation, method, [before, value]), operation);
        if (before is not Scalar a || value is not Scalar b)
            throw Refuse(operation, Refusals.Operator, Sign(operation), operation.Target.Type?.ToDisplayString() ?? "?");
        return Keep(slot, Compound(operation, a, b), operation);
    }

    /// <summary>Both are brought to the type that the operator works in, and the result back to that of the place.</summary>
    Scalar Compound(ICompoundAssignmentOperation operation, Scalar a, Scalar b)
    {
        var (target, given) = (NumberType(operation.Target.Type), NumberType(operation.Value.Type));
        var isShift =
            operation.OperatorKind
            is BinaryOperatorKind.LeftShift
                or BinaryOperatorKind.RightShift
                or BinaryOperatorKind.UnsignedRightShift;
        var type = isShift ? Promoted(target, target) : Promoted(target, given);
        RefusedException unfit() => Unfit(operation, operation.Value.Type, operation.Target.Type);
        var left = As(a, target, type) ?? throw unfit();
        var right = (isShift ? As(b, given, SpecialType.System_Int32) : As(b, given, type)) ?? throw unfit();
        var made = (Scalar)Combine(operation, operation.OperatorKind, operation.IsChecked, left, right, type);
        return As(made, type, target) ?? throw unfit();
    }

    /// <summary>The type that C# computes in, given two.</summary>
    static SpecialType Promoted(SpecialType p, SpecialType q) =>
        new[]
        {
            SpecialType.System_Boolean,
            SpecialType.System_Double,
            SpecialType.System_Single,
            SpecialType.System_UInt64,
            SpecialType.System_Int64,
        }.FirstOrDefault(type => p == type || q == type)
            is var wide
                and not SpecialType.None
            ? wide
        : p != SpecialType.System_UInt32 && q != SpecialType.System_UInt32 ? SpecialType.System_Int32
        : p == q ? p
        : new[] { p, q }.Any(type => type is SpecialType.System_Int32 or SpecialType.System_Int16 or SpecialType.System_SByte)
            ? SpecialType.System_Int64
        : SpecialType.System_UInt32;

    Value Step(IIncrementOrDecrementOperation operation)
    {
        var slot = Slot(operation.Target);
        if (operation.OperatorMethod is { } method && !IsBuiltIn(method))
            throw Refuse(operation, Refusals.Operator, Text(operation), operation.Type?.ToDisplayString() ?? "?");
        var type = NumberType(operation.Target.Type);
        var isRead = operation.Parent is not IExpressionStatementOperation and not IForLoopOperation;
        if (Load(slot) is not Scalar before)
            throw NotSupported(operation);
        var isUp = operation.Kind == OperationKind.Increment;
        if (isRead)
            slot = Settle(slot);
        if (isRead && operation.IsPostfix)
            before = before with { Term = code.Settle(before.Term, before.Kind, "before") };
        var one = As(new Scalar(Terms.One, Kind.Int), SpecialType.System_Int32, type)!;
        var next = Combine(
            operation,
            isUp ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract,
            operation.IsChecked,
            (Scalar)Load(slot),
            one,
            type
        );
        Store(slot, Kept((Scalar)next, type), operation.Syntax);
        return operation.IsPostfix ? before : Load(slot);
    }

    Value Deconstruct(IDeconstructionAssignmentOperation operation)
    {
        var (slot, value) = SlotAndValue(() => Slot(operation.Target), () => Read(Unconverted(operation.Value)));
        if (slot is not PartsSlot parts || value is not Parts given || parts.Items.Length != given.Items.Length)
            throw NotSupported(operation);
        return Keep(
            Settle(slot),
            new Parts(parts.Shape, [.. ((Parts)Converted(given, parts.Shape, Unconverted(operation.Value).Type)).Items.Select(Settle)]),
            operation
        );
    }

    static IOperation Unconverted(IOperation operation) =>
        operation is IConversionOperation { Operand: ITupleOperation tuple } ? tuple : operation;

    /// <summary>What the compiler converts without a word of its own.</summary>
    Value Converted(Value value, Shape shape, ITypeSymbol? from = null) =>
        (value, shape) switch
        {
            (Scalar { Kind.IsBool: false } a, ScalarShape b) when from is not null || !a.Kind.Equals(b.Kind) => As(
                a,
                from is null ? ScalarShape.Of(a.Kind).Type : NumberType(from),
                b.Type
            ) ?? a,
            (Parts a, PartsShape b) => new Parts(b, [.. a.Items.Select((item, i) => Converted(item, b.Parts[i], Element(from, i)))]),
            _ => value,
        };
}
