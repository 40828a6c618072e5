using System.Buffers;
using System.Numerics;

namespace Zautograd;

/// <summary>Reverse mode over generic functions, at any number: at duals it gives Hessian-vector products, at lanes eight of them.</summary>
internal static class ReverseMode
{
    /// <summary>Value and gradient, by one run and one sweep.</summary>
    public static T Gradient<TField, T>(TField f, ReadOnlySpan<T> x, Span<T> gradient)
        where TField : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        if (f is Replay replay)
            return replay.Gradient(x, gradient);
        using var roll = new Roll<T>(x.Length);
        var numbers = Variables(roll, x);
        var y = f.Call<Active<T, Trail<T>>>(numbers.AsSpan(0, x.Length));
        ArrayPool<Active<T, Trail<T>>>.Shared.Return(numbers, clearArray: true);
        roll.Sweep([y], [T.One], gradient);
        return y.Value;
    }

    /// <summary>Values, and the adjoints of the variables for given adjoints of the results.</summary>
    public static void Pull<TField, T>(TField f, ReadOnlySpan<T> x, ReadOnlySpan<T> adjoints, Span<T> values, Span<T> gradient)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T>
    {
        using var roll = new Roll<T>(x.Length);
        var results = Run(roll, f, x, values);
        roll.Sweep(results, adjoints, gradient);
    }

    /// <summary>The Jacobian by one run and a sweep for each row.</summary>
    public static void Jacobian<TField, T>(TField f, ReadOnlySpan<T> x, Span<T> values, T[,] jacobian)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T>
    {
        using var roll = new Roll<T>(x.Length);
        var results = Run(roll, f, x, values);
        var gradient = new T[x.Length];
        for (int row = 0; row < results.Length; row++)
        {
            roll.Sweep([results[row]], [T.One], gradient);
            for (int column = 0; column < x.Length; column++)
                jacobian[row, column] = gradient[column];
        }
    }

    /// <summary>The results of one run, from which any number of sweeps can start.</summary>
    internal static Active<T, Trail<T>>[] Run<TField, T>(Roll<T> roll, TField f, ReadOnlySpan<T> x, Span<T> values)
        where TField : IVectorField
        where T : struct, IFloatingPointIeee754<T>
    {
        var numbers = Variables(roll, x);
        var results = new Active<T, Trail<T>>[values.Length];
        f.Call<Active<T, Trail<T>>>(numbers.AsSpan(0, x.Length), results);
        ArrayPool<Active<T, Trail<T>>>.Shared.Return(numbers, clearArray: true);
        for (int i = 0; i < results.Length; i++)
            values[i] = results[i].Value;
        return results;
    }

    static Active<T, Trail<T>>[] Variables<T>(Roll<T> roll, ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var numbers = ArrayPool<Active<T, Trail<T>>>.Shared.Rent(x.Length);
        for (int i = 0; i < x.Length; i++)
            numbers[i] = roll.Variable(i, x[i]);
        return numbers;
    }

    /// <summary>The Hessian at doubles, as many columns a sweep as there are lanes.</summary>
    public static double Hessian<TField, TRegister>(TField f, ReadOnlySpan<double> x, Span<double> gradient, double[,] hessian)
        where TField : IScalarField
        where TRegister : struct, IRegister<TRegister>
    {
        using var inside = Confusion.Enter<TField, Active<double, Lanes<TRegister>>>(f);
        var numbers = ForwardMode.Constants<TRegister>(x);
        var slopes = new Active<double, Lanes<TRegister>>[x.Length];
        Span<double> lanes = stackalloc double[TRegister.Count];
        double value = 0;
        for (int first = 0; first < x.Length || first == 0; first += TRegister.Count)
        {
            var width = ForwardMode.Seed(numbers.AsSpan(0, x.Length), first);
            value = Gradient<TField, Active<double, Lanes<TRegister>>>(f, numbers.AsSpan(0, x.Length), slopes).Value;
            for (int row = 0; row < x.Length; row++)
            {
                slopes[row].Tangent.CopyTo(lanes);
                for (int lane = 0; lane < width; lane++)
                    hessian[row, first + lane] = lanes[lane];
                gradient[row] = slopes[row].Value;
            }

            ForwardMode.Unseed(numbers.AsSpan(first, width));
        }

        ArrayPool<Active<double, Lanes<TRegister>>>.Shared.Return(numbers);
        return value;
    }
}
