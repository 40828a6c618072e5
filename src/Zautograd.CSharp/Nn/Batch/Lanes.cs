using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Zautograd.Nn;

/// <summary>As many numbers as the processor handles at once; the product of matrices is written over these.</summary>
interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
{
    static abstract int Count { get; }

    static abstract TSelf Load(ref readonly T first);

    static abstract TSelf All(T number);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    void Store(ref T first);
}

/// <summary>512 bits, where there are registers of that size.</summary>
readonly struct Lanes512<T>(Vector512<T> numbers) : ILanes<Lanes512<T>, T>
    where T : struct
{
    readonly Vector512<T> numbers = numbers;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(ref readonly T first) => new(Vector512.LoadUnsafe(in first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> All(T number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) =>
        typeof(T) == typeof(double)
            ? new(Vector512.FusedMultiplyAdd(a.numbers.AsDouble(), b.numbers.AsDouble(), c.numbers.AsDouble()).As<double, T>())
            : new(Vector512.FusedMultiplyAdd(a.numbers.AsSingle(), b.numbers.AsSingle(), c.numbers.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T first) => numbers.StoreUnsafe(ref first);
}

/// <summary>256 bits, which .NET makes of smaller ones where there are none.</summary>
readonly struct Lanes256<T>(Vector256<T> numbers) : ILanes<Lanes256<T>, T>
    where T : struct
{
    readonly Vector256<T> numbers = numbers;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(ref readonly T first) => new(Vector256.LoadUnsafe(in first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> All(T number) => new(Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c) =>
        typeof(T) == typeof(double)
            ? new(Vector256.FusedMultiplyAdd(a.numbers.AsDouble(), b.numbers.AsDouble(), c.numbers.AsDouble()).As<double, T>())
            : new(Vector256.FusedMultiplyAdd(a.numbers.AsSingle(), b.numbers.AsSingle(), c.numbers.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T first) => numbers.StoreUnsafe(ref first);
}
