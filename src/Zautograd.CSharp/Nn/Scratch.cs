using System.Buffers;

namespace Zautograd.Nn;

/// <summary>Room for some values for the length of one call, borrowed from the pool: nothing is allocated, no two threads share it.</summary>
readonly ref struct Scratch(int length)
{
    readonly Value[] rented = ArrayPool<Value>.Shared.Rent(length);

    internal Span<Value> Span => rented.AsSpan(0, length);

    // cleared: a value left behind in the pool would keep its tape alive
    public void Dispose()
    {
        Span.Clear();
        ArrayPool<Value>.Shared.Return(rented);
    }
}
