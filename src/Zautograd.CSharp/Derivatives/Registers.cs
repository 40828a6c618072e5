using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Zautograd;

/// <summary>What holds the lanes. Every register gives the same bits: there is one product and one sum per lane, and no fused operation.</summary>
internal interface IRegister<TSelf>
    where TSelf : struct, IRegister<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Load(ReadOnlySpan<double> lanes);

    void Store(Span<double> lanes);

    bool IsSame(TSelf other);

    static abstract TSelf Negate(TSelf lanes);

    static abstract TSelf Add(TSelf left, TSelf right);

    static abstract TSelf Subtract(TSelf left, TSelf right);

    /// <summary>slope * lane, and zero where the lane is zero.</summary>
    static abstract TSelf TimesUnlessZero(double slope, TSelf lanes);
}

/// <summary>Eight lanes in one register of 512 bits.</summary>
internal readonly struct Register512(Vector512<double> lanes) : IRegister<Register512>
{
    readonly Vector512<double> lanes = lanes;

    public static int Count => 8;

    public static Register512 Load(ReadOnlySpan<double> lanes) => new(Vector512.Create(lanes));

    public void Store(Span<double> lanes) => this.lanes.CopyTo(lanes);

    public bool IsSame(Register512 other) => lanes == other.lanes;

    public static Register512 Negate(Register512 lanes) => new(-lanes.lanes);

    public static Register512 Add(Register512 left, Register512 right) => new(left.lanes + right.lanes);

    public static Register512 Subtract(Register512 left, Register512 right) => new(left.lanes - right.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512 TimesUnlessZero(double slope, Register512 lanes) =>
        new(
            Vector512.ConditionalSelect(
                Vector512.Equals(lanes.lanes, Vector512<double>.Zero),
                Vector512<double>.Zero,
                Vector512.Create(slope) * lanes.lanes
            )
        );
}

/// <summary>Four lanes in one register of 256 bits.</summary>
internal readonly struct Register256(Vector256<double> lanes) : IRegister<Register256>
{
    readonly Vector256<double> lanes = lanes;

    public static int Count => 4;

    public static Register256 Load(ReadOnlySpan<double> lanes) => new(Vector256.Create(lanes));

    public void Store(Span<double> lanes) => this.lanes.CopyTo(lanes);

    public bool IsSame(Register256 other) => lanes == other.lanes;

    public static Register256 Negate(Register256 lanes) => new(-lanes.lanes);

    public static Register256 Add(Register256 left, Register256 right) => new(left.lanes + right.lanes);

    public static Register256 Subtract(Register256 left, Register256 right) => new(left.lanes - right.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256 TimesUnlessZero(double slope, Register256 lanes) =>
        new(
            Vector256.ConditionalSelect(
                Vector256.Equals(lanes.lanes, Vector256<double>.Zero),
                Vector256<double>.Zero,
                Vector256.Create(slope) * lanes.lanes
            )
        );
}

/// <summary>One lane: a machine without vectors.</summary>
internal readonly struct Register64(double lane) : IRegister<Register64>
{
    readonly double lane = lane;

    public static int Count => 1;

    public static Register64 Load(ReadOnlySpan<double> lanes) => new(lanes[0]);

    public void Store(Span<double> lanes) => lanes[0] = lane;

    public bool IsSame(Register64 other) => lane == other.lane;

    public static Register64 Negate(Register64 lanes) => new(-lanes.lane);

    public static Register64 Add(Register64 left, Register64 right) => new(left.lane + right.lane);

    public static Register64 Subtract(Register64 left, Register64 right) => new(left.lane - right.lane);

    public static Register64 TimesUnlessZero(double slope, Register64 lanes) => new(lanes.lane == 0 ? 0 : slope * lanes.lane);
}

/// <summary>Twice as many lanes.</summary>
internal readonly struct Pair<TRegister>(TRegister low, TRegister high) : IRegister<Pair<TRegister>>
    where TRegister : struct, IRegister<TRegister>
{
    readonly TRegister low = low,
        high = high;

    public static int Count => 2 * TRegister.Count;

    public static Pair<TRegister> Load(ReadOnlySpan<double> lanes) =>
        new(TRegister.Load(lanes[..TRegister.Count]), TRegister.Load(lanes[TRegister.Count..]));

    public void Store(Span<double> lanes)
    {
        low.Store(lanes[..TRegister.Count]);
        high.Store(lanes[TRegister.Count..]);
    }

    public bool IsSame(Pair<TRegister> other) => low.IsSame(other.low) && high.IsSame(other.high);

    public static Pair<TRegister> Negate(Pair<TRegister> lanes) => new(TRegister.Negate(lanes.low), TRegister.Negate(lanes.high));

    public static Pair<TRegister> Add(Pair<TRegister> left, Pair<TRegister> right) =>
        new(TRegister.Add(left.low, right.low), TRegister.Add(left.high, right.high));

    public static Pair<TRegister> Subtract(Pair<TRegister> left, Pair<TRegister> right) =>
        new(TRegister.Subtract(left.low, right.low), TRegister.Subtract(left.high, right.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<TRegister> TimesUnlessZero(double slope, Pair<TRegister> lanes) =>
        new(TRegister.TimesUnlessZero(slope, lanes.low), TRegister.TimesUnlessZero(slope, lanes.high));
}

/// <summary>Work for lanes of a width that the machine chooses.</summary>
internal interface ILaneWork
{
    void Run<TRegister>()
        where TRegister : struct, IRegister<TRegister>;
}

/// <summary>Chooses the registers: eight lanes each way, and the same bits from each.</summary>
internal static class Registers
{
    public static void Run<TWork>(ref TWork work)
        where TWork : ILaneWork, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated)
            work.Run<Register512>();
        else if (Vector256.IsHardwareAccelerated)
            work.Run<Pair<Register256>>();
        else
            work.Run<Pair<Pair<Pair<Register64>>>>();
    }

    /// <summary>In half as many lanes where that is enough: half the memory for each number.</summary>
    public static void Run<TWork>(ref TWork work, int lanes)
        where TWork : ILaneWork, allows ref struct
    {
        if (lanes > Register256.Count || !Vector256.IsHardwareAccelerated)
            Run(ref work);
        else
            work.Run<Register256>();
    }
}
