namespace Zautograd;

/// <summary>What a thread keeps of the last derivative for the next one: a thread that once needed much more does not keep it.</summary>
static class Spare
{
    const int Most = 1 << 20,
        Always = 1 << 12;

    /// <summary>Whether memory of a length is kept where so much of it was needed last.</summary>
    internal static bool IsKept(int length, int needed) => length <= Always || length <= Most && length / 4 <= needed;
}
