// Arrays that a method makes: new, initializers, stackalloc, copies.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>What the array is called that is made next: the variable that it is made for.</summary>
    string? arrayName;

    View NewArray(ArrayShape shape, ImmutableArray<Term> extents, IOperation at)
    {
        if (shape.IsJagged)
            throw Refuse(at, Refusals.JaggedType, Text(at));
        var wish = arrayName ?? "array";
        arrayName = null;
        extents =
        [
            .. extents.Select(extent => extents.Length == 1 && shape.Element.Width == 1 ? extent : code.Atom(extent, Kind.Int, "length")),
        ];
        var name = code.Fresh(wish);
        var total = Terms.Times(Terms.Product(extents), Terms.Whole(shape.Element.Width));
        code.Add(Statement.NewDeclareArray(name, shape.Store, total));
        var isPlain = extents.Length == 1 && shape.Element.Width == 1;
        return new View(name, shape, Terms.Zero, isPlain ? [Term.NewLength(name)] : extents, IsRoot: true);
    }

    ArrayShape ShapeOf(ITypeSymbol type, IOperation at) =>
        ShapeOf(type, Text(at), at.Syntax.GetLocation()) as ArrayShape ?? throw NotSupported(at);

    Value NewArray(IArrayCreationOperation operation)
    {
        var shape = ShapeOf(operation.Type!, operation);
        if (shape.IsJagged && operation.Initializer is { } rows)
            return NewRows(shape, rows.ElementValues, operation);
        var name = arrayName;
        arrayName = null;
        var extents = InOrder(operation.DimensionSizes);
        arrayName = name;
        var view = NewArray(shape, [.. extents.Select(extent => ((Scalar)extent).Term)], operation);
        if (operation.Initializer is { } initializer)
            Fill(view, [.. Leaves(initializer)]);
        return view;
    }

    static IEnumerable<IOperation> Leaves(IArrayInitializerOperation initializer) =>
        initializer.ElementValues.SelectMany(item => item is IArrayInitializerOperation inner ? Leaves(inner) : [item]);

    void Fill(View view, IOperation[] items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            int next = 0;
            var slot = At(view.Array, view.Shape.Element, Terms.Whole(i * view.Stride), ref next);
            Store(slot, Converted(Read(items[i]), view.Shape.Element, items[i].Type), items[i].Syntax);
        }
    }

    Value Collection(ICollectionExpressionOperation operation)
    {
        var shape = ShapeOf(operation.Type!, operation);
        if (operation.Elements.FirstOrDefault(element => element is ISpreadOperation) is { } spread)
            throw NotSupported(spread);
        if (shape.IsJagged)
            return NewRows(shape, operation.Elements, operation);
        var view = NewArray(shape, [Terms.Whole(operation.Elements.Length)], operation);
        Fill(view, [.. operation.Elements]);
        return view;
    }

    /// <summary>stackalloc double[n], with an initializer or without.</summary>
    Value StackArray(IOperation operation)
    {
        var model = operation.SemanticModel!;
        var (element, size, initializer) = operation.Syntax switch
        {
            StackAllocArrayCreationExpressionSyntax { Type: ArrayTypeSyntax array } stack => (
                model.GetTypeInfo(array.ElementType).Type!,
                array.RankSpecifiers[0].Sizes[0],
                stack.Initializer
            ),
            ImplicitStackAllocArrayCreationExpressionSyntax stack
                when (model.GetTypeInfo(stack).Type ?? model.GetTypeInfo(stack).ConvertedType) is INamedTypeSymbol span => (
                span.TypeArguments[0],
                null,
                stack.Initializer
            ),
            _ => throw NotSupported(operation),
        };
        var shape = new ArrayShape(ShapeOf(element, Text(operation), operation.Syntax.GetLocation()), 1, true);
        if (shape.Element.Uniform is not (SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Int32))
            throw new RefusedException(TypeRefusal.Of(element, Text(operation), operation.Syntax.GetLocation()));
        var items = initializer?.Expressions.Select(item => model.GetOperation(item)!).ToArray();
        var name = arrayName;
        arrayName = null;
        var length = size is null or OmittedArraySizeExpressionSyntax ? Terms.Whole(items!.Length) : ReadTerm(model.GetOperation(size)!);
        arrayName = name;
        var view = NewArray(shape, [length], operation);
        if (items is not null)
            Fill(view, items);
        return view;
    }

    /// <summary>new Span(array), new Span(array, start, length).</summary>
    Value SpanOf(IObjectCreationOperation operation)
    {
        var read = InOrder(operation.Arguments.Select(argument => argument.Value));
        if (read[0] is not View view)
            throw NotSupported(operation);
        return read.Length == 1 ? view : Slice(view, ((Scalar)read[1]).Term, ((Scalar)read[2]).Term, operation);
    }

    /// <summary>The elements in an array of their own.</summary>
    View Copied(View view)
    {
        var shape = view.Shape with { IsWritable = true, Rank = view.Extents.Length };
        var wish = arrayName ?? "copy";
        arrayName = null;
        var settled = (View)Settle(view);
        var name = code.Fresh(wish);
        var count = code.Atom(ScalarsIn(settled), Kind.Int, "length");
        code.Add(Statement.NewDeclareArray(name, shape.Store, count));
        var extents = settled.Extents.Length == 1 && settled.Stride == 1 ? [Term.NewLength(name)] : settled.Extents;
        var copy = new View(name, shape, Terms.Zero, extents, IsRoot: true);
        Loop(
            "i",
            Terms.Zero,
            count,
            1,
            i => code.Add(Statement.NewStore(name, i, Term.NewElement(view.Array, Terms.Plus(settled.Offset, i))))
        );
        return copy;
    }

    static Term ScalarsIn(View view) => Terms.Times(view.Length, Terms.Whole(view.Stride));

    void Loop(string wish, Term first, Term end, int step, Action<Term> body)
    {
        var counter = code.Fresh(wish);
        var inner = Block(() => body(Terms.Variable(counter)));
        code.Add(Statement.NewFor(counter, first, end, step, inner.Statements));
    }

    /// <summary>Copies so many scalars; within one array in the order in which none is overwritten before it is copied.</summary>
    void CopyElements(View from, View to, Term count)
    {
        (from, to) = ((View)Settle(from), (View)Settle(to));
        count = code.Atom(count, Kind.Int, "length");
        void copy(Term i) =>
            code.Add(Statement.NewStore(to.Array, Terms.Plus(to.Offset, i), Term.NewElement(from.Array, Terms.Plus(from.Offset, i))));
        void forwards() => Loop("i", Terms.Zero, count, 1, copy);
        void backwards() => Loop("i", Terms.Minus(count, Terms.One), Terms.Whole(-1), -1, copy);
        if (from.Array != to.Array)
            forwards();
        else
            code.Add(Statement.NewIf(Terms.Less(from.Offset, to.Offset), Block(backwards).Statements, Block(forwards).Statements));
    }
}
