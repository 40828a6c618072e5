using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Numbers = System.Runtime.Intrinsics.Vector512<double>;

namespace Zautograd.Plans;

/// <summary>The memory of a plan: a row of numbers for each node, and one for its adjoints.</summary>
/// <remarks>What no input touches has a row of eight equal numbers, whose adjoints are eight partial sums; the sweep is linear, so they are
/// added up only at the parameters. All else has a row as long as a block of samples.</remarks>
internal sealed class Frame(int length)
{
    readonly double[] values = GC.AllocateArray<double>(length + Lanes.Count, pinned: true);
    readonly double[] adjoints = GC.AllocateArray<double>(length + Lanes.Count, pinned: true);

    /// <summary>How many vectors of each row are in use.</summary>
    internal int Vectors;

    /// <summary>How many samples those hold; what is left of the last ones repeats the last sample.</summary>
    internal int Samples;

    /// <summary>Whether a factor 0 wins over infinity everywhere, which costs time: only after a NaN came out without it.</summary>
    internal bool Strong;

    /// <summary>The samples for which a comparison came out otherwise than it was recorded, a bit each.</summary>
    internal ulong Failed;

    internal ref double Values => ref Aligned(values);

    internal ref double Adjoints => ref Aligned(adjoints);

    internal void ClearAdjoints(int start, int count) => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref Adjoints, start), count).Fill(0);

    // on a multiple of 64 bytes, so that no vector lies across two cache lines
    static unsafe ref double Aligned(double[] numbers)
    {
        ref double first = ref MemoryMarshal.GetArrayDataReference(numbers);
        return ref Unsafe.AddByteOffset(ref first, (nint)(-(long)(nuint)Unsafe.AsPointer(ref first) & 63));
    }
}

/// <summary>A node as an instruction reads it: where its row begins, how far to go from vector to vector, whether its adjoint is wanted,
/// and whether the instruction is the first to add to it in a sweep, so that what stands there does not count.</summary>
internal readonly record struct Operand(int Offset, int Step, bool Wanted, bool IsFirst)
{
    /// <summary>Where one sample's number stands.</summary>
    internal int At(int sample) => Step == 0 ? Offset : Offset + sample;
}

/// <summary>One step of a plan, for all samples of a block.</summary>
internal abstract class Instruction
{
    /// <summary>Once per call, when the parameters are known.</summary>
    internal virtual void Prepare(Frame frame) { }

    internal abstract void Forward(Frame frame);

    internal virtual void Backward(Frame frame) { }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static Numbers Load(ref double row, int offset) => Vector512.LoadUnsafe(ref row, (nuint)(uint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Store(Numbers numbers, ref double row, int offset) => numbers.StoreUnsafe(ref row, (nuint)(uint)offset);

    /// <summary>An argument's adjoint gets slope times the result's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Add(ref double row, int offset, Numbers slope, Numbers adjoint, bool strong, bool isFirst = false)
    {
        var before = isFirst ? Numbers.Zero : Load(ref row, offset);
        var after = strong ? before + Lanes.Strong(slope, adjoint) : Vector512.FusedMultiplyAdd(slope, adjoint, before);
        Store(after, ref row, offset);
    }
}

/// <summary>An operation of one argument.</summary>
internal sealed class Instruction1<TRule>(Operand[] arguments, int result) : Instruction
    where TRule : struct, ILaneRule1
{
    readonly Operand a = arguments[0];

    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int v = 0; v < frame.Vectors; v++)
            Store(TRule.Value(Load(ref values, a.Offset + v * a.Step)), ref values, result + v * Lanes.Count);
    }

    internal override void Backward(Frame frame)
    {
        if (!a.Wanted)
            return;
        ref double values = ref frame.Values;
        ref double adjoints = ref frame.Adjoints;
        bool strong = !TRule.IsSmooth || frame.Strong;
        for (int v = 0; v < frame.Vectors; v++)
        {
            int x = a.Offset + v * a.Step,
                y = result + v * Lanes.Count;
            Add(ref adjoints, x, TRule.SlopeA(Load(ref values, x), Load(ref values, y)), Load(ref adjoints, y), strong, isFirst: a.IsFirst);
        }
    }
}

/// <summary>An operation of two arguments. Where they are one, as in x - x, it gets the sum of the slopes, as on the tape: two infinite
/// contributions would make NaN.</summary>
internal sealed class Instruction2<TRule>(Operand[] arguments, int result) : Instruction
    where TRule : struct, ILaneRule2
{
    readonly Operand a = arguments[0],
        b = arguments[1];
    readonly bool isJoined = arguments[0].Offset == arguments[1].Offset;

    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int v = 0; v < frame.Vectors; v++)
        {
            var value = TRule.Value(Load(ref values, a.Offset + v * a.Step), Load(ref values, b.Offset + v * b.Step));
            Store(value, ref values, result + v * Lanes.Count);
        }
    }

    internal override void Backward(Frame frame)
    {
        ref double values = ref frame.Values;
        ref double adjoints = ref frame.Adjoints;
        bool strong = !TRule.IsSmooth || frame.Strong;
        for (int v = 0; v < frame.Vectors; v++)
        {
            int atA = a.Offset + v * a.Step,
                atB = b.Offset + v * b.Step,
                at = result + v * Lanes.Count;
            Numbers x = Load(ref values, atA),
                y = Load(ref values, atB),
                value = Load(ref values, at),
                adjoint = Load(ref adjoints, at);
            if (isJoined && a.Wanted)
            {
                Add(ref adjoints, atA, TRule.SlopeA(x, y, value) + TRule.SlopeB(x, y, value), adjoint, strong, isFirst: a.IsFirst);
                continue;
            }
            if (a.Wanted)
                Add(ref adjoints, atA, TRule.SlopeA(x, y, value), adjoint, strong, isFirst: a.IsFirst);
            if (b.Wanted)
                Add(ref adjoints, atB, TRule.SlopeB(x, y, value), adjoint, strong, isFirst: b.IsFirst);
        }
    }
}

/// <summary>An operation of three arguments.</summary>
internal sealed class Instruction3<TRule>(Operand[] arguments, int result) : Instruction
    where TRule : struct, ILaneRule3
{
    readonly Operand a = arguments[0],
        b = arguments[1],
        c = arguments[2];

    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int v = 0; v < frame.Vectors; v++)
        {
            Numbers x = Load(ref values, a.Offset + v * a.Step),
                y = Load(ref values, b.Offset + v * b.Step),
                z = Load(ref values, c.Offset + v * c.Step);
            Store(TRule.Value(x, y, z), ref values, result + v * Lanes.Count);
        }
    }

    internal override void Backward(Frame frame)
    {
        ref double values = ref frame.Values;
        ref double adjoints = ref frame.Adjoints;
        bool strong = !TRule.IsSmooth || frame.Strong;
        for (int v = 0; v < frame.Vectors; v++)
        {
            int atA = a.Offset + v * a.Step,
                atB = b.Offset + v * b.Step,
                atC = c.Offset + v * c.Step,
                at = result + v * Lanes.Count;
            Numbers x = Load(ref values, atA),
                y = Load(ref values, atB),
                z = Load(ref values, atC),
                value = Load(ref values, at),
                adjoint = Load(ref adjoints, at);
            if (a.Wanted)
                Add(ref adjoints, atA, TRule.SlopeA(x, y, z, value), adjoint, strong, isFirst: a.IsFirst);
            if (b.Wanted)
                Add(ref adjoints, atB, TRule.SlopeB(x, y, z, value), adjoint, strong, isFirst: b.IsFirst);
            if (c.Wanted)
                Add(ref adjoints, atC, TRule.SlopeC(x, y, z, value), adjoint, strong, isFirst: c.IsFirst);
        }
    }
}
