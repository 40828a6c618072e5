using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>
/// What a function over <see cref="Value"/> computed at a point, operation by operation, for any number: so it has every operator of a generic
/// function. It is run at that very point only, where every branch is the one that was recorded.
/// </summary>
internal sealed class Replay : IScalarField, IVectorField, IFunction, IDisposable
{
    readonly int variables;
    readonly Transcript transcript;
    readonly int[] results;

    /// <summary>Runs the function once and looks on.</summary>
    public Replay(Func<Value[], Value[]> f, double[] x)
    {
        ArgumentNullException.ThrowIfNull(x);
        variables = x.Length;
        transcript = Transcript.Of(f, x, out var y);
        results = Array.ConvertAll(y, value => transcript.PlaceOf(value, value.Number));
    }

    /// <summary>It cannot be run any more: another one takes its room.</summary>
    public void Dispose() => transcript.Dispose();

    int Size => variables + transcript.Steps.Length;

    public int Results(int variables) => results.Length;

    public T Call<T>(T x)
        where T : struct, IFloatingPointIeee754<T> => Call<T>([x]);

    public T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>
    {
        T result = default;
        Call(x, new Span<T>(ref result));
        return result;
    }

    public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : struct, IFloatingPointIeee754<T>
    {
        var numbers = Rent<T>(Size);
        Run(x, numbers, []);
        for (int i = 0; i < results.Length; i++)
            y[i] = At(numbers, results[i]);
        Return(numbers);
    }

    /// <summary>Value and gradient of the first result: the steps, then the steps backwards. No record is needed, for each step is one.</summary>
    public T Gradient<T>(ReadOnlySpan<T> x, Span<T> gradient)
        where T : struct, IFloatingPointIeee754<T>
    {
        var operands = transcript.Operands;
        T[] numbers = Rent<T>(Size),
            slopes = Rent<T>(operands.Length),
            adjoints = Rent<T>(Size);
        Run(x, numbers, slopes);
        var y = At(numbers, results[0]);
        adjoints.AsSpan(0, Size).Fill(T.AdditiveIdentity);
        if (results[0] >= 0)
            adjoints[results[0]] = T.One;
        var steps = transcript.Steps;
        ref var adjointOf = ref MemoryMarshal.GetArrayDataReference(adjoints);
        ref var slopeOf = ref MemoryMarshal.GetArrayDataReference(slopes);
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            var adjoint = Unsafe.Add(ref adjointOf, variables + i);
            if (adjoint.Equals(T.Zero))
                continue;
            var step = steps[i];
            var own = operands.Slice(step.First, step.Count);
            if (step.Operation is Operation.Add or Operation.Sum) // half of most functions
            {
                foreach (int place in own)
                    if (place >= 0)
                        Unsafe.Add(ref adjointOf, place) += adjoint;
                continue;
            }

            ref var slope = ref Unsafe.Add(ref slopeOf, step.First);
            foreach (int place in own)
            {
                if (place >= 0 && !slope.Equals(T.Zero)) // a slope of zero wins over every adjoint
                    Unsafe.Add(ref adjointOf, place) += slope * adjoint;
                slope = ref Unsafe.Add(ref slope, 1);
            }
        }

        adjoints.AsSpan(0, variables).CopyTo(gradient);
        Return(numbers);
        Return(slopes);
        Return(adjoints);
        return y;
    }

    /// <summary>All steps; where there is room for them, the slopes of all but sums, which are 1.</summary>
    void Run<T>(ReadOnlySpan<T> x, T[] numbers, T[] slopes)
        where T : struct, IFloatingPointIeee754<T>
    {
        x.CopyTo(numbers);
        var steps = transcript.Steps;
        if (slopes.Length == 0)
            for (int i = 0; i < steps.Length; i++)
                numbers[variables + i] = Value(i, numbers);
        else
        {
            var operands = transcript.Operands;
            for (int i = 0; i < steps.Length; i++)
            {
                var step = steps[i];
                var own = operands.Slice(step.First, step.Count);
                var slopesOfStep = slopes.AsSpan(step.First, step.Count);
                numbers[variables + i] =
                    own.Length != 2
                        ? ValueAndSlopes(i, numbers, slopesOfStep)
                        : OfTwo(i, step.Operation, own[0], own[1], numbers, slopesOfStep);
            }
        }
    }

    /// <summary>A step of two operands: sums, differences and products make up most functions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T OfTwo<T>(int index, Operation operation, int a, int b, T[] numbers, Span<T> slopes)
        where T : struct, IFloatingPointIeee754<T>
    {
        switch (operation)
        {
            case Operation.Add:
                return At(numbers, a) + At(numbers, b);
            case Operation.Sub:
                slopes[0] = T.One;
                slopes[1] = T.NegativeOne;
                return At(numbers, a) - At(numbers, b);
            case Operation.Mul:
                var (x, y) = (At(numbers, a), At(numbers, b));
                slopes[0] = y;
                slopes[1] = x;
                return x * y;
            default:
                return ValueAndSlopes(index, numbers, slopes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T At<T>(T[] numbers, int operand)
        where T : struct, IFloatingPointIeee754<T> => operand >= 0 ? numbers[operand] : Constant<T>(transcript.Constants[-1 - operand]);

    static T Constant<T>(double number)
        where T : struct, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(Dual<double>) ? (T)(object)new Dual<double>(number) : T.CreateChecked(number);

    T Value<T>(int index, T[] numbers)
        where T : struct, IFloatingPointIeee754<T>
    {
        var step = transcript.Steps[index];
        var own = transcript.Operands.Slice(step.First, step.Count);
        switch (step.Operation)
        {
            case Operation.Sum:
                var sum = T.Zero;
                foreach (var operand in own)
                    sum += At(numbers, operand);
                return sum;
            case Operation.Dot:
                var dot = T.Zero;
                for (int i = 0; i + 1 < own.Length; i += 2)
                    dot += At(numbers, own[i]) * At(numbers, own[i + 1]);
                return own.Length % 2 == 0 ? dot : dot + At(numbers, own[^1]);
            case Operation.LogSumExp:
                return LogSumExp.Of<T>(Arguments(own, numbers), new T[own.Length]);
            case Operation.Custom:
                return transcript.RuleOf(index).Call<T>(Arguments(own, numbers));
            default:
                return Slopes.Value(
                    step.Operation,
                    At(numbers, own[0]),
                    own.Length > 1 ? At(numbers, own[1]) : default,
                    own.Length > 2 ? At(numbers, own[2]) : default
                );
        }
    }

    T ValueAndSlopes<T>(int index, T[] numbers, Span<T> slopes)
        where T : struct, IFloatingPointIeee754<T>
    {
        var step = transcript.Steps[index];
        var own = transcript.Operands.Slice(step.First, step.Count);
        switch (step.Operation)
        {
            case Operation.Sum:
                return Value(index, numbers);
            case Operation.Dot:
                for (int i = 0; i + 1 < own.Length; i += 2)
                    (slopes[i], slopes[i + 1]) = (At(numbers, own[i + 1]), At(numbers, own[i]));
                if (own.Length % 2 != 0)
                    slopes[own.Length - 1] = T.One;
                return Value(index, numbers);
            case Operation.LogSumExp:
                return LogSumExp.Of<T>(Arguments(own, numbers), slopes[..own.Length]);
            case Operation.Custom:
                var (rule, arguments) = (transcript.RuleOf(index), Arguments(own, numbers));
                var custom = rule.Call<T>(arguments);
                rule.Slopes(arguments, custom, slopes[..own.Length]);
                return custom;
            default:
                var y = Slopes.Of(
                    step.Operation,
                    At(numbers, own[0]),
                    own.Length > 1 ? At(numbers, own[1]) : default,
                    own.Length > 2 ? At(numbers, own[2]) : default,
                    out slopes[0],
                    out var slopeB,
                    out var slopeC
                );
                if (own.Length > 1)
                    slopes[1] = slopeB;
                if (own.Length > 2)
                    slopes[2] = slopeC;
                return y;
        }
    }

    T[] Arguments<T>(ReadOnlySpan<int> own, T[] numbers)
        where T : struct, IFloatingPointIeee754<T>
    {
        var arguments = new T[own.Length];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = At(numbers, own[i]);
        return arguments;
    }

    static T[] Rent<T>(int length) => ArrayPool<T>.Shared.Rent(Math.Max(1, length));

    static void Return<T>(T[] numbers) =>
        ArrayPool<T>.Shared.Return(numbers, clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<T>());
}
