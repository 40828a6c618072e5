using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Zautograd.Runtime;

/// <summary>
/// A stack for what a reverse sweep needs again. Written code rents one for each call and gives it back; each thread keeps its own,
/// with the memory they once grew to, so that a call in steady state allocates nothing.
/// </summary>
/// <example><code lang="csharp">
/// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
/// recorded.Push(2.0);
/// recorded.Push(3.0);
/// recorded.Pop() - recorded.Pop()   // -> 1
/// </code></example>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Recording<T> : IDisposable
    where T : unmanaged
{
    const int ChunkLength = 4096;

    [ThreadStatic]
    static Recording<T>? free;

    Recording<T>? next;
    bool isRented;
    T[][] chunks = [new T[ChunkLength]];
    T[] top;
    int chunk;
    int count; // in the top chunk

    Recording() => top = chunks[0];

    /// <summary>An empty stack of this thread, until it is disposed of.</summary>
    /// <example><code lang="csharp">
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Count   // -> 0
    /// </code></example>
    public static Recording<T> Rent()
    {
        var recording = free ?? new Recording<T>();
        free = recording.next;
        recording.next = null;
        recording.isRented = true;
        return recording;
    }

    /// <summary>How many items are on the stack.</summary>
    /// <example><code lang="csharp">
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Push(2.0);
    /// recorded.Count   // -> 1
    /// </code></example>
    public int Count => chunk * ChunkLength + count;

    /// <summary>Puts an item on top.</summary>
    /// <example><code lang="csharp">
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Push(2.0);
    /// recorded.Pop()   // -> 2
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(T item)
    {
        var items = top;
        int index = count;
        if ((uint)index >= (uint)items.Length)
        {
            PushToNext(item);
            return;
        }
        items[index] = item;
        count = index + 1;
    }

    /// <summary>Takes the item that was pushed last.</summary>
    /// <example><code lang="csharp">
    /// using var recorded = Zautograd.Runtime.Recording&lt;double&gt;.Rent();
    /// recorded.Push(2.0);
    /// recorded.Push(3.0);
    /// recorded.Pop()   // -> 3
    /// </code></example>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Pop()
    {
        var items = top;
        int index = count - 1;
        if ((uint)index >= (uint)items.Length)
            return PopFromPrevious();
        count = index;
        return items[index];
    }

    /// <summary>Empties the stack, also after an exception, and leaves it to the next call on this thread.</summary>
    public void Dispose()
    {
        if (!isRented)
            return;
        isRented = false;
        Show(0);
        count = 0;
        next = free;
        free = this;
    }

    void PushToNext(T item)
    {
        if (chunk + 1 == chunks.Length)
            Array.Resize(ref chunks, 2 * chunks.Length);
        chunks[chunk + 1] ??= new T[ChunkLength];
        Show(chunk + 1);
        top[0] = item;
        count = 1;
    }

    T PopFromPrevious()
    {
        if (chunk == 0)
            throw new InvalidOperationException("More is popped than was pushed.");
        Show(chunk - 1);
        count = ChunkLength - 1;
        return top[count];
    }

    void Show(int index)
    {
        chunk = index;
        top = chunks[index];
    }
}
