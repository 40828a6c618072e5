using System.Numerics;

namespace Zautograd.Tests;

// Functions for the tests of the operators, each written once for every number.

internal readonly struct Rosenbrock : IScalarField
{
    public T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var hundred = T.CreateChecked(100);
        var sum = T.Zero;
        for (int i = 0; i + 1 < x.Length; i++)
        {
            var bend = x[i + 1] - x[i] * x[i];
            var rest = T.One - x[i];
            sum += hundred * (bend * bend) + rest * rest;
        }

        return sum;
    }
}

/// <summary>A bit of everything, every variable with its neighbours.</summary>
internal readonly struct Mixture : IScalarField
{
    public T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            var next = x[(i + 1) % x.Length];
            sum += T.Sin(x[i]) * T.Exp(next / (T.One + x[i] * x[i])) + T.Atan2(x[i], next + T.Pi) - T.Sqrt(T.Abs(x[i] * next) + T.One);
            sum = T.Max(sum, -T.CreateChecked(1000)) + T.Clamp(x[i], -T.One, next * next + T.One) * T.Tanh(sum);
        }

        return sum;
    }
}

internal readonly struct Spherical : IVectorField
{
    public int Results(int variables) => 3;

    public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : struct, IFloatingPointIeee754<T>
    {
        y[0] = x[0] * T.Sin(x[1]) * T.Cos(x[2]);
        y[1] = x[0] * T.Sin(x[1]) * T.Sin(x[2]);
        y[2] = x[0] * T.Cos(x[1]);
    }
}

/// <summary>The gradient of a field, as a vector field: one operator inside another.</summary>
internal readonly struct GradientOf<TField>(TField f) : IVectorField
    where TField : IScalarField
{
    public int Results(int variables) => variables;

    public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : struct, IFloatingPointIeee754<T> => Derivatives.ValueAndGradient(f, x, y);
}

/// <summary>The derivative of a function, as a function.</summary>
internal readonly struct DerivativeOf<TFunction>(TFunction f) : IFunction
    where TFunction : IFunction
{
    public T Call<T>(T x)
        where T : struct, IFloatingPointIeee754<T> => Derivatives.Derivative(f, x);
}

internal readonly struct Cubed : IFunction
{
    public T Call<T>(T x)
        where T : struct, IFloatingPointIeee754<T> => x * x * x;
}

internal readonly struct Bump : IFunction
{
    public T Call<T>(T x)
        where T : struct, IFloatingPointIeee754<T> => T.Exp(T.Sin(x)) / (T.One + x * x);
}
