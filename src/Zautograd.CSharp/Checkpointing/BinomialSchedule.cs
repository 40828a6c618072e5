namespace Zautograd;

/// <summary>
/// Where to take snapshots, so that a recurrence is run again as seldom as their number allows
/// (Griewank and Walther, "Algorithm 799: Revolve", 2000).
/// </summary>
internal static class BinomialSchedule
{
    /// <summary>How many steps s snapshots reach when none is run more than r times again: (s + r choose s), at most the largest long.</summary>
    internal static long Reach(int snapshots, int repetitions)
    {
        if (snapshots < 0 || repetitions < 0)
            return 0;
        UInt128 reach = 1;
        for (int i = 1; i <= Math.Min(snapshots, repetitions); i++)
        {
            reach = reach * (UInt128)(snapshots + repetitions - Math.Min(snapshots, repetitions) + i) / (UInt128)i;
            if (reach > long.MaxValue)
                return long.MaxValue;
        }
        return (long)reach;
    }

    /// <summary>How often a step must be run again at most.</summary>
    internal static int Repetitions(long steps, int snapshots)
    {
        int repetitions = 0;
        while (Reach(snapshots, repetitions) < steps)
            repetitions++;
        return repetitions;
    }

    /// <summary>The least number of steps run without recording: r*l - (s + r choose s + 1).</summary>
    internal static long Advances(long steps, int snapshots)
    {
        int repetitions = Repetitions(steps, snapshots);
        return repetitions * steps - Reach(snapshots + 1, repetitions - 1);
    }

    /// <summary>From a snapshot, with so many steps until the next: after how many of them to take another one.</summary>
    /// <param name="steps">At least 2.</param>
    /// <param name="snapshots">The one here and those that are free: at least 2.</param>
    internal static long Split(long steps, int snapshots)
    {
        int repetitions = Repetitions(steps, snapshots);
        return Math.Min(Reach(snapshots, repetitions - 1), steps - Reach(snapshots - 1, repetitions - 1));
    }
}
