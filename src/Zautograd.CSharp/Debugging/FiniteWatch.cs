using System.Globalization;
using Zautograd.Emit;

namespace Zautograd;

/// <summary>Looks at every record as it is made, and runs each sweep beforehand by itself, in the same order.</summary>
internal sealed class FiniteWatch : Observer, IDisposable
{
    const int MostRecords = 1 << 18; // the newest: a sweep is followed so far back

    readonly record struct Record(string What, Value[] Arguments, double[] Slopes, Value Result, string? Place);

    readonly Action<NonFiniteException> report;
    readonly bool everyLine;
    readonly List<Record> records = [];
    readonly Dictionary<Value, string> places = []; // where a value was made
    readonly HashSet<Value> known = []; // NaNs that have been found
    readonly Dictionary<Value, double> adjoints = [];

    internal FiniteWatch(Action<NonFiniteException>? report, bool everyLine)
    {
        this.report = report ?? (static finding => throw finding);
        this.everyLine = everyLine;
        Start();
    }

    public void Dispose() => Stop();

    internal override void Leaf(Value leaf)
    {
        if (everyLine && Place.Here() is { } place)
            places[leaf] = place;
    }

    internal override void Recorded(in Observation observation)
    {
        bool isFinding = IsMadeHere(observation);
        var place = everyLine || isFinding ? Place.Here() : null;
        string what = Formula(observation);
        if (records.Count >= 2 * MostRecords)
            Forget();
        records.Add(new(what, observation.Arguments.ToArray(), observation.Slopes.ToArray(), observation.Result, place));
        if (everyLine && place is not null)
            places[observation.Result] = place;
        if (isFinding)
            Report($"{what} is {Text(observation.Result.Number)}", place, observation.Arguments, observation.Numbers);
    }

    /// <summary>A NaN of operands that were none, or one that was brought in; an infinity of finite operands.</summary>
    bool IsMadeHere(in Observation observation)
    {
        bool allFinite = true,
            isKnown = false;
        for (int i = 0; i < observation.Numbers.Length; i++)
        {
            allFinite &= double.IsFinite(observation.Numbers[i]);
            isKnown |= double.IsNaN(observation.Numbers[i]) && known.Contains(observation.Arguments[i]);
        }
        double value = observation.Result.Number;
        return double.IsNaN(value) ? known.Add(observation.Result) && !isKnown : double.IsInfinity(value) && allFinite;
    }

    /// <summary>The sweep that is about to begin, over what has been seen: the first adjoint that is not finite.</summary>
    internal override void Sweeping(Value root)
    {
        adjoints.Clear();
        adjoints[root] = 1;
        for (int i = records.Count - 1; i >= 0; i--)
        {
            var record = records[i];
            if (!adjoints.TryGetValue(record.Result, out double adjoint) || adjoint == 0)
                continue;
            for (int argument = 0; argument < record.Arguments.Length; argument++)
            {
                double slope = record.Slopes[argument];
                var to = record.Arguments[argument];
                if (slope == 0 || to.Tape is null)
                    continue;
                double sum = adjoints.GetValueOrDefault(to) + slope * adjoint;
                if (double.IsFinite(sum))
                {
                    adjoints[to] = sum;
                    continue;
                }
                Report(
                    double.IsFinite(slope)
                        ? $"an adjoint became {Text(sum)} in the sweep at {record.What}: its slope {Text(slope)} met the adjoint {Text(adjoint)}"
                        : $"the slope of {record.What} is {Text(slope)}, and counts in the sweep",
                    record.Place,
                    record.Arguments,
                    [.. record.Arguments.Select(value => value.Tape is null ? double.NaN : value.Number)]
                );
                return;
            }
        }
    }

    void Forget()
    {
        foreach (var record in records.Take(records.Count - MostRecords))
        {
            places.Remove(record.Result);
            known.Remove(record.Result);
        }
        records.RemoveRange(0, records.Count - MostRecords);
    }

    void Report(string finding, string? place, ReadOnlySpan<Value> operands, ReadOnlySpan<double> numbers)
    {
        string text = place is null ? finding : $"{finding}, {place}";
        for (int i = 0; i < operands.Length; i++)
            if (operands[i].Tape is not null && places.TryGetValue(operands[i], out var from))
                text += $"; {Text(numbers[i])} was made {from}";
        report(new(text + "."));
    }

    static readonly Dictionary<string, Op> Table = Rules
        .all.Where(rule => !rule.Op.IsSelect)
        .ToDictionary(rule => CSharp.functionName.Invoke(rule.Op), rule => rule.Op);

    /// <summary>With the numbers in it, as the core prints it: log(-3), 0/0.</summary>
    static string Formula(in Observation observation) =>
        observation.Rule is { } rule
            ? $"{rule.GetType().GenericTypeArguments.FirstOrDefault(rule.GetType()).Name} of {Numbers(observation.Numbers)}"
        : Table.TryGetValue(observation.Operation.ToString(), out var op)
            ? op.Of([.. observation.Numbers.ToArray().Select(number => Expr.NewConst(number))]).ToString()
        : $"{observation.Operation} of {Numbers(observation.Numbers)}";

    static string Numbers(ReadOnlySpan<double> numbers) =>
        numbers.Length > 8 ? $"{numbers.Length} numbers" : string.Join(", ", numbers.ToArray().Select(Text));

    static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
