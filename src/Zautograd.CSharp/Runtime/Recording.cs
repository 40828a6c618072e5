using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Zautograd.Runtime;

/// <summary>
/// A stack for what a reverse sweep needs again. Written code rents one for each call and gives it back; each thread keeps the memory
/// that its stacks once grew to, so that a call in steady state allocates nothing. Room is asked for before loops, not at every push: a
/// call in a loop, even one that is never made, would keep its numbers out of the processor's registers.
/// </summary>
/// <example><code>
/// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
/// recorded.Reserve(2);
/// recorded.Push(2.0);
/// recorded.Push(3.0);
/// recorded.Pop() - recorded.Pop()   // -> 1
/// </code></example>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct Recording<T>
    where T : unmanaged
{
    readonly RecordingMemory<T> memory;
    T[] items;
    int count;

    Recording(RecordingMemory<T> memory)
    {
        this.memory = memory;
        items = memory.Items;
    }

    /// <summary>An empty stack of this thread, until it is disposed of.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Count   // -> 0
    /// </code></example>
    public static Recording<T> Rent() => new(RecordingMemory<T>.Take());

    /// <summary>How many items are on the stack.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Reserve(1);
    /// recorded.Push(2.0);
    /// recorded.Count   // -> 1
    /// </code></example>
    public readonly int Count => count;

    /// <summary>Makes room for so many items more.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Reserve(1);
    /// recorded.Push(2.0);
    /// recorded.Pop()   // -> 2
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reserve(long more)
    {
        if (items.Length - count < more)
            items = memory.Grow(count, more);
    }

    /// <summary>Makes room for what a counted loop pushes, so many items in each of its rounds.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Reserve(first: 0, last: 10, step: 5, each: 1);
    /// for (int i = 0; i &lt; 10; i += 5)
    ///     recorded.Push(i);
    /// recorded.Pop()   // -> 5
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reserve(int first, int last, int step, int each) => Reserve(((long)last - first + step - Math.Sign(step)) / step * each);

    /// <summary>Puts an item on top, where there is room.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Reserve(1);
    /// recorded.Push(2.0);
    /// recorded.Pop()   // -> 2
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(T item) => items[count++] = item;

    /// <summary>Takes the item that was pushed last.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Reserve(2);
    /// recorded.Push(2.0);
    /// recorded.Push(3.0);
    /// recorded.Pop()   // -> 3
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Pop() => items[--count];

    /// <summary>Puts an item from every lane on top, the first lane's first, where there is room.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Reserve(Zautograd.Runtime.Lanes.Count);
    /// recorded.Push(Zautograd.Runtime.Lanes.All(2.0));
    /// recorded.Pop()   // -> 2
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(Vector<T> lanes)
    {
        lanes.CopyTo(items, count);
        count += Vector<T>.Count;
    }

    /// <summary>Takes an item for every lane: what was pushed last is the last lane's.</summary>
    /// <example><code>
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Reserve(Zautograd.Runtime.Lanes.Count);
    /// recorded.Push(Zautograd.Runtime.Lanes.All(2.0));
    /// recorded.PopLanes()[0]   // -> 2
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> PopLanes() => new(items, count -= Vector<T>.Count);

    /// <summary>Leaves the memory to the next call on this thread, also after an exception. To be called once, as `using` does.</summary>
    /// <example><code>
    /// var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Dispose();
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Dispose() => RecordingMemory<T>.Return(memory);
}

/// <summary>What the stacks of a thread are made of; those not in use are a list.</summary>
internal sealed class RecordingMemory<T>
{
    const int FirstLength = 1024;

    [ThreadStatic]
    static RecordingMemory<T>? free;

    RecordingMemory<T>? next;

    public T[] Items { get; private set; } = new T[FirstLength];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static RecordingMemory<T> Take()
    {
        var memory = free ?? new RecordingMemory<T>();
        free = memory.next;
        memory.next = null;
        return memory;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Return(RecordingMemory<T> memory)
    {
        memory.next = free;
        free = memory;
    }

    /// <summary>At least twice what there was, so that it grows a few times only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public T[] Grow(int count, long more)
    {
        long needed = count + more;
        if (needed > Array.MaxLength)
            throw new InsufficientMemoryException(
                $"The reverse sweep would have to record {needed} values at once, but an array has room for {Array.MaxLength}: cut the loop that makes them into parts."
            );
        var longer = new T[Math.Max(needed, Math.Min(2L * Items.Length, Array.MaxLength))];
        Array.Copy(Items, longer, count);
        return Items = longer;
    }
}
