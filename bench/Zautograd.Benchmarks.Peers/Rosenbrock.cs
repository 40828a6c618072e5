using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Zautograd.Benchmarks.Peers;

/// <summary>Rosenbrock's function of 10,000 variables: its gradient, its Hessian times a vector, its whole sparse Hessian.</summary>
static partial class Rosenbrock
{
    const int Variables = 10_000;
    static readonly double[] X = [.. Enumerable.Range(0, Variables).Select(i => 0.8 + 0.3 * Math.Sin(i))];
    static readonly double[] Direction = [.. Enumerable.Range(0, Variables).Select(i => Math.Cos(i))];

    readonly struct Field : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T>
        {
            var (sum, hundred) = (T.Zero, T.CreateChecked(100));
            for (var i = 0; i < x.Length - 1; i++)
            {
                var (across, along) = (x[i + 1] - x[i] * x[i], T.One - x[i]);
                sum += hundred * across * across + along * along;
            }

            return sum;
        }
    }

    /// <summary>The same with its one result in a vector, for a Jacobian of one row.</summary>
    readonly struct AsVector : IVectorField
    {
        public int Results(int variables) => 1;

        public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
            where T : struct, IFloatingPointIeee754<T> => y[0] = new Field().Call(x);
    }

    /// <summary>The same for the generator.</summary>
    [Differentiable(Order = 2)]
    public static double Value(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length - 1; i++)
        {
            var across = x[i + 1] - x[i] * x[i];
            var along = 1.0 - x[i];
            sum += 100.0 * across * across + along * along;
        }

        return sum;
    }

    public static IEnumerable<Row> Rows()
    {
        var gradient = new double[Variables];
        var product = new double[Variables];
        var torch = Torch.Side("TorchSharp", TorchGradient);
        var torchTwice = Torch.Side("TorchSharp, differentiated twice", () => TorchProducts(1));
        yield return new(
            "Rosenbrock, n = 10,000, gradient",
            new(
                "`[Differentiable]`",
                () =>
                {
                    ValueGradient(X, gradient);
                    return gradient;
                },
                () => ValueGradient(X, gradient)
            ),
            torch
        );
        yield return new(
            "Rosenbrock, n = 10,000, gradient",
            new(
                "`Derivatives.ValueAndGradient`",
                () => Derivatives.Gradient<Field, double>(new Field(), X),
                () => Derivatives.ValueAndGradient<Field, double>(new Field(), X, gradient)
            ),
            torch
        );
        yield return new(
            "Rosenbrock, n = 10,000, gradient by lanes",
            new(
                "`Derivatives.Jacobian`, forward, 8 variables a run",
                () => [.. Derivatives.Jacobian<AsVector, double>(new AsVector(), X, Jacobians.Forward).Cast<double>()],
                () => Derivatives.Jacobian<AsVector, double>(new AsVector(), X, Jacobians.Forward)
            ),
            torch
        );
        yield return new(
            "Rosenbrock, n = 10,000, Hessian times a vector",
            new(
                "`[Differentiable(Order = 2)]`",
                () =>
                {
                    ValueHessianVector(X, Direction, product);
                    return product;
                },
                () => ValueHessianVector(X, Direction, product)
            ),
            torchTwice
        );
        yield return new(
            "Rosenbrock, n = 10,000, Hessian times a vector",
            new(
                "`Derivatives.HessianVector`",
                () => Derivatives.HessianVector<Field, double>(new Field(), X, Direction),
                () => Derivatives.HessianVector<Field, double>(new Field(), X, Direction, gradient, product)
            ),
            torchTwice
        );

        var hessian = SparseHessian.Of(new Field(), X);
        var sweeps = hessian.Colouring.Count;
        yield return new(
            $"Rosenbrock, n = 10,000, sparse Hessian, {sweeps} colours",
            new("`SparseHessian.At`", () => SumOfColours(hessian.At(X), 0, hessian.Colouring), () => hessian.At(X)),
            Torch.Side($"TorchSharp, {sweeps} Hessian-vector products", () => TorchProducts(sweeps, hessian.Colouring))
        );
    }

    // what the product of the Hessian with one colour's columns is
    static double[] SumOfColours(SparseRows hessian, int colour, Colouring colouring)
    {
        var sums = new double[Variables];
        for (var row = 0; row < Variables; row++)
        {
            foreach (var column in hessian.Pattern.Row(row))
            {
                sums[row] += colouring.Colours[column] == colour ? hessian[row, column] : 0.0;
            }
        }

        return sums;
    }

    static Tensor Value(Tensor x)
    {
        var (left, right) = (x.narrow(0, 0, Variables - 1), x.narrow(0, 1, Variables - 1));
        var (across, along) = (right - left * left, 1.0 - left);
        return (100.0 * across * across + along * along).sum();
    }

    static (Func<double[]>, Action) TorchGradient()
    {
        var x = tensor(X, requires_grad: true);
        double[] Gradient()
        {
            using var scope = NewDisposeScope();
            return autograd.grad([Value(x)], [x])[0].data<double>().ToArray();
        }

        return (Gradient, () => Gradient());
    }

    static (Func<double[]>, Action) TorchProducts(int count, Colouring? colouring = null)
    {
        var x = tensor(X, requires_grad: true);
        Tensor[] directions =
        [
            .. Enumerable
                .Range(0, count)
                .Select(colour =>
                    tensor(colouring is null ? Direction : [.. colouring.Colours.ToArray().Select(of => of == colour ? 1.0 : 0.0)])
                ),
        ];
        double[] Product(Tensor direction)
        {
            using var scope = NewDisposeScope();
            var slopes = autograd.grad([Value(x)], [x], retain_graph: true, create_graph: true)[0];
            return autograd.grad([slopes.dot(direction)], [x])[0].data<double>().ToArray();
        }

        return (
            () => Product(directions[0]),
            () =>
            {
                foreach (var direction in directions)
                {
                    Product(direction);
                }
            }
        );
    }
}
