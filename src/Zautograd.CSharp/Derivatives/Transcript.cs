namespace Zautograd;

/// <summary>
/// Writes down what a function over <see cref="Value"/> computes, operation by operation. The variables stand at the first places, and each result
/// at the next.
/// </summary>
internal sealed class Transcript : Observer, IDisposable
{
    /// <summary>An operation and where its operands begin.</summary>
    public readonly record struct Step(Operation Operation, int First, int Count);

    // with the room that the last one needed
    [ThreadStatic]
    static Transcript? spare;

    readonly Places places = new();
    readonly Dictionary<int, OwnRule> rules = []; // of which step
    readonly Touches touches = new();
    Step[] steps = new Step[64];
    int[] operands = new int[128]; // a place; or a constant, of which this is the complement
    double[] constants = new double[16];
    int variables,
        stepCount,
        operandCount,
        constantCount;

    Transcript() { }

    /// <summary>What a function computes at a point, and its results.</summary>
    public static Transcript Of(Func<Value[], Value[]> f, double[] x, out Value[] results)
    {
        var transcript = spare ?? new();
        spare = null;
        transcript.Start();
        try
        {
            var variables = transcript.Leaves(x);
            transcript.variables = variables.Length;
            for (int i = 0; i < variables.Length; i++)
                transcript.places.Set(variables[i], i);
            results = f(variables);
        }
        finally
        {
            transcript.Stop();
        }
        transcript.touches.Check(value => transcript.places.Of(value) >= 0);
        return transcript;
    }

    public void Dispose()
    {
        Tape.LeaveLargeStep();
        if (!Spare.IsKept(operands.Length, operandCount))
            return;
        stepCount = operandCount = constantCount = 0;
        places.Clear();
        rules.Clear();
        touches.Clear();
        spare = this;
    }

    public ReadOnlySpan<Step> Steps => steps.AsSpan(0, stepCount);

    public ReadOnlySpan<int> Operands => operands.AsSpan(0, operandCount);

    public ReadOnlySpan<double> Constants => constants.AsSpan(0, constantCount);

    public OwnRule RuleOf(int step) => rules[step];

    // Simple records come as they are, and go to the tape that stepped aside, or, if they need more than its next record, the usual way.

    public Value Record(Operation operation, double value, Value a, double slopeA)
    {
        Add(PlaceOf(a));
        var result = Tape.TryRecord(Aside, Notes.Unknown, value, a, slopeA);
        return End(operation, result.Tape is not null ? result : Unseen(operation, value, a, slopeA, default, 0), 1);
    }

    public Value Record(Operation operation, double value, Value a, double slopeA, double b)
    {
        Add(PlaceOf(a), ConstantOf(b));
        var result = Tape.TryRecord(Aside, Notes.Unknown, value, a, slopeA);
        return End(operation, result.Tape is not null ? result : Unseen(operation, value, a, slopeA, default, 0), 2);
    }

    public Value Record(Operation operation, double value, double a, Value b, double slopeB)
    {
        Add(ConstantOf(a), PlaceOf(b));
        var result = Tape.TryRecord(Aside, Notes.Unknown, value, b, slopeB);
        return End(operation, result.Tape is not null ? result : Unseen(operation, value, b, slopeB, default, 0), 2);
    }

    public Value Record(Operation operation, double value, Value a, double slopeA, Value b, double slopeB)
    {
        Add(PlaceOf(a), PlaceOf(b));
        var result = Tape.TryRecord(Aside, Notes.Unknown, value, a, slopeA, b, slopeB);
        return End(operation, result.Tape is not null ? result : Unseen(operation, value, a, slopeA, b, slopeB), 2);
    }

    static Value Unseen(Operation operation, double value, Value a, double slopeA, Value b, double slopeB)
    {
        using var pause = new Pause();
        return b.Tape is null
            ? Tape.Record(Tape.Current, Notes.Unknown, value, a, slopeA)
            : Tape.Record(Tape.Current, Notes.Unknown, value, a, slopeA, b, slopeB);
    }

    internal override void Recorded(in Observation observation)
    {
        if (observation.Operation == Operation.Custom)
            rules[stepCount] =
                observation.Rule as OwnRule
                ?? throw new NotSupportedException(
                    "This function calls an operation whose slopes are plain numbers: it has no second derivatives."
                );
        for (int i = 0; i < observation.Arguments.Length; i++)
            Add(PlaceOf(observation.Arguments[i], observation.Numbers[i]));
        End(observation.Operation, observation.Result, observation.Arguments.Length);
    }

    internal override void Touched(Value value, bool isGrad)
    {
        if (!isGrad)
            touches.Add(value);
    }

    /// <summary>Where a value stands; what does not come from the variables is a constant.</summary>
    public int PlaceOf(Value value, double number) => value.Tape is null ? ConstantOf(number) : PlaceOf(value);

    int ConstantOf(double number)
    {
        if (constantCount == constants.Length)
            Array.Resize(ref constants, 2 * constantCount);
        constants[constantCount++] = number;
        return -constantCount;
    }

    int PlaceOf(Value value)
    {
        int place = places.Of(value);
        return place >= 0 ? place : ConstantOf(Outside(value));
    }

    /// <summary>The number of a value that was not seen.</summary>
    double Outside(Value value) => IsFromElsewhere(value) ? throw Notes.Refusal() : value.Number;

    void Add(int operand)
    {
        if (operandCount == operands.Length)
            Array.Resize(ref operands, 2 * operandCount);
        operands[operandCount++] = operand;
    }

    void Add(int first, int second)
    {
        var (own, count) = (operands, operandCount);
        if (count + 1 >= own.Length)
        {
            Array.Resize(ref operands, 2 * count);
            own = operands;
        }
        own[count + 1] = second;
        own[count] = first;
        operandCount = count + 2;
    }

    Value End(Operation operation, Value result, int count)
    {
        if (stepCount == steps.Length)
            Array.Resize(ref steps, 2 * stepCount);
        places.Set(result, variables + stepCount);
        steps[stepCount++] = new(operation, operandCount - count, count);
        return result;
    }
}
