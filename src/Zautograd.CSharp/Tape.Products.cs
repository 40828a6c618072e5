using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>Sums, dot products, log-sum-exp: one record of any number of arguments, in products as runs of neighbours where they stand so.</summary>
sealed partial class Tape
{
    internal static Value Sum(ReadOnlySpan<Value> values)
    {
        if (values.Length == 0)
            return Leaf(0);
        if (values.Length > MostArguments)
            return InParts(values, Sum);
        if (Observer.IsOn)
            return SumObserved(values);
        while (true)
        {
            var tape = Open(values.Length);
            var block = tape.Block;
            int position = block.ArgumentCount,
                done = 0;
            double sum = 0;
            foreach (var value in values)
            {
                sum += value.Number;
                int i = tape.Find(block, value);
                if (i < 0)
                    break;
                block.Argument(position + done) = (ushort)i;
                block.Slope(position + done) = 1;
                done++;
            }
            if (done == values.Length)
                return new Value(tape, block.AppendMany(Notes.Linear, sum, done));
            Restart();
        }
    }

    internal static Value LogSumExp(ReadOnlySpan<Value> values)
    {
        if (values.Length == 0)
            return Leaf(double.NegativeInfinity);
        if (values.Length > MostArguments)
            return InParts(values, LogSumExp);
        Span<double> numbers = stackalloc double[values.Length],
            slopes = stackalloc double[values.Length];
        for (int i = 0; i < values.Length; i++)
            numbers[i] = values[i].Number;
        return Record(Operation.LogSumExp, Zautograd.LogSumExp.Of(numbers, slopes), values, slopes, numbers);
    }

    internal static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<Value> b, Value bias)
    {
        if (a.Length != b.Length)
            ThrowLengths(a.Length, b.Length);
        int pairs = a.Length,
            count = 2 * pairs + (bias.Tape is null ? 0 : 1);
        if (count == 0)
            return Leaf(0);
        if (count > MostArguments)
            return DotInParts(a, b, bias);
        if (Observer.IsOn)
            return DotObserved(a, b, default, bias);
        for (int round = 0; ; round++)
        {
            var tape = Open(count);
            var block = tape.Block;
            if (round < MostRounds && tape.TryDotRuns(block, a, b, bias) is { Tape: not null } product)
                return product;
            ref var argument = ref block.Argument(block.ArgumentCount);
            ref var slope = ref block.Slope(block.ArgumentCount);
            double sum = 0;
            int done = 0;
            for (; done < pairs; done++)
            {
                var left = a[done];
                var right = b[done];
                double x = left.Number,
                    y = right.Number;
                int i = tape.Find(block, left),
                    j = tape.Find(block, right);
                if ((i | j) < 0)
                    break;
                sum += x * y;
                argument = (ushort)i;
                slope = y;
                Unsafe.Add(ref argument, 1) = (ushort)j;
                Unsafe.Add(ref slope, 1) = x;
                argument = ref Unsafe.Add(ref argument, 2);
                slope = ref Unsafe.Add(ref slope, 2);
            }
            if (done == pairs && tape.TryAddBias(block, bias, ref argument, ref slope, ref sum))
                return new Value(tape, block.AppendMany(Operation.Dot, sum, count));
            Restart();
        }
    }

    internal static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<double> b, Value bias)
    {
        if (a.Length != b.Length)
            ThrowLengths(a.Length, b.Length);
        int pairs = a.Length,
            count = pairs + (bias.Tape is null ? 0 : 1);
        if (count == 0)
            return Leaf(0);
        if (count > MostArguments)
            return DotInParts(a, b, bias);
        if (Observer.IsOn)
            return DotObserved(a, default, b, bias);
        for (int round = 0; ; round++)
        {
            var tape = Open(count);
            var block = tape.Block;
            if (round < MostRounds && tape.TryDotRun(block, a, b, bias) is { Tape: not null } product)
                return product;
            ref var argument = ref block.Argument(block.ArgumentCount);
            ref var slope = ref block.Slope(block.ArgumentCount);
            double sum = 0;
            int done = 0;
            for (; done < pairs; done++)
            {
                var left = a[done];
                double y = b[done];
                sum += left.Number * y;
                int i = tape.Find(block, left);
                if (i < 0)
                    break;
                argument = (ushort)i;
                slope = y;
                argument = ref Unsafe.Add(ref argument, 1);
                slope = ref Unsafe.Add(ref slope, 1);
            }
            if (done == pairs && tape.TryAddBias(block, bias, ref argument, ref slope, ref sum))
                return new Value(tape, block.AppendMany(Notes.Linear, sum, count));
            Restart();
        }
    }

    const int LeastRun = 4; // below this, looking for runs does not pay
    const int MostRounds = 2; // threads that share values can spoil each other's runs, and each try needs aliases

    // these methods stay by themselves: together they would have more locals than the processor has registers

    /// <summary>A product of two runs of neighbours; no value if there are none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    Value TryDotRuns(Block block, ReadOnlySpan<Value> a, ReadOnlySpan<Value> b, Value bias)
    {
        if (a.Length < LeastRun)
            return default;
        ref double x = ref FindRun(block, a, out int i);
        if (i < 0)
            return default;
        ref double y = ref FindRun(block, b, out int j);
        if (j < 0)
            return default;
        int position = block.ArgumentCount,
            behind = position + 2 * a.Length;
        double sum = Product(ref x, ref y, a.Length);
        block.WriteRun(position, i, in y, a.Length);
        block.WriteRun(position + a.Length, j, in x, a.Length);
        if (!TryAddBias(block, bias, ref block.Argument(behind), ref block.Slope(behind), ref sum))
            return default;
        return new Value(this, block.AppendMany(Operation.Dot, sum, 2 * a.Length + (bias.Tape is null ? 0 : 1), Arrangement.TwoRuns));
    }

    /// <summary>A product of a run of neighbours and numbers; no value if there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    Value TryDotRun(Block block, ReadOnlySpan<Value> a, ReadOnlySpan<double> b, Value bias)
    {
        if (a.Length < LeastRun)
            return default;
        ref double x = ref FindRun(block, a, out int i);
        if (i < 0)
            return default;
        int position = block.ArgumentCount,
            behind = position + a.Length;
        double sum = Product(ref x, ref MemoryMarshal.GetReference(b), b.Length);
        block.WriteRun(position, i, b);
        if (!TryAddBias(block, bias, ref block.Argument(behind), ref block.Slope(behind), ref sum))
            return default;
        return bias.Tape is null
            ? new Value(this, block.AppendMany(Notes.Linear, sum, a.Length, Arrangement.Run))
            : new Value(this, block.AppendMany(Notes.Linear, sum, a.Length + 1, Arrangement.RunAndOne));
    }

    /// <summary>x[0]*y[0] + x[1]*y[1] + ..., in this order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double Product(ref double x, ref double y, int length)
    {
        double sum = 0;
        for (int i = 0; i < length; i++)
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        return sum;
    }

    /// <summary>The numbers of values that are neighbours, and where they or their aliases stand in the open segment: -1 if they are no run.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    ref double FindRun(Block block, ReadOnlySpan<Value> values, out int index)
    {
        if (!AreNeighbours(values))
        {
            index = -1;
            return ref Unsafe.NullRef<double>();
        }
        index = FindPlace(block, values);
        return ref values[0].Number;
    }

    /// <summary>Whether each value stands behind the one before it, on one tape.</summary>
    internal static bool AreNeighbours(ReadOnlySpan<Value> values)
    {
        var first = values[0];
        for (int i = 1; i < values.Length; i++)
            if (!ReferenceEquals(values[i].Tape, first.Tape) || values[i].Index != first.Index + i)
                return false;
        return true;
    }

    /// <summary>Where neighbours or their aliases stand in the open segment; -1 if they are no run there, or cannot be imported.</summary>
    int FindPlace(Block block, ReadOnlySpan<Value> values)
    {
        var first = values[0];
        var source = first.Block;
        return ReferenceEquals(source, block) && first.Index >= block.Start ? first.Index : FindAliases(block, source, values);
    }

    /// <summary>Where the aliases of a run begin; -1 if they are no run, or cannot be imported here.</summary>
    int FindAliases(Block block, Block source, ReadOnlySpan<Value> values)
    {
        int index = values[0].Index;
        if (source.Alias(index) - block.Key >= Block.NoAlias)
            foreach (var value in values)
                if (Find(block, value) < 0)
                    return -1;
        ulong first = source.Alias(index);
        for (int k = 1; k < values.Length; k++)
            if (source.Alias(index + k) != first + (ulong)k)
                return -1;
        ulong alias = first - block.Key;
        return alias + (ulong)values.Length <= Block.NoAlias ? (int)alias : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool TryAddBias(Block block, Value bias, ref ushort argument, ref double slope, ref double sum)
    {
        if (bias.Tape is null)
            return true;
        int i = Find(block, bias);
        if (i < 0)
            return false;
        sum += bias.Number;
        argument = (ushort)i;
        slope = 1;
        return true;
    }

    static Value SumObserved(ReadOnlySpan<Value> values)
    {
        using var pause = new Observer.Pause();
        var result = Sum(values);
        double[] numbers = [.. values.ToArray().Select(value => value.Number)],
            slopes = [.. Enumerable.Repeat(1.0, values.Length)];
        pause.Recorded(new(Operation.Sum, null, values, numbers, slopes, result));
        return result;
    }

    /// <summary>The factors b are values, or numbers where there are no values.</summary>
    static Value DotObserved(ReadOnlySpan<Value> a, ReadOnlySpan<Value> b, ReadOnlySpan<double> constants, Value bias)
    {
        using var pause = new Observer.Pause();
        bool constant = b.IsEmpty;
        var result = constant ? Dot(a, constants, bias) : Dot(a, b, bias);
        var arguments = new List<Value>();
        var numbers = new List<double>();
        var slopes = new List<double>();
        for (int i = 0; i < a.Length; i++)
        {
            double left = a[i].Number,
                right = constant ? constants[i] : b[i].Number;
            arguments.AddRange(a[i], constant ? default : b[i]);
            numbers.AddRange(left, right);
            slopes.AddRange(right, constant ? 0 : left);
        }
        if (bias.Tape is not null)
        {
            arguments.Add(bias);
            numbers.Add(bias.Number);
            slopes.Add(1);
        }
        pause.Recorded(
            new(
                Operation.Dot,
                null,
                CollectionsMarshal.AsSpan(arguments),
                CollectionsMarshal.AsSpan(numbers),
                CollectionsMarshal.AsSpan(slopes),
                result
            )
        );
        return result;
    }

    static Value InParts(ReadOnlySpan<Value> values, Func<ReadOnlySpan<Value>, Value> join)
    {
        var parts = new Value[(values.Length + MostArguments - 1) / MostArguments];
        for (int part = 0; part < parts.Length; part++)
        {
            int first = part * MostArguments;
            parts[part] = join(values[first..Math.Min(first + MostArguments, values.Length)]);
        }
        return join(parts);
    }

    const int PairsPerPart = MostArguments / 2;

    static Value DotInParts(ReadOnlySpan<Value> a, ReadOnlySpan<Value> b, Value bias)
    {
        var parts = PartsWithBias(a.Length, bias);
        for (int first = 0; first < a.Length; first += PairsPerPart)
        {
            var range = first..Math.Min(first + PairsPerPart, a.Length);
            parts[first / PairsPerPart] = Dot(a[range], b[range], default);
        }
        return Sum(parts);
    }

    static Value DotInParts(ReadOnlySpan<Value> a, ReadOnlySpan<double> b, Value bias)
    {
        var parts = PartsWithBias(a.Length, bias);
        for (int first = 0; first < a.Length; first += PairsPerPart)
        {
            var range = first..Math.Min(first + PairsPerPart, a.Length);
            parts[first / PairsPerPart] = Dot(a[range], b[range], default);
        }
        return Sum(parts);
    }

    static Value[] PartsWithBias(int pairs, Value bias)
    {
        int count = (pairs + PairsPerPart - 1) / PairsPerPart;
        if (bias.Tape is null)
            return new Value[count];
        var parts = new Value[count + 1];
        parts[count] = bias;
        return parts;
    }

    [DoesNotReturn]
    static void ThrowLengths(int a, int b) => throw new ArgumentException($"The lengths differ: a has {a} elements, b has {b}.", "b");
}
