namespace Zautograd;

/// <summary>Objects to be used again; holds them, and allocates nothing.</summary>
internal sealed class Pool<T>(int capacity)
    where T : class
{
    readonly T?[] items = new T?[capacity];
    int count;
    SpinLock spin = new(enableThreadOwnerTracking: false);

    internal int Count => Volatile.Read(ref count);

    internal bool TryPush(T item, int most)
    {
        bool taken = false;
        spin.Enter(ref taken);
        bool fits = count < Math.Min(most, items.Length);
        if (fits)
            items[count++] = item;
        spin.Exit();
        return fits;
    }

    internal T? TryPop()
    {
        if (Volatile.Read(ref count) == 0)
            return null;
        bool taken = false;
        spin.Enter(ref taken);
        T? item = null;
        if (count > 0)
        {
            item = items[--count];
            items[count] = null;
        }
        spin.Exit();
        return item;
    }
}
