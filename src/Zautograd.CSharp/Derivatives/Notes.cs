using System.Runtime.InteropServices;

namespace Zautograd;

/// <summary>What second derivatives must know of a thread's records beyond what stands on the tape: plain numbers among the arguments, and rules.</summary>
/// <remarks>
/// The tape says of each record what was computed, as far as its arguments and slopes do not: of a product with a number, which is linear, only
/// that. Where that is not enough a note is taken while somebody wants it; where none was, the operation is unknown, and refused.
/// </remarks>
internal sealed class Notes
{
    /// <summary>Whose slopes are numbers that depend on nothing.</summary>
    internal const Operation Linear = Operation.Sum;

    /// <summary>The bit of an operation that has a note.</summary>
    internal const Operation Noted = (Operation)0x80;
    internal const Operation Unknown = (Operation)0x7F;

    /// <summary>The last of those, from Add on, that are linear in one argument where the other is a number.</summary>
    internal const Operation LinearInFirst = Operation.Div,
        LinearInSecond = Operation.Mul;

    /// <summary>All arguments: whether each is a value, and its number.</summary>
    internal readonly record struct Note(ulong Key, Operation Operation, OwnRule? Rule, int First, int Count);

    [ThreadStatic]
    static Notes? ofThread;

    static int taking; // of all threads
    readonly List<Note> notes = []; // in the order of their keys
    readonly List<(bool IsValue, double Number)> arguments = [];
    readonly Touches touches = new();

    /// <summary>Whether this thread takes any.</summary>
    internal static bool AreTaken => taking != 0 && ofThread is not null;

    /// <summary>Whether a record with a number among its arguments may need one: then it goes the slow way.</summary>
    internal static bool AreWanted(Operation operation, Operation last) => !IsLinear(operation, last) && taking != 0;

    static bool IsLinear(Operation operation, Operation last) => operation >= Operation.Add && operation <= last;

    /// <summary>An operation with a number among its arguments, as the tape has it without a note.</summary>
    internal static Operation WithNumber(Operation operation, Operation last) => IsLinear(operation, last) ? Linear : Unknown;

    /// <summary>The same, with a note if this thread takes any.</summary>
    internal static Operation CodeWithNumber(Operation operation, Operation last) =>
        IsLinear(operation, last) ? Linear
        : AreTaken ? operation | Noted
        : Unknown;

    /// <summary>An operation of any arguments, as the tape has it.</summary>
    internal static Operation CodeOf(Operation operation, ReadOnlySpan<Value> arguments)
    {
        if (AreTaken)
            return operation | Noted;
        return arguments switch
        {
            [{ Tape: not null }, { Tape: null }] => WithNumber(operation, LinearInFirst),
            [{ Tape: null }, { Tape: not null }] => WithNumber(operation, LinearInSecond),
            _ => operation == Operation.Custom || HasNumber(arguments) ? Unknown : operation,
        };
    }

    static bool HasNumber(ReadOnlySpan<Value> arguments)
    {
        foreach (var argument in arguments)
            if (argument.Tape is null)
                return true;
        return false;
    }

    /// <summary>Until <see cref="End"/> this thread takes notes, beside those of a derivative around this one.</summary>
    internal static Notes Begin(out Notes? outer)
    {
        outer = ofThread;
        Interlocked.Increment(ref taking);
        Observer.StartNoting();
        return ofThread = new();
    }

    internal static void End(Notes? outer)
    {
        Observer.StopNoting();
        Interlocked.Decrement(ref taking);
        ofThread = outer;
    }

    /// <summary>Data of a value is about to be handed out.</summary>
    internal static void Touched(Value value) => ofThread?.touches.Add(value);

    /// <summary>Refuses a function that has set Data of what depends on its variables.</summary>
    internal void CheckTouched(Predicate<Value> depends) => touches.Check(depends);

    internal static Value Added(Value result, Operation operation, Value second, double a, double b)
    {
        if (result.Block.Operation(result.Index) >= Noted)
            ofThread!.Add(result, operation, null, [(second.Tape is null, a), (second.Tape is not null, b)]);
        return result;
    }

    internal static void Add(Value result, Operation operation, object? rule, ReadOnlySpan<Value> values, ReadOnlySpan<double> numbers)
    {
        if (operation == Operation.Custom && rule is not OwnRule)
            throw new NotSupportedException(
                "This function calls an operation whose slopes are plain numbers: it has no second derivatives."
            );
        var all = new (bool, double)[values.Length];
        for (int i = 0; i < all.Length; i++)
            all[i] = (values[i].Tape is not null, numbers[i]);
        ofThread!.Add(result, operation, rule as OwnRule, all);
    }

    void Add(Value result, Operation operation, OwnRule? rule, ReadOnlySpan<(bool IsValue, double Number)> all)
    {
        ulong key = result.Block.Key | (uint)result.Index;
        notes.Add(new(key, operation, rule, arguments.Count, all.Length));
        arguments.AddRange(all);
    }

    /// <summary>What was noted of a record; false if another derivative took the note.</summary>
    internal bool TryFind(ulong key, out Note note)
    {
        var all = CollectionsMarshal.AsSpan(notes);
        int low = 0,
            high = all.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            note = all[middle];
            if (note.Key == key)
                return true;
            if (note.Key < key)
                low = middle + 1;
            else
                high = middle - 1;
        }
        note = default;
        return false;
    }

    internal ReadOnlySpan<(bool IsValue, double Number)> ArgumentsOf(Note note) =>
        CollectionsMarshal.AsSpan(arguments).Slice(note.First, note.Count);

    internal static NotSupportedException Refusal() =>
        new(
            "This function uses a result of another derivative, of an observer or of another thread, of whose operations only the slopes are known: "
                + "compute it within the function, on its own thread."
        );
}
