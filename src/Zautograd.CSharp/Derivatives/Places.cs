namespace Zautograd;

/// <summary>Where values stand in a row: each is known by its tape and its index there, and later ones stand on later tapes or at higher indices.</summary>
internal sealed class Places
{
    /// <summary>The places of the records of a tape from the first one on; -1 where a record has none.</summary>
    sealed class Part(Tape tape, int first, int[] at)
    {
        public readonly Tape Tape = tape;
        public readonly int First = first;
        public int[] At = at;
        public int Count;
    }

    readonly List<Part> parts = [];
    Part? last;
    int[] spare = new int[64];

    /// <summary>Nothing has a place.</summary>
    public void Clear()
    {
        if (last is not null)
            spare = parts[0].At;
        parts.Clear();
        last = null;
    }

    /// <summary>A value that was just made gets a place.</summary>
    public void Set(Value value, int place)
    {
        if (last is null || !ReferenceEquals(last.Tape, value.Tape))
            parts.Add(last = new Part(value.Tape!, value.Index, parts.Count == 0 ? spare : new int[64]));
        int at = value.Index - last.First;
        if (at >= last.At.Length)
            Array.Resize(ref last.At, 2 * at);
        while (last.Count < at)
            last.At[last.Count++] = -1; // made by somebody else
        last.At[at] = place;
        last.Count = at + 1;
    }

    /// <summary>The place of a value; -1 if it has none.</summary>
    public int Of(Value value)
    {
        if (last is not null && ReferenceEquals(last.Tape, value.Tape))
            return Of(last, value.Index);
        for (int i = parts.Count - 2; i >= 0; i--)
            if (ReferenceEquals(parts[i].Tape, value.Tape))
                return Of(parts[i], value.Index);
        return -1;
    }

    static int Of(Part part, int index)
    {
        int at = index - part.First;
        return (uint)at < (uint)part.Count ? part.At[at] : -1;
    }
}
