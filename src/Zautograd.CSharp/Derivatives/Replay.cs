using System.Numerics;
using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>
/// What a function over <see cref="Value"/> computed at a point, operation by operation, for any number: so it has every operator of a generic
/// function. It is run at that very point only, where every branch is the one that was recorded.
/// </summary>
internal sealed class Replay : IScalarField, IVectorField, IFunction
{
    readonly record struct Step(Operation Operation, OwnRule? Rule, int First, int Count);

    readonly int variables;
    readonly List<Step> steps = [];
    readonly List<int> operands = []; // a place; or a constant, of which this is the complement
    readonly List<double> constants = [];
    readonly int[] results;

    /// <summary>Runs the function once and looks on.</summary>
    public Replay(Func<Value[], Value[]> f, double[] x)
    {
        ArgumentNullException.ThrowIfNull(x);
        variables = x.Length;
        var recorder = new Recorder(this);
        var leaves = Array.ConvertAll(x, number => new Value(number));
        for (int i = 0; i < leaves.Length; i++)
            recorder.Places[leaves[i]] = i;
        recorder.Start();
        Value[] y;
        try
        {
            y = f(leaves);
        }
        finally
        {
            recorder.Stop();
        }

        results = Array.ConvertAll(y, value => recorder.PlaceOf(value, value.Data));
    }

    sealed class Recorder(Replay replay) : Observer
    {
        public readonly Dictionary<Value, int> Places = [];

        internal override void Recorded(in Observation observation)
        {
            var first = replay.operands.Count;
            for (int i = 0; i < observation.Arguments.Length; i++)
                replay.operands.Add(PlaceOf(observation.Arguments[i], observation.Numbers[i]));
            if (observation.Operation == Operation.Custom && observation.Rule is not OwnRule)
                throw new NotSupportedException(
                    "This function calls an operation whose slopes are plain numbers: it has no second derivatives."
                );
            Places[observation.Result] = replay.variables + replay.steps.Count;
            replay.steps.Add(new(observation.Operation, observation.Rule as OwnRule, first, observation.Arguments.Length));
        }

        // What does not come from the variables is a constant.
        public int PlaceOf(Value value, double number)
        {
            if (Places.TryGetValue(value, out var place))
                return place;
            replay.constants.Add(number);
            return -replay.constants.Count;
        }
    }

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
        var places = new T[variables + steps.Count];
        x.CopyTo(places);
        for (int i = 0; i < steps.Count; i++)
            places[variables + i] = Run(steps[i], places);
        for (int i = 0; i < results.Length; i++)
            y[i] = At(places, results[i]);
    }

    T At<T>(T[] places, int operand)
        where T : struct, IFloatingPointIeee754<T> => operand >= 0 ? places[operand] : T.CreateChecked(constants[-1 - operand]);

    T Run<T>(Step step, T[] places)
        where T : struct, IFloatingPointIeee754<T>
    {
        var own = CollectionsMarshal.AsSpan(operands).Slice(step.First, step.Count);
        switch (step.Operation)
        {
            case Operation.Sum:
                var sum = T.Zero;
                foreach (var operand in own)
                    sum += At(places, operand);
                return sum;
            case Operation.Dot:
                var dot = T.Zero;
                for (int i = 0; i + 1 < own.Length; i += 2)
                    dot += At(places, own[i]) * At(places, own[i + 1]);
                return own.Length % 2 == 0 ? dot : dot + At(places, own[^1]);
            case Operation.Custom:
                var arguments = new T[own.Length];
                for (int i = 0; i < arguments.Length; i++)
                    arguments[i] = At(places, own[i]);
                return step.Rule!.Call<T>(arguments);
            default:
                return Slopes.Value(
                    step.Operation,
                    At(places, own[0]),
                    own.Length > 1 ? At(places, own[1]) : default,
                    own.Length > 2 ? At(places, own[2]) : default
                );
        }
    }
}
