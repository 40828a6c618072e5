namespace Zautograd;

/// <summary>What <see cref="Checkpoint"/> found, and what it took.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Gradient">Its gradient with respect to the state at the start.</param>
/// <param name="Advances">How many steps were run without recording, to get from a snapshot to where the sweep was; each step ran once more to be recorded.</param>
/// <param name="Snapshots">How many states were stored at a time.</param>
/// <example><code>
/// // 20 steps with 3 snapshots: the least number of advances is 3*20 - (6 choose 4)
/// Checkpoint.Gradient((x, k) => [x[0].Sin()], x => x[0], [1.0], steps: 20, snapshots: 3).Advances   // -> 45
/// </code></example>
public sealed record CheckpointedGradient(double Value, double[] Gradient, long Advances, int Snapshots);
