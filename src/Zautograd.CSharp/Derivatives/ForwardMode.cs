using System.Buffers;
using System.Numerics;

namespace Zautograd;

/// <summary>Forward mode over generic functions: one direction at any number, or many directions at doubles.</summary>
internal static class ForwardMode
{
    /// <summary>One run in one direction.</summary>
    public static Dual<T> Along<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> direction)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        using var inside = Confusion.Enter<TField, Dual<T>>(f);
        var numbers = ArrayPool<Dual<T>>.Shared.Rent(x.Length);
        for (int i = 0; i < x.Length; i++)
            numbers[i] = new(x[i], direction[i]);
        var y = f.Call<Dual<T>>(numbers.AsSpan(0, x.Length));
        ArrayPool<Dual<T>>.Shared.Return(numbers);
        return y;
    }

    /// <summary>One run of a vector field in one direction.</summary>
    public static void Along<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> direction, Span<T> values, Span<T> tangents)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T>
    {
        using var inside = Confusion.Enter<TField, Dual<T>>(f);
        var numbers = new Dual<T>[x.Length + values.Length];
        for (int i = 0; i < x.Length; i++)
            numbers[i] = new(x[i], direction[i]);
        var results = numbers.AsSpan(x.Length);
        f.Call<Dual<T>>(numbers.AsSpan(0, x.Length), results);
        for (int i = 0; i < results.Length; i++)
            (values[i], tangents[i]) = (results[i].Value, results[i].Tangent);
    }

    /// <summary>The gradient, as many variables a run as there are lanes; the value is returned.</summary>
    public static double Gradient<TField, TRegister>(TField f, ReadOnlySpan<double> x, Span<double> gradient)
        where TField : IScalarField
        where TRegister : struct, IRegister<TRegister>
    {
        using var inside = Confusion.Enter<TField, Active<double, Lanes<TRegister>>>(f);
        var numbers = Constants<TRegister>(x);
        Span<double> lanes = stackalloc double[TRegister.Count];
        double value = 0;
        for (int first = 0; first < x.Length || first == 0; first += TRegister.Count)
        {
            var width = Seed(numbers.AsSpan(0, x.Length), first);
            var y = f.Call<Active<double, Lanes<TRegister>>>(numbers.AsSpan(0, x.Length));
            y.Tangent.CopyTo(lanes);
            lanes[..width].CopyTo(gradient[first..]);
            value = y.Value;
            Unseed(numbers.AsSpan(first, width));
        }

        ArrayPool<Active<double, Lanes<TRegister>>>.Shared.Return(numbers);
        return value;
    }

    /// <summary>Gradient and Hessian-vector product, as many variables a run as there are lanes; the value is returned.</summary>
    public static double HessianVector<TField, TRegister>(
        TField f,
        ReadOnlySpan<double> x,
        ReadOnlySpan<double> direction,
        Span<double> gradient,
        Span<double> product
    )
        where TField : IScalarField
        where TRegister : struct, IRegister<TRegister>
    {
        using var inside = Confusion.Enter<TField, Active<Dual<double>, MovingLanes<TRegister>>>(f);
        var numbers = ArrayPool<Active<Dual<double>, MovingLanes<TRegister>>>.Shared.Rent(x.Length);
        for (int i = 0; i < x.Length; i++)
            numbers[i] = new(new Dual<double>(x[i], direction[i]));
        Span<double> lanes = stackalloc double[TRegister.Count],
            changes = stackalloc double[TRegister.Count];
        double value = 0;
        for (int first = 0; first < x.Length || first == 0; first += TRegister.Count)
        {
            var width = Seed(numbers.AsSpan(0, x.Length), first);
            var y = f.Call<Active<Dual<double>, MovingLanes<TRegister>>>(numbers.AsSpan(0, x.Length));
            y.Tangent.CopyTo(lanes, changes);
            lanes[..width].CopyTo(gradient[first..]);
            changes[..width].CopyTo(product[first..]);
            value = y.Value.Value;
            Unseed(numbers.AsSpan(first, width));
        }

        ArrayPool<Active<Dual<double>, MovingLanes<TRegister>>>.Shared.Return(numbers);
        return value;
    }

    /// <summary>The Jacobian, as many columns a run as there are lanes.</summary>
    public static void Jacobian<TField, TRegister>(TField f, ReadOnlySpan<double> x, Span<double> values, double[,] jacobian)
        where TField : IVectorField
        where TRegister : struct, IRegister<TRegister>
    {
        using var inside = Confusion.Enter<TField, Active<double, Lanes<TRegister>>>(f);
        var numbers = Constants<TRegister>(x);
        var results = new Active<double, Lanes<TRegister>>[values.Length];
        Span<double> lanes = stackalloc double[TRegister.Count];
        for (int first = 0; first < x.Length || first == 0; first += TRegister.Count)
        {
            var width = Seed(numbers.AsSpan(0, x.Length), first);
            f.Call<Active<double, Lanes<TRegister>>>(numbers.AsSpan(0, x.Length), results);
            for (int row = 0; row < results.Length; row++)
            {
                results[row].Tangent.CopyTo(lanes);
                for (int lane = 0; lane < width; lane++)
                    jacobian[row, first + lane] = lanes[lane];
                values[row] = results[row].Value;
            }

            Unseed(numbers.AsSpan(first, width));
        }

        ArrayPool<Active<double, Lanes<TRegister>>>.Shared.Return(numbers);
    }

    /// <summary>The variables as constants, in an array from the pool.</summary>
    public static Active<double, Lanes<TRegister>>[] Constants<TRegister>(ReadOnlySpan<double> x)
        where TRegister : struct, IRegister<TRegister>
    {
        var numbers = ArrayPool<Active<double, Lanes<TRegister>>>.Shared.Rent(x.Length);
        for (int i = 0; i < x.Length; i++)
            numbers[i] = new(x[i]);
        return numbers;
    }

    /// <summary>Gives the next variables a lane each; how many.</summary>
    public static int Seed<T, TLanes>(Span<Active<T, TLanes>> numbers, int first)
        where T : struct, IFloatingPointIeee754<T>
        where TLanes : struct, ITangent<T, TLanes>, ILanes<TLanes>
    {
        var width = Math.Min(TLanes.Count, numbers.Length - first);
        for (int lane = 0; lane < width; lane++)
            numbers[first + lane] = new(numbers[first + lane].Value, TLanes.Unit(lane));
        return width;
    }

    /// <summary>Makes them constants again.</summary>
    public static void Unseed<T, TLanes>(Span<Active<T, TLanes>> numbers)
        where T : struct, IFloatingPointIeee754<T>
        where TLanes : struct, ITangent<T, TLanes>
    {
        foreach (ref var number in numbers)
            number = new(number.Value);
    }
}
