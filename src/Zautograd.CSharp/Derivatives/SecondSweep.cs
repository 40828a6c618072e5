using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>
/// A Hessian times a direction, on the tape itself: once up the records for the tangents of numbers and slopes, and once down for adjoints and
/// their tangents.
/// </summary>
/// <remarks>
/// The tape knows the slopes and of what operation they are; up the records each operation says how its slopes change (sums and products, that is
/// most of them, at once; the others by their row of the table, at duals). Down, no operation is known. Zero is strong, as everywhere.
/// </remarks>
internal sealed class SecondSweep
{
    /// <summary>What belongs to a record here.</summary>
    struct Row
    {
        internal double Tangent,
            Adjoint,
            AdjointTangent,
            ChangeA, // of the slopes
            ChangeB;
    }

    /// <summary>A segment that the result depends on.</summary>
    sealed class Part
    {
        internal Block Block = null!;
        internal int Segment,
            Start,
            Top, // the last record that counts
            FirstChange; // position of the first list
        internal Row[] Rows = [];
        internal double[] Changes = []; // of the slopes in lists
        internal readonly byte[] Marks = new byte[Block.Records]; // of what is reached; all 0 between two uses

        internal ref Row this[int index] => ref Rows[index - Start];
    }

    /// <summary>The change of a slope that nobody can tell: refused where it counts.</summary>
    static readonly double Unknown = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0002_0D0F);

    [ThreadStatic]
    static SecondSweep? spare;

    readonly Dictionary<long, Part> parts = []; // by the numbers of their segments
    readonly List<Part> order = []; // newest first
    readonly PriorityQueue<Part, long> waiting = new();
    readonly Stack<Part> unused = new();
    long first; // segments with lower numbers are constants

    internal static double[] HessianVector(Func<Value[], Value> f, double[] x, double[] direction)
    {
        var sweep = spare ?? new();
        spare = null;
        var notes = Notes.Begin(out var outer);
        var product = new double[x.Length];
        Value y;
        try
        {
            using (new Observer.Pause())
                sweep.first = Tape.BeginStep();
            var leaves = Array.ConvertAll(x, number => new Value(number));
            y = f([.. leaves]); // what it writes there is its own affair
            _ = y.Block;
            sweep.Gather(y);
            notes.CheckTouched(value => sweep.IsOnTheWay(value) && (!value.Block.IsLeaf(value.Index) || leaves.Contains(value)));
            if (sweep.order.Count > 0)
                sweep.Run(notes, leaves, direction, y, product);
            GC.KeepAlive(leaves);
        }
        finally
        {
            Notes.End(outer);
        }
        GC.KeepAlive(y.Tape); // it holds what the imports lead to
        Tape.LeaveLargeStep();
        sweep.Clear();
        return product;
    }

    void Gather(Value y)
    {
        Reach(y.Block, y.Block.SegmentOf(y.Index), y.Index);
        while (waiting.TryDequeue(out var part, out _))
        {
            order.Add(part);
            for (int index = part.Top; index >= part.Start; index = Sweep.LastMark(part.Marks, index))
                part.Block.MarkArguments(index, part.Marks);
            var (import, end) = part.Block.ImportsOf(part.Segment);
            for (; import < end && part.Block.Imports[import].Alias <= part.Top; import++)
            {
                if (part.Marks[part.Block.Imports[import].Alias] == 0)
                    continue; // and maybe nobody holds what it stands for
                var (source, index) = (part.Block.Imports[import].Block, part.Block.Imports[import].Index);
                Reach(source, source.SegmentOf(index), index);
            }
        }
    }

    void Reach(Block block, int segment, int index)
    {
        long number = block.SegmentAt(segment).Number;
        if (number < first)
            return;
        ref var part = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, number, out bool isKnown);
        if (!isKnown)
        {
            part = unused.TryPop(out var old) ? old : new();
            part.Block = block;
            part.Segment = segment;
            part.Start = part.Top = block.SegmentAt(segment).Start;
            part.FirstChange = -1;
            waiting.Enqueue(part, -number);
        }
        part!.Top = Math.Max(part.Top, index);
        part.Marks[index] = 1;
    }

    void Run(Notes notes, Value[] leaves, double[] direction, Value y, double[] product)
    {
        foreach (var part in order)
        {
            int count = part.Top - part.Start + 1;
            if (part.Rows.Length < count)
                part.Rows = new Row[Math.Min(Block.Records, 2 * count)];
            part.Rows.AsSpan(0, count).Fill(default);
        }
        for (int i = 0; i < leaves.Length; i++)
            if (RowOf(leaves[i].Block, leaves[i].Index) is { Length: 1 } row)
                row[0].Tangent = direction[i];
        for (int i = order.Count - 1; i >= 0; i--)
            Rise(order[i], notes);
        RowOf(y.Block, y.Index)[0].Adjoint = 1;
        foreach (var part in order)
            Fall(part);
        for (int i = 0; i < leaves.Length; i++)
            if (RowOf(leaves[i].Block, leaves[i].Index) is { Length: 1 } row)
                product[i] = row[0].AdjointTangent;
    }

    bool IsOnTheWay(Value value) => parts.ContainsKey(value.Block.SegmentAt(value.Block.SegmentOf(value.Index)).Number);

    /// <summary>What belongs to a record; empty if the result does not depend on it.</summary>
    Span<Row> RowOf(Block block, int index) =>
        parts.TryGetValue(block.SegmentAt(block.SegmentOf(index)).Number, out var part) && index <= part.Top ? new(ref part[index]) : [];

    Span<Row> RowOf(Import import) => RowOf(import.Block, import.Index);

    /// <summary>Tangents, of numbers and of slopes.</summary>
    void Rise(Part part, Notes notes)
    {
        var block = part.Block;
        var (import, end) = block.ImportsOf(part.Segment);
        for (; import < end && block.Imports[import].Alias <= part.Top; import++)
            if (part.Marks[block.Imports[import].Alias] != 0 && RowOf(block.Imports[import]) is { Length: 1 } source)
                part[block.Imports[import].Alias].Tangent = source[0].Tangent;

        ref Row rows = ref MemoryMarshal.GetArrayDataReference(part.Rows);
        int start = part.Start;
        for (int index = part.Start; index <= part.Top; index++)
        {
            uint link = block.Link(index);
            ref Row row = ref Unsafe.Add(ref rows, index - start);
            var operation = block.Operation(index);
            if (Block.IsListed(link))
            {
                row.Tangent = RiseList(part, index, operation, notes);
                continue;
            }
            int i = Block.FirstOf(link),
                j = Block.SecondOf(link);
            if (i == index) // a leaf
                continue;
            double a = Unsafe.Add(ref rows, i - start).Tangent,
                b = Unsafe.Add(ref rows, j - start).Tangent; // of no second argument: 0, which nothing has changed so far
            switch (operation)
            {
                case Operation.Add or Operation.Sub or Operation.Neg or Notes.Linear:
                    break;
                case Operation.Mul when j != index:
                    (row.ChangeA, row.ChangeB) = (b, a);
                    break;
                case Operation.Mul:
                    row.ChangeA = 2 * a; // a square
                    break;
                default:
                    Change(part, index, i, j, ref row, notes);
                    break;
            }
            ref double slope = ref block.Slopes(index);
            double slopeB = Unsafe.Add(ref slope, 1),
                tangent = slope * a + slopeB * b;
            row.Tangent = double.IsFinite(tangent) ? tangent : Strong.Multiply(slope, a) + Strong.Multiply(slopeB, b);
        }
    }

    /// <summary>How the slopes of a record without a list change.</summary>
    static void Change(Part part, int index, int i, int j, ref Row row, Notes notes)
    {
        Span<ushort> arguments = [(ushort)i, (ushort)j];
        Span<double> changes = [0, 0];
        Change(part, index, arguments[..(j == index ? 1 : 2)], changes, notes);
        (row.ChangeA, row.ChangeB) = (changes[0], changes[1]);
    }

    /// <summary>How the slopes of any record change: by its row of the table, or its rule. Arguments that are one record share a slope.</summary>
    static void Change(Part part, int index, ReadOnlySpan<ushort> arguments, Span<double> changes, Notes notes)
    {
        var block = part.Block;
        bool isMoving = false;
        foreach (ushort argument in arguments)
            isMoving |= part[argument].Tangent != 0;
        if (!isMoving)
            return; // a constant, whoever computed it
        var operation = block.Operation(index);
        Notes.Note note = default;
        if (
            operation == Notes.Unknown
            || operation >= Notes.Noted && !notes.TryFind((ulong)block.SegmentAt(part.Segment).Number << 16 | (uint)index, out note)
        )
        {
            changes.Fill(Unknown);
            return;
        }
        Span<Dual<double>> x = stackalloc Dual<double>[3];
        int count = arguments.Length;
        if (operation < Notes.Noted)
        {
            if (count > x.Length)
                x = new Dual<double>[count];
            else
                x[1] = Number(part, arguments[0]); // twice the same, unless another one follows
            for (int k = 0; k < count; k++)
                x[k] = Number(part, arguments[k]);
        }
        else
        {
            operation = note.Operation;
            var all = notes.ArgumentsOf(note);
            count = all.Length;
            if (count > x.Length)
                x = new Dual<double>[count];
            for (int k = 0, next = 0; k < count; k++)
                x[k] = all[k].IsValue ? Number(part, arguments[Math.Min(next++, arguments.Length - 1)]) : new(all[k].Number);
        }

        Span<Dual<double>> slopes = count > 3 ? new Dual<double>[count] : stackalloc Dual<double>[3];
        Dual<double> y;
        switch (operation)
        {
            case Operation.LogSumExp:
                y = LogSumExp.Of<Dual<double>>(x[..count], slopes[..count]);
                break;
            case Operation.Custom:
                y = note.Rule!.Call<Dual<double>>(x[..count]);
                note.Rule.Slopes(x[..count], y, slopes[..count]);
                break;
            default:
                y = Slopes.Of(operation, x[0], x[1], x[2], out slopes[0], out slopes[1], out slopes[2]);
                break;
        }
        if (!IsSame(y.Value, block.Value(index)))
            throw new InvalidOperationException(
                $"Data of a value was set within the function, before or after {operation} used it: its second derivatives are not known. "
                    + "Compute with new values instead."
            );

        if (note.Count == 0)
        {
            for (int k = 0; k < arguments.Length; k++)
                changes[k] = slopes[k].Tangent;
            if (arguments.Length == 1 && operation is not (Operation.LogSumExp or Operation.Custom))
                changes[0] += slopes[1].Tangent;
            return;
        }
        var noted = notes.ArgumentsOf(note);
        for (int k = 0, next = 0; k < count; k++)
            if (noted[k].IsValue)
                changes[Math.Min(next++, arguments.Length - 1)] += slopes[k].Tangent;
    }

    /// <summary>Whether a number is what was computed before, but for its last digits.</summary>
    static bool IsSame(double now, double before) =>
        now.Equals(before) || Math.Abs(now - before) <= 1e-9 * Math.Max(Math.Abs(now), Math.Abs(before));

    static Dual<double> Number(Part part, int index) => new(part.Block.Value(index), part[index].Tangent);

    /// <summary>How the slopes in a record's list change; gives its tangent.</summary>
    static double RiseList(Part part, int index, Operation operation, Notes notes)
    {
        var block = part.Block;
        var (position, count, arrangement) = block.ListOf(index);
        if (part.FirstChange < 0)
            part.FirstChange = position;
        int firstChange = position - part.FirstChange;
        if (part.Changes.Length < firstChange + count)
            Array.Resize(ref part.Changes, 2 * (firstChange + count));
        var changes = part.Changes.AsSpan(firstChange, count);
        changes.Fill(0);
        var arguments = MemoryMarshal.CreateReadOnlySpan(ref block.Argument(position), count);
        if (operation == Operation.Dot)
        {
            int half = count / 2;
            for (int k = 0; k < 2 * half; k++) // the slope of a factor is the other one
            {
                int other =
                    arrangement != Arrangement.TwoRuns ? k ^ 1
                    : k < half ? k + half
                    : k - half;
                changes[k] = part[arguments[other]].Tangent;
            }
        }
        else if (operation != Notes.Linear && count > 0)
            Change(part, index, arguments, changes, notes);
        double tangent = 0;
        for (int k = 0; k < count; k++)
            tangent += Strong.Multiply(block.Slope(position + k), part[arguments[k]].Tangent);
        return tangent;
    }

    /// <summary>Adjoints and their tangents.</summary>
    void Fall(Part part)
    {
        var block = part.Block;
        ref Row rows = ref MemoryMarshal.GetArrayDataReference(part.Rows);
        int start = part.Start;
        for (int index = part.Top; index >= part.Start; index--)
        {
            ref Row row = ref Unsafe.Add(ref rows, index - start);
            double adjoint = row.Adjoint,
                tangent = row.AdjointTangent;
            if (adjoint == 0 && tangent == 0)
                continue;
            uint link = block.Link(index);
            if (Block.IsListed(link))
            {
                var (position, count, _) = block.ListOf(index);
                for (int k = 0; k < count; k++)
                    AddTo(
                        ref Unsafe.Add(ref rows, block.Argument(position + k) - start),
                        block.Slope(position + k),
                        part.Changes[position - part.FirstChange + k],
                        adjoint,
                        tangent
                    );
                continue;
            }
            ref double slope = ref block.Slopes(index);
            AddTo(ref Unsafe.Add(ref rows, Block.FirstOf(link) - start), slope, row.ChangeA, adjoint, tangent);
            AddTo(ref Unsafe.Add(ref rows, Block.SecondOf(link) - start), Unsafe.Add(ref slope, 1), row.ChangeB, adjoint, tangent);
        }

        var (import, end) = block.ImportsOf(part.Segment);
        for (; import < end && block.Imports[import].Alias <= part.Top; import++)
            if (part.Marks[block.Imports[import].Alias] != 0 && RowOf(block.Imports[import]) is { Length: 1 } source)
            {
                source[0].Adjoint += part[block.Imports[import].Alias].Adjoint;
                source[0].AdjointTangent += part[block.Imports[import].Alias].AdjointTangent;
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddTo(ref Row target, double slope, double change, double adjoint, double tangent)
    {
        double share = slope * adjoint,
            itsTangent = slope * tangent + change * adjoint;
        if (!double.IsFinite(share + itsTangent))
            (share, itsTangent) = Carefully(slope, change, adjoint, tangent);
        target.Adjoint += share;
        target.AdjointTangent += itsTangent;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static (double Share, double ItsTangent) Carefully(double slope, double change, double adjoint, double tangent) =>
        adjoint != 0 && BitConverter.DoubleToUInt64Bits(change) == BitConverter.DoubleToUInt64Bits(Unknown)
            ? throw Notes.Refusal()
            : (Strong.Multiply(slope, adjoint), Strong.Multiply(slope, tangent) + Strong.Multiply(change, adjoint));

    void Clear()
    {
        foreach (var part in order)
        {
            part.Block = null!;
            part.Marks.AsSpan(0, part.Top + 1).Fill(0);
            if (unused.Count < 2) // a thread that once needed much more does not keep it
                unused.Push(part);
        }
        order.Clear();
        parts.Clear();
        spare = this;
    }
}
