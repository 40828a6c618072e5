// What an expression stands for while it is read: a scalar, parts of a struct, a part of an array, a function.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal abstract record Value;

internal sealed record Scalar(Term Term, Kind Kind) : Value;

internal sealed record Parts(PartsShape Shape, ImmutableArray<Value> Items) : Value
{
    public Value this[IFieldSymbol field] => Items[Index(Shape, field)];

    public static int Index(PartsShape shape, IFieldSymbol field)
    {
        var wanted = (field.CorrespondingTupleField ?? field).Name;
        for (int i = 0; i < shape.Fields.Length; i++)
            if (shape.Fields[i].Name == wanted)
                return i;
        throw new KeyNotFoundException(field.Name);
    }
}

/// <summary>
/// Elements of one of the core's arrays: those from an offset on. An array of several dimensions has an extent for each; an array of
/// rows has an array of the places where they begin, with the end behind the last.
/// </summary>
internal sealed record View(string Array, ArrayShape Shape, Term Offset, ImmutableArray<Term> Extents, bool IsRoot, string? Starts = null)
    : Value
{
    /// <summary>How many elements: an element of three doubles counts once.</summary>
    public Term Length => Terms.Product(Extents);

    public int Stride => Shape.Element.Width;

    /// <summary>Whether it is the core's array as it stands.</summary>
    public bool IsWhole => IsRoot && Extents.Length == 1 && Starts is null && Extents[0].Equals(Term.NewLength(Array));
}

/// <summary>A lambda, a local function or a method, to be called where it stands.</summary>
internal sealed record Callable(IMethodSymbol Method, SyntaxNode? Body) : Value;

/// <summary>Nothing: what a method gives that returns void.</summary>
internal sealed record Nothing : Value
{
    public static readonly Nothing Instance = new();
}

/// <summary>A place that holds a value and can get another one.</summary>
internal abstract record Slot;

internal sealed record VariableSlot(string Name, Kind Kind) : Slot;

internal sealed record ElementSlot(string Array, Term Index, Kind Kind) : Slot;

internal sealed record PartsSlot(PartsShape Shape, ImmutableArray<Slot> Items) : Slot;

/// <summary>The variable of an array or span: which elements it shows stays as it is, or moves within one array.</summary>
internal sealed record ViewSlot(View View, string? Start, string? Count) : Slot;

/// <summary>The parameter of a method that stands in the place of its call: a name for a value.</summary>
internal sealed record FixedSlot(Value Value) : Slot;

/// <summary>What is assigned to it goes nowhere.</summary>
internal sealed record DiscardSlot : Slot
{
    public static readonly DiscardSlot Instance = new();
}
