using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd;

// What runs on lanes, whatever their width.

internal ref struct LaneGradient<TField>(TField f, ReadOnlySpan<double> x, Span<double> gradient) : ILaneWork
    where TField : IScalarField
{
    readonly ReadOnlySpan<double> x = x;
    readonly Span<double> gradient = gradient;

    public double Value { get; private set; }

    public void Run<TRegister>()
        where TRegister : struct, IRegister<TRegister> => Value = ForwardMode.Gradient<TField, TRegister>(f, x, gradient);
}

internal ref struct LaneHessianVector<TField>(
    TField f,
    ReadOnlySpan<double> x,
    ReadOnlySpan<double> direction,
    Span<double> gradient,
    Span<double> product
) : ILaneWork
    where TField : IScalarField
{
    readonly ReadOnlySpan<double> x = x,
        direction = direction;
    readonly Span<double> gradient = gradient,
        product = product;

    public double Value { get; private set; }

    public void Run<TRegister>()
        where TRegister : struct, IRegister<TRegister> =>
        Value = ForwardMode.HessianVector<TField, TRegister>(f, x, direction, gradient, product);
}

internal readonly ref struct LaneJacobian<TField>(TField f, ReadOnlySpan<double> x, double[] values, double[,] jacobian) : ILaneWork
    where TField : IVectorField
{
    readonly ReadOnlySpan<double> x = x;

    public void Run<TRegister>()
        where TRegister : struct, IRegister<TRegister> => ForwardMode.Jacobian<TField, TRegister>(f, x, values, jacobian);
}

internal readonly ref struct LaneHessian<TField>(TField f, ReadOnlySpan<double> x, double[,] hessian) : ILaneWork
    where TField : IScalarField
{
    readonly ReadOnlySpan<double> x = x;

    public void Run<TRegister>()
        where TRegister : struct, IRegister<TRegister> => ReverseMode.Hessian<TField, TRegister>(f, x, new double[x.Length], hessian);
}

public static partial class Derivatives
{
    // Numbers that are doubles, as doubles.
    static ReadOnlySpan<double> Plain<T>(ReadOnlySpan<T> numbers) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, double>(ref MemoryMarshal.GetReference(numbers)), numbers.Length);

    static Span<double> Plain<T>(Span<T> numbers) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<T, double>(ref MemoryMarshal.GetReference(numbers)), numbers.Length);
}
