// Elements of arrays and spans: which of the core's elements an index names, and that it lies inside.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    static bool IsRange(IOperation index) => index.Type is { Name: "Range", ContainingNamespace.Name: "System" };

    static (IOperation Owner, IOperation[] Indices) OwnerAndIndices(IOperation operation) =>
        operation switch
        {
            IArrayElementReferenceOperation element => (element.ArrayReference, [.. element.Indices]),
            IImplicitIndexerReferenceOperation element => (element.Instance, [element.Argument]),
            IPropertyReferenceOperation { Instance: { } owner } property => (
                owner,
                [.. property.Arguments.Select(argument => argument.Value)]
            ),
            _ => throw NotSupported(operation),
        };

    Value Element(IOperation operation)
    {
        var (owner, indices) = OwnerAndIndices(operation);
        if (owner.Type is not (IArrayTypeSymbol or INamedTypeSymbol) || owner.Type is not IArrayTypeSymbol && !Shape.IsSpan(owner.Type))
            return Indexer(operation, owner, indices);
        if (indices is [var range] && IsRange(range))
        {
            var slice = Slice(ReadView(owner), range);
            return owner.Type is IArrayTypeSymbol ? Copied(slice) : slice;
        }
        var (view, places) = ViewAndIndices(owner, indices);
        return view.Starts is null ? Load(At(view, places)) : Row(view, places[0]);
    }

    Value Indexer(IOperation operation, IOperation owner, IOperation[] indices)
    {
        if (
            operation is IPropertyReferenceOperation { Property.GetMethod: { } getter }
            && owner.Type?.TypeKind == TypeKind.Struct
            && program.Body(getter) is not null
        )
            return Call(operation, getter, [.. InOrder([owner, .. indices])]);
        ShapeOf(owner.Type!, Text(owner), owner.Syntax.GetLocation());
        throw NotSupported(operation);
    }

    Slot ElementSlot(IOperation operation)
    {
        var (owner, indices) = OwnerAndIndices(operation);
        if (owner.Type is not IArrayTypeSymbol && !Shape.IsSpan(owner.Type!))
            throw NotSupported(operation);
        var (view, places) = ViewAndIndices(owner, indices);
        if (view.Starts is not null)
            throw Refuse(operation, Refusals.ArrayAgain, Text(operation));
        return At(view, places);
    }

    (View View, Term[] Indices) ViewAndIndices(IOperation owner, IOperation[] indices)
    {
        View? view = null;
        var read = InOrder([
            () => view = ReadView(owner),
            .. indices.Select(index => (Func<Value>)(() => new Scalar(Index(index, () => view!.Length), Kind.Int))),
        ]);
        return ((View)read[0], [.. read.Skip(1).Select(index => ((Scalar)index).Term)]);
    }

    /// <summary>i, or ^i, which counts from the end.</summary>
    Term Index(IOperation index, Func<Term> length)
    {
        while (index is IConversionOperation { Type.Name: "Index" } conversion)
            index = conversion.Operand;
        if (index is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } fromEnd)
            return Terms.Minus(length(), ReadTerm(fromEnd.Operand));
        if (index.Type?.SpecialType != SpecialType.System_Int32)
            throw index.Type is { Name: "Index" or "Range" } or null
                ? NotSupported(index)
                : new RefusedException(TypeRefusal.Of(index.Type, Text(index), index.Syntax.GetLocation()));
        return ReadTerm(index);
    }

    /// <summary>The place of an element. What .NET would refuse is an index of -1 here, which is refused, too.</summary>
    Slot At(View view, Term[] indices)
    {
        Term flat = indices[0];
        var inside = Terms.True;
        for (int i = 0; i < indices.Length; i++)
        {
            // beyond its end the outermost index of the core's own array is beyond that, too
            if (i > 0 || !view.IsRoot)
                inside = Terms.And(inside, Inside(indices[i], view.Extents[i]));
            if (i > 0)
                flat = Terms.Plus(Terms.Times(flat, view.Extents[i]), indices[i]);
        }
        if (view.Stride > 1)
            flat = Terms.Times(flat, Terms.Whole(view.Stride));
        flat = Terms.Plus(view.Offset, flat);
        if (!inside.Equals(Terms.True))
            flat = Terms.Choose(inside, flat, Terms.Whole(-1));
        if (view.Stride > 1 && !Terms.IsAtom(flat))
            flat = code.Local("at", Kind.Int, flat);
        int next = 0;
        return At(view.Array, view.Shape.Element, flat, ref next);
    }

    static Slot At(string array, Shape shape, Term first, ref int next)
    {
        if (shape is not PartsShape parts)
            return new ElementSlot(array, Terms.Plus(first, Terms.Whole(next++)), ((ScalarShape)shape).Kind);
        var items = new List<Slot>();
        foreach (var part in parts.Parts)
            items.Add(At(array, part, first, ref next));
        return new PartsSlot(parts, [.. items]);
    }

    Term Inside(Term index, Term extent) =>
        ranges.IsInside(index, extent) ? Terms.True : Terms.And(Terms.LessOrEqual(Terms.Zero, index), Terms.Less(index, extent));

    /// <summary>A row of an array of arrays.</summary>
    View Row(View view, Term index)
    {
        var start = code.Local("start", Kind.Int, Term.NewElement(view.Starts!, index));
        var length = code.Local("length", Kind.Int, Terms.Minus(Term.NewElement(view.Starts!, Terms.Plus(index, Terms.One)), start));
        var row = (ArrayShape)view.Shape.Element;
        return new View(view.Array, row, start, [length], IsRoot: false);
    }

    /// <summary>a..b of a view, where either end may count from the end.</summary>
    View Slice(View view, IOperation range)
    {
        if (range is not IRangeOperation ends)
            throw NotSupported(range);
        Term length() => view.Length;
        var read = InOrder(
            () => new Scalar(ends.LeftOperand is { } left ? Index(left, length) : Terms.Zero, Kind.Int),
            () => new Scalar(ends.RightOperand is { } right ? Index(right, length) : length(), Kind.Int)
        );
        var start = code.Settle(((Scalar)read[0]).Term, Kind.Int, "start");
        var end = code.Settle(((Scalar)read[1]).Term, Kind.Int, "end");
        return Slice(view, start, Terms.Minus(end, start), range);
    }

    View Slice(View view, Term start, Term count, IOperation at)
    {
        if (view.Extents.Length > 1 || view.Starts is not null)
            throw Refuse(at, Refusals.LengthAtTop, Text(at));
        start = code.Atom(start, Kind.Int, "start");
        count = code.Atom(count, Kind.Int, "length");
        var length = view.Length;
        if (
            !(start is Term.Whole { Item: >= 0 } && ranges.Resolve(Terms.Plus(start, count)).Equals(ranges.Resolve(length)))
            || count is Term.Whole { Item: < 0 }
        )
            Require(
                Terms.And(
                    Terms.And(Terms.LessOrEqual(Terms.Zero, start), Terms.LessOrEqual(Terms.Zero, count)),
                    Terms.LessOrEqual(start, Terms.Minus(length, count))
                )
            );
        var offset = Terms.Plus(view.Offset, view.Stride == 1 ? start : Terms.Times(start, Terms.Whole(view.Stride)));
        return view with { Offset = code.Atom(offset, Kind.Int, "offset"), Extents = [count], IsRoot = false };
    }

    /// <summary>Fails, as .NET does, where a condition does not hold: it stores beyond the end of an empty array.</summary>
    void Require(Term condition)
    {
        if (condition.Equals(Terms.True))
            return;
        routine.NeedsGuard = true;
        var fail = Statement.NewStore(Routine.Guard, Terms.Zero, Terms.Zero);
        code.Add(Statement.NewIf(Terms.Not(condition), Terms.List([fail]), Terms.List<Statement>([])));
    }
}
