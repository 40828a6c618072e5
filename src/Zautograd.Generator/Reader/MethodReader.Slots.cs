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
                var shape = (PartsShape)Shape.Of(tuple.Type!, Text(tuple), tuple.Syntax.GetLocation());
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
        if (IsNarrow(operation.Target.Type))
            throw Unfit(operation, operation.Value.Type, operation.Target.Type);
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
        // x += i, where x is a double and i an int
        if (a.Kind.IsReal && b.Kind.IsInt)
            b = new Scalar(Terms.ToReal(b.Term), Kind.Real);
        if (!a.Kind.Equals(b.Kind))
            throw Refuse(
                operation,
                Refusals.Conversion,
                operation.Value.Type?.ToDisplayString() ?? "?",
                operation.Target.Type?.ToDisplayString() ?? "?"
            );
        return Keep(slot, Combine(operation, operation.OperatorKind, operation.IsChecked, a, b), operation);
    }

    Value Step(IIncrementOrDecrementOperation operation)
    {
        var slot = Slot(operation.Target);
        if (operation.OperatorMethod is { } method && !IsBuiltIn(method))
            throw Refuse(operation, Refusals.Operator, Text(operation), operation.Type?.ToDisplayString() ?? "?");
        if (IsNarrow(operation.Target.Type))
            throw Unfit(operation, operation.Type, operation.Target.Type);
        var isRead = operation.Parent is not IExpressionStatementOperation and not IForLoopOperation;
        if (Load(slot) is not Scalar before)
            throw NotSupported(operation);
        var isUp = operation.Kind == OperationKind.Increment;
        if (isRead)
            slot = Settle(slot);
        if (isRead && operation.IsPostfix)
            before = before with { Term = code.Settle(before.Term, before.Kind, "before") };
        var one = before.Kind.IsReal ? new Scalar(Terms.Number(1.0), Kind.Real) : new Scalar(Terms.One, Kind.Int);
        var next = Combine(
            operation,
            isUp ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract,
            operation.IsChecked,
            (Scalar)Load(slot),
            one
        );
        Store(slot, next, operation.Syntax);
        return operation.IsPostfix ? before : Load(slot);
    }

    Value Deconstruct(IDeconstructionAssignmentOperation operation)
    {
        var (slot, value) = SlotAndValue(() => Slot(operation.Target), () => Read(Unconverted(operation.Value)));
        if (slot is not PartsSlot parts || value is not Parts given || parts.Items.Length != given.Items.Length)
            throw NotSupported(operation);
        return Keep(Settle(slot), new Parts(parts.Shape, [.. ((Parts)Converted(given, parts.Shape)).Items.Select(Settle)]), operation);
    }

    static IOperation Unconverted(IOperation operation) =>
        operation is IConversionOperation { Operand: ITupleOperation tuple } ? tuple : operation;

    static Value Converted(Value value, Shape shape) =>
        (value, shape) switch
        {
            (Scalar { Kind.IsInt: true } a, ScalarShape { Kind.IsReal: true }) => new Scalar(Terms.ToReal(a.Term), Kind.Real),
            (Parts a, PartsShape b) => new Parts(b, [.. a.Items.Zip(b.Parts, Converted)]),
            _ => value,
        };
}
