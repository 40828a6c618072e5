using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zautograd.Plans;

/// <summary>A user's own rule, called sample by sample; the slopes are then added by vectors, as all others are.</summary>
internal sealed class CustomInstruction(OwnRule rule, Operand[] arguments, int result) : Instruction
{
    readonly bool isWanted = arguments.Any(argument => argument.Wanted);
    readonly bool isJoined = arguments is [var a, var b] && a.Offset == b.Offset; // as on the tape: see Instruction2
    readonly double[] point = new double[arguments.Length];
    readonly double[] slopesAtPoint = new double[arguments.Length];
    readonly double[] slopes = new double[arguments.Length * Layout.BlockSize]; // a row for each argument

    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int sample = 0; sample < frame.Samples; sample++)
            if ((frame.Failed >> sample & 1) == 0) // one that left the path would not have called the rule, which may have no value there
            {
                GoTo(ref values, sample);
                Unsafe.Add(ref values, result + sample) = rule.Call<double>(point);
            }
        Repeat(frame, MemoryMarshal.CreateSpan(ref Unsafe.Add(ref values, result), frame.Vectors * Lanes.Count));
    }

    internal override void Backward(Frame frame)
    {
        if (!isWanted)
            return;
        ref double values = ref frame.Values;
        ref double adjoints = ref frame.Adjoints;
        for (int sample = 0; sample < frame.Samples; sample++)
        {
            GoTo(ref values, sample);
            slopesAtPoint.AsSpan().Fill(0); // what the rule leaves out is 0, as on the tape
            rule.Slopes<double>(point, Unsafe.Add(ref values, result + sample), slopesAtPoint);
            if (isJoined)
                (slopesAtPoint[0], slopesAtPoint[1]) = (slopesAtPoint[0] + slopesAtPoint[1], 0);
            for (int i = 0; i < arguments.Length; i++)
                slopes[i * Layout.BlockSize + sample] = slopesAtPoint[i];
        }
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is not { Wanted: true } argument)
                continue;
            var row = slopes.AsSpan(i * Layout.BlockSize, frame.Vectors * Lanes.Count);
            Repeat(frame, row);
            for (int v = 0; v < frame.Vectors; v++)
            {
                var adjoint = Load(ref adjoints, result + v * Lanes.Count);
                var slope = Load(ref MemoryMarshal.GetReference(row), v * Lanes.Count);
                Add(ref adjoints, argument.Offset + v * argument.Step, slope, adjoint, strong: true, argument.IsFirst);
            }
        }
    }

    /// <summary>The arguments of one sample.</summary>
    void GoTo(ref double values, int sample)
    {
        for (int i = 0; i < arguments.Length; i++)
            point[i] = Unsafe.Add(ref values, arguments[i].At(sample));
    }

    /// <summary>What is left of the vectors repeats the last sample.</summary>
    static void Repeat(Frame frame, Span<double> row) => row[frame.Samples..].Fill(row[frame.Samples - 1]);
}
