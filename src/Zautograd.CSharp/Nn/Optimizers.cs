using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;

namespace Zautograd.Nn;

/// <summary>Turns gradients into new values of the parameters.</summary>
/// <example><code>
/// Optimizer optimizer = new Sgd(model.Parameters, rate: 0.1);
/// model.ZeroGrad();
/// objective.Loss(model.Call(point), 1).Backward();
/// optimizer.Step();
/// </code></example>
public abstract class Optimizer
{
    double rate;

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">What it updates.</param>
    /// <param name="rate">The learning rate: finite, at least 0.</param>
    protected Optimizer(IEnumerable<Value> parameters, double rate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters.ToArray();
        Rate = rate;
    }

    /// <summary>The learning rate. Set it between steps to follow a schedule.</summary>
    /// <example><code>
    /// var optimizer = new Sgd(model.Parameters, rate: 1.0);
    /// optimizer.Rate *= 0.5;   // -> 0.5
    /// </code></example>
    public double Rate
    {
        get => rate;
        set =>
            rate =
                double.IsFinite(value) && value >= 0.0
                    ? value
                    : throw new ArgumentOutOfRangeException(nameof(value), value, "a learning rate is finite and not negative");
    }

    /// <summary>What is updated.</summary>
    /// <example><code>new Sgd(model.Parameters, rate: 1.0).Parameters.Count   // -> 337</code></example>
    public IReadOnlyList<Value> Parameters { get; }

    /// <summary>Moves every parameter a little against its gradient.</summary>
    /// <example><code>
    /// (x * x).Backward();
    /// new Sgd([x], rate: 0.25).Step();
    /// x.Data   // -> 1
    /// </code></example>
    public abstract void Step();

    /// <summary>What an optimizer of this library remembers, a number for each parameter and array; null for a user's own.</summary>
    internal virtual double[][]? State => null;

    /// <summary>The same as <see cref="Step()"/>, on arrays and in any precision.</summary>
    internal virtual void Step<T>(Span<T> parameters, ReadOnlySpan<T> gradient, T[][] state)
        where T : unmanaged, IFloatingPointIeee754<T> => throw new UnreachableException();

    /// <summary>So many parameters at a time, so that what is between stays in the first cache.</summary>
    private protected const int Piece = 256;

    private protected static double Fraction(double value, string name) =>
        value is >= 0.0 and < 1.0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "a number from 0 up to, but not including, 1 is needed");
}

/// <summary>Gradient descent, with momentum if wanted.</summary>
/// <remarks>
/// PyTorch's convention: each parameter has a velocity, which starts at 0; a step sets velocity = momentum · velocity + gradient
/// and subtracts rate · velocity from the parameter.
/// </remarks>
/// <example><code>var optimizer = new Sgd(model.Parameters, rate: 0.1, momentum: 0.9);</code></example>
public sealed class Sgd : Optimizer
{
    readonly double momentum;
    readonly double[] velocity;

    /// <summary>Gradient descent on these parameters.</summary>
    /// <param name="parameters">What it updates.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="momentum">How much of the velocity is kept from step to step: from 0 (none) up to 1.</param>
    /// <example><code>
    /// var optimizer = new Sgd([x], rate: 0.25, momentum: 0.5);
    /// (3 * x).Backward();
    /// optimizer.Step();   // x is 2 - 0.25*3
    /// optimizer.Step();   // and now 0.25*(0.5*3 + 3) less
    /// x.Data   // -> 0.125
    /// </code></example>
    public Sgd(IEnumerable<Value> parameters, double rate, double momentum = 0.0)
        : base(parameters, rate)
    {
        this.momentum = Fraction(momentum, nameof(momentum));
        velocity = new double[Parameters.Count];
    }

    internal override double[][] State => [velocity];

    /// <inheritdoc/>
    public override void Step()
    {
        for (var i = 0; i < velocity.Length; i++)
        {
            velocity[i] = momentum * velocity[i] + Parameters[i].Grad;
            Parameters[i].Data -= Rate * velocity[i];
        }
    }

    internal override void Step<T>(Span<T> parameters, ReadOnlySpan<T> gradient, T[][] state)
    {
        for (var first = 0; first < parameters.Length; first += Piece)
        {
            var range = first..Math.Min(first + Piece, parameters.Length);
            var velocity = state[0].AsSpan(range);
            TensorPrimitives.MultiplyAdd(velocity, T.CreateTruncating(momentum), gradient[range], velocity);
            TensorPrimitives.MultiplyAdd(velocity, T.CreateTruncating(-Rate), parameters[range], parameters[range]);
        }
    }
}

/// <summary>Adam: steps whose size hardly depends on the size of the gradients (Kingma and Ba, 2015).</summary>
/// <remarks>
/// PyTorch's convention: running means of the gradient and of its square, both corrected for having started at 0;
/// epsilon is added to the root of the corrected second one.
/// </remarks>
/// <example><code>var optimizer = new Adam(model.Parameters, rate: 0.01);</code></example>
public sealed class Adam : Optimizer
{
    readonly double beta1,
        beta2,
        epsilon;
    readonly double[] mean,
        square;
    double weight1 = 1.0,
        weight2 = 1.0;

    /// <summary>Adam on these parameters.</summary>
    /// <param name="parameters">What it updates.</param>
    /// <param name="rate">The learning rate: about the size of a parameter's step.</param>
    /// <param name="beta1">How slowly the mean of the gradient forgets: from 0 up to 1.</param>
    /// <param name="beta2">How slowly the mean of its square forgets: from 0 up to 1.</param>
    /// <param name="epsilon">Keeps the division safe where gradients vanish: more than 0.</param>
    /// <example><code>
    /// (1000 * x).Backward();
    /// new Adam([x], rate: 0.01).Step();   // the first step is the rate, however steep the slope
    /// x.Data   // -> 1.99…
    /// </code></example>
    public Adam(IEnumerable<Value> parameters, double rate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(parameters, rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        this.beta1 = Fraction(beta1, nameof(beta1));
        this.beta2 = Fraction(beta2, nameof(beta2));
        this.epsilon = epsilon;
        mean = new double[Parameters.Count];
        square = new double[Parameters.Count];
    }

    internal override double[][] State => [mean, square];

    /// <inheritdoc/>
    public override void Step()
    {
        weight1 *= beta1;
        weight2 *= beta2;
        for (var i = 0; i < mean.Length; i++)
        {
            var gradient = Parameters[i].Grad;
            mean[i] = beta1 * mean[i] + (1.0 - beta1) * gradient;
            square[i] = beta2 * square[i] + (1.0 - beta2) * gradient * gradient;
            Parameters[i].Data -= Rate * (mean[i] / (1.0 - weight1)) / (Math.Sqrt(square[i] / (1.0 - weight2)) + epsilon);
        }
    }

    internal override void Step<T>(Span<T> parameters, ReadOnlySpan<T> gradient, T[][] state)
    {
        weight1 *= beta1;
        weight2 *= beta2;
        Span<T> move = stackalloc T[Piece];
        Span<T> by = stackalloc T[Piece];
        for (var first = 0; first < parameters.Length; first += Piece)
        {
            var range = first..Math.Min(first + Piece, parameters.Length);
            var slope = gradient[range];
            Span<T> mean = state[0].AsSpan(range),
                square = state[1].AsSpan(range),
                top = move[..slope.Length],
                bottom = by[..slope.Length];
            TensorPrimitives.Multiply(slope, T.CreateTruncating(1.0 - beta1), top);
            TensorPrimitives.MultiplyAdd(mean, T.CreateTruncating(beta1), top, mean);
            TensorPrimitives.Multiply(slope, T.CreateTruncating(1.0 - beta2), bottom);
            TensorPrimitives.Multiply(bottom, slope, bottom);
            TensorPrimitives.MultiplyAdd(square, T.CreateTruncating(beta2), bottom, square);

            TensorPrimitives.Divide(mean, T.CreateTruncating(1.0 - weight1), top);
            TensorPrimitives.Multiply(top, T.CreateTruncating(Rate), top);
            TensorPrimitives.Divide(square, T.CreateTruncating(1.0 - weight2), bottom);
            TensorPrimitives.Sqrt(bottom, bottom);
            TensorPrimitives.Add(bottom, T.CreateTruncating(epsilon), bottom);
            TensorPrimitives.Divide(top, bottom, top);
            TensorPrimitives.Subtract(parameters[range], top, parameters[range]);
        }
    }
}
