using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Zautograd.Nn;

/// <summary>
/// The activation of a whole row of sums at once, and its slopes: the formulas of the rule table in .NET's vector forms, which are within a few
/// units in the last place of Math's. Their last digits may differ between machines with registers of other sizes.
/// </summary>
static class ActivationRows
{
    /// <summary>Sums become results.</summary>
    internal static void Apply<T>(Activation activation, Span<T> sums, Span<T> slopes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (activation)
        {
            case Activation.ReLU:
                for (var i = 0; i < sums.Length; i++)
                {
                    sums[i] = Slopes.Relu(sums[i], out slopes[i]);
                }

                break;
            case Activation.Tanh:
                Tanh(sums, slopes);
                break;
            case Activation.Sigmoid:
                TensorPrimitives.Multiply(sums, T.CreateTruncating(0.5), slopes);
                TensorPrimitives.Cosh<T>(slopes, slopes);
                TensorPrimitives.Divide(T.CreateTruncating(0.5), slopes, slopes);
                TensorPrimitives.Multiply<T>(slopes, slopes, slopes);
                TensorPrimitives.Sigmoid<T>(sums, sums);
                break;
            default:
                slopes.Fill(T.One);
                break;
        }
    }

    static void Tanh<T>(Span<T> sums, Span<T> slopes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        TensorPrimitives.Tanh<T>(sums, slopes);
        MendSmall(sums, slopes);
        TensorPrimitives.Cosh<T>(sums, sums);
        TensorPrimitives.Reciprocal<T>(sums, sums);
        TensorPrimitives.Multiply<T>(sums, sums, sums);
        for (var i = 0; i < sums.Length; i++)
        {
            (sums[i], slopes[i]) = (slopes[i], sums[i]);
        }
    }

    // .NET's vector form takes 1 from an exponential: near 0 that leaves no digit right, and of 0 it makes -0
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MendSmall<T>(ReadOnlySpan<T> sums, Span<T> results)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var small = T.CreateTruncating(0.125);
        for (var i = 0; i < sums.Length; i++)
        {
            if (T.Abs(sums[i]) < small)
            {
                results[i] = T.Tanh(sums[i]);
            }
        }
    }
}
