using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>
/// The gradient through a long recurrence, x[k+1] = step(x[k], k), without keeping the recurrence: a few states are stored, the others
/// computed again when the reverse sweep comes to them.
/// </summary>
/// <remarks>
/// The states stored are chosen so that the fewest steps run twice (the binomial schedule of Griewank and Walther). 20 snapshots reach
/// 1,000,000 steps with each run at most 8 times again; 3 reach 20 steps with 3.
/// </remarks>
/// <example><code>
/// // a logistic map: 1,000 steps in the memory of 8 states; its parameter collects its gradient as ever
/// Value growth = 2.5;
/// var found = Checkpoint.Gradient((x, k) => [growth * x[0] * (1 - x[0])], x => x[0] * x[0], [0.3], steps: 1000, snapshots: 8, [growth]);
/// found.Value   // -> 0.36
/// growth.Grad   // -> 0.192
/// </code></example>
public static class Checkpoint
{
    /// <summary>
    /// The loss after some steps, and its gradient with respect to the state at the start. Every other leaf that the steps use, such as a
    /// parameter, has its own part added to its <see cref="Value.Grad"/>, as by <see cref="Value.Backward"/>.
    /// </summary>
    /// <remarks>
    /// The gradient is that of the plain tape bit for bit, for the start and for the parameters that are named; what a leaf gets that is used
    /// but not named is right, too, but summed step by step and so perhaps rounded otherwise.
    /// </remarks>
    /// <param name="step">From a state and the number of the step to the next state. It runs several times, and must do the same each time.</param>
    /// <param name="loss">From the last state to a number.</param>
    /// <param name="start">The first state.</param>
    /// <param name="steps">How many steps; the number must be known beforehand.</param>
    /// <param name="snapshots">How many states may be stored at a time, the first one counted.</param>
    /// <param name="parameters">The leaves that many steps share; one that is named twice counts once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative number of steps, or no snapshot.</exception>
    /// <exception cref="ArgumentException">A parameter was computed from others.</exception>
    /// <exception cref="InvalidOperationException">A step did otherwise when it was run again.</exception>
    /// <example><code>
    /// // falling for a second: how the height depends on where, and how fast, it began
    /// var found = Checkpoint.Gradient(
    ///     (state, k) => [state[0] + 0.01 * state[1], state[1] - 0.01 * 9.81], state => state[0], [20, 3], steps: 100, snapshots: 5);
    /// found.Gradient   // -> [1, 1]
    /// </code></example>
    public static CheckpointedGradient Gradient(
        Func<Value[], int, Value[]> step,
        Func<Value[], Value> loss,
        double[] start,
        int steps,
        int snapshots,
        IEnumerable<Value>? parameters = null
    )
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(snapshots, 1);
        Confusion.Enter<Value>(loss, Derivatives.AnyInside).Dispose(); // a derivative's variable would be a constant here
        using var inside = Confusion.Enter<Value>(step, Derivatives.AnyInside);
        Value[] shared = [.. (parameters ?? []).Distinct()];
        if (!Array.TrueForAll(shared, parameter => parameter.Block.IsLeaf(parameter.Index)))
            throw new ArgumentException("A parameter is no leaf, but was computed: compute it within the step.", nameof(parameters));
        double[] before = GradientOf(shared),
            after = before; // in case that a step throws
        try
        {
            ZeroGrad(shared);
            var found = new Reversal(step, loss, shared).Run(start, steps, snapshots);
            after = [.. before.Zip(GradientOf(shared), (earlier, now) => now + earlier)];
            return found;
        }
        finally
        {
            for (int i = 0; i < shared.Length; i++)
                shared[i].Grad = after[i];
        }
    }

    static void ZeroGrad(Value[] values)
    {
        foreach (var value in values)
            value.Grad = 0;
    }

    static Value[] Leaves(double[] state) => [.. state.Select(number => new Value(number))];

    static double[] Numbers(Value[] state) => [.. state.Select(value => value.Data)];

    static double[] GradientOf(Value[] values) => [.. values.Select(value => value.Grad)];

    /// <summary>One run backwards through the recurrence. Step and loss get copies, which they may overwrite.</summary>
    sealed class Reversal(Func<Value[], int, Value[]> step, Func<Value[], Value> loss, Value[] shared)
    {
        readonly Stack<(int Step, double[] State)> stored = new();
        long advances;
        int most;

        internal CheckpointedGradient Run(double[] start, int steps, int snapshots)
        {
            Store(0, (double[])start.Clone());
            var state = StateBefore(Math.Max(steps - 1, 0), snapshots);
            var variables = Leaves(state);
            var result = loss([.. steps == 0 ? variables : step([.. variables], steps - 1)]);
            result.Backward();
            for (int k = steps - 2; k >= 0; k--)
            {
                var (after, adjoints) = (state, GradientOf(variables));
                state = StateBefore(k, snapshots);
                variables = Leaves(state);
                var results = step([.. variables], k);
                Check(k, results, after);
                Reverse(results, adjoints);
            }
            return new(result.Data, GradientOf(variables), advances, most);
        }

        void Store(int at, double[] state)
        {
            stored.Push((at, state));
            most = Math.Max(most, stored.Count);
        }

        /// <summary>The state before a step: from the newest snapshot, taking more of them on the way.</summary>
        double[] StateBefore(int k, int snapshots)
        {
            while (stored.Peek().Step > k)
                stored.Pop();
            var (at, state) = stored.Peek();
            while (at < k)
            {
                int free = snapshots - stored.Count,
                    next = free == 0 ? k : at + (int)BinomialSchedule.Split(k + 1 - at, free + 1);
                for (; at < next; at++, advances++)
                    state = Numbers(step(Leaves(state), at));
                if (free > 0)
                    Store(at, state);
            }
            return state;
        }

        /// <summary>
        /// The sweep through one step. The parameters go in with what they have so far: so it is the first summand, as on a plain tape, where
        /// what comes from the newest step is added up first.
        /// </summary>
        void Reverse(Value[] results, double[] adjoints)
        {
            var soFar = GradientOf(shared);
            ZeroGrad(shared);
            Value.Dot([.. results, .. shared], [.. adjoints, .. soFar]).Backward();
        }

        static void Check(int k, Value[] results, double[] after)
        {
            if (!MemoryMarshal.AsBytes<double>(Numbers(results)).SequenceEqual(MemoryMarshal.AsBytes<double>(after)))
                throw new InvalidOperationException(
                    $"Step {k} did not give the same state when it was run again. A step must depend on its state, its number and fixed parameters only."
                );
        }
    }
}
