using System.Diagnostics;
using System.Globalization;

namespace Zautograd.Benchmarks.Peers;

/// <summary>One comparison: two ways to the same gradient.</summary>
/// <param name="Name">What is computed.</param>
/// <param name="Ours">How we compute it.</param>
/// <param name="Peer">How the peer does.</param>
/// <param name="Tolerance">How far the gradients may be apart, relative to the largest slope.</param>
sealed record Row(string Name, Side Ours, Side Peer, double Tolerance = 1e-9)
{
    const int Rounds = 15;
    const int WarmUp = 25; // rounds: .NET compiles again what has run for a while
    static readonly TimeSpan Round = TimeSpan.FromMilliseconds(40);

    /// <summary>Checks that both compute the same, then times them in turn, or ours alone where there is no peer; a line of the table.</summary>
    public string Measure()
    {
        var isThere = Peer.Skipped is null;
        if (isThere)
        {
            Check(Ours.Gradient(), Peer.Gradient());
        }

        var (ours, peer) = (new double[Rounds], new double[Rounds]);
        for (var round = -WarmUp; round < Rounds; round++)
        {
            ours[Math.Max(round, 0)] = Time(Ours);
            peer[Math.Max(round, 0)] = isThere ? Time(Peer) : double.NaN;
        }

        var ratios = ours.Zip(peer, (a, b) => b / a).Order().ToArray();
        Array.Sort(ours);
        Array.Sort(peer);
        if (!isThere)
        {
            return $"| {Name} | {Ours.Name} | {Text(ours[Rounds / 2])} | {Peer.Name} | skipped: {Peer.Skipped} | |";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {Ours.Name} | {Text(ours[Rounds / 2])} | {Peer.Name} | {Text(peer[Rounds / 2])} | {ratios[Rounds / 2]:0.00} ({ratios[2]:0.00} to {ratios[^3]:0.00}) |"
        );
    }

    void Check(double[] ours, double[] peer)
    {
        var most = peer.Max(Math.Abs);
        var worst = ours.Zip(peer, (a, b) => Math.Abs(a - b)).Max();
        if (ours.Length != peer.Length || !(worst <= Tolerance * most))
        {
            throw new InvalidOperationException($"{Name}: the gradients differ by {worst} where the largest slope is {most}");
        }
    }

    // microseconds
    static double Time(Side side)
    {
        var times = 0;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            side.Run();
            times++;
        } while (Stopwatch.GetElapsedTime(begin) < Round);

        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / (times * side.Steps);
    }

    static string Text(double microseconds) =>
        microseconds switch
        {
            < 1.0 => string.Create(CultureInfo.InvariantCulture, $"{microseconds * 1000.0:0} ns"),
            < 1000.0 => string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.0} us"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000.0:0.00} ms"),
        };
}

/// <summary>One way to a gradient.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Gradient">The gradient at the start, to be compared.</param>
/// <param name="Run">What is timed.</param>
/// <param name="Steps">How many steps one run does.</param>
sealed record Side(string Name, Func<double[]> Gradient, Action Run, int Steps = 1)
{
    /// <summary>Why it cannot run here.</summary>
    public string? Skipped { get; init; }
}
