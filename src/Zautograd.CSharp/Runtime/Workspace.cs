using System.ComponentModel;

namespace Zautograd.Runtime;

/// <summary>
/// Memory for the local arrays of one block of written code, which rents it where the block begins and gives it back at its end; each
/// thread keeps its own, so that a call in steady state allocates nothing.
/// </summary>
/// <example><code>
/// using var arrays = Zautograd.Runtime.Workspace&lt;double&gt;.Rent();
/// arrays.Zeros(3).Length + arrays.Zeros(2).Length   // -> 5
/// </code></example>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Workspace<T> : IDisposable
    where T : unmanaged
{
    const int ChunkLength = 1024;

    [ThreadStatic]
    static Workspace<T>? free;

    Workspace<T>? next;
    bool isRented;
    T[][] chunks = [new T[ChunkLength]];
    int chunk;
    int used; // of this chunk

    Workspace() { }

    /// <summary>Memory of this thread, until it is disposed of.</summary>
    /// <example><code>
    /// using var arrays = Zautograd.Runtime.Workspace&lt;double&gt;.Rent();
    /// arrays.Zeros(3)[1]   // -> 0
    /// </code></example>
    public static Workspace<T> Rent()
    {
        var workspace = free ?? new Workspace<T>();
        free = workspace.next;
        workspace.next = null;
        workspace.isRented = true;
        return workspace;
    }

    /// <summary>An array of this length, all zero or false, until the memory is given back.</summary>
    /// <example><code>
    /// using var arrays = Zautograd.Runtime.Workspace&lt;double&gt;.Rent();
    /// arrays.Zeros(3).Length   // -> 3
    /// </code></example>
    public Span<T> Zeros(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > chunks[chunk].Length - used)
            Open(length);
        var array = chunks[chunk].AsSpan(used, length);
        used += length;
        // not Clear: below 1,024 bytes it leaves the upper halves of vector registers in use (.NET 10), and on Intel's processors every call
        // into the C library, such as Math.Exp, costs some 150 ns more from there to the end of the method
        array.Fill(default);
        return array;
    }

    /// <summary>Leaves the memory to the next block on this thread.</summary>
    public void Dispose()
    {
        if (!isRented)
            return;
        isRented = false;
        chunk = used = 0;
        next = free;
        free = this;
    }

    // what comes behind is in nobody's use: too short, it is replaced
    void Open(int length)
    {
        chunk++;
        if (chunk == chunks.Length)
            Array.Resize(ref chunks, 2 * chunk);
        if (chunks[chunk] is not { } known || known.Length < length)
            chunks[chunk] = new T[Math.Max(length, ChunkLength)];
        used = 0;
    }
}
