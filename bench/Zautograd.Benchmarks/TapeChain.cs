using System.Diagnostics;

namespace Zautograd.Benchmarks;

/// <summary>A chain of 3,000,000 multiplications and additions on the tape, beside the same chain and its derivative written by hand.</summary>
sealed class TapeChain
{
    const int Operations = 3_000_000;
    readonly double[] values = new double[Operations / 2 + 1];

    static (double Value, double OfA, double OfB) Taped(int operations = Operations)
    {
        Value a = 0.999999, // so near 1 that no adjoint becomes subnormal, which processors handle slowly
            b = 0.002,
            y = 1;
        for (var i = 0; i < operations / 2; i++)
        {
            y = y * a + b;
        }

        y.Backward();
        return (y.Data, a.Grad, b.Grad);
    }

    (double Value, double OfA, double OfB) ByHand(int operations = Operations)
    {
        const double a = 0.999999,
            b = 0.002;
        double y = 1;
        for (var i = 0; i < operations / 2; i++)
        {
            values[i] = y;
            y = y * a + b;
        }

        double adjoint = 1,
            ofA = 0,
            ofB = 0;
        for (var i = operations / 2 - 1; i >= 0; i--)
        {
            ofB += adjoint;
            ofA += adjoint * values[i];
            adjoint *= a;
        }

        return (y, ofA, ofB);
    }

    public static void Quick()
    {
        var bench = new TapeChain();
        if (Taped() != bench.ByHand())
        {
            throw new InvalidOperationException($"{Taped()} on the tape, {bench.ByHand()} by hand");
        }

        // or what is timed is the loop that was compiled while it ran
        for (var round = 0; round < 200; round++)
        {
            Taped(1000);
            bench.ByHand(1000);
            Thread.Sleep(1);
        }

        List<double> tape = [],
            hand = [];
        for (var round = 0; round < 30; round++)
        {
            tape.Add(Measure(() => Taped()));
            hand.Add(Measure(() => bench.ByHand()));
        }

        tape = [.. tape.Skip(15).Order()];
        hand = [.. hand.Skip(15).Order()];
        Console.WriteLine(
            $"{Operations} operations in a chain: {tape[7]:F2} ns each on the tape (best {tape[0]:F2}, worst {tape[^1]:F2}); by hand {hand[7]:F2} ns"
        );
    }

    static double Measure(Action run)
    {
        var begin = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Operations;
    }
}
