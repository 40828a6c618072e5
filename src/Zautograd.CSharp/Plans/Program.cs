using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Zautograd.Plans;

/// <summary>One path through a function, as instructions over rows: first what no input touches, once a call, then the rest, once a block.</summary>
internal sealed class Program
{
    readonly List<Instruction> shared = [];
    readonly List<Instruction> perSample = [];
    readonly List<Instruction> swept = []; // those of them that a sweep goes through
    readonly List<int> emptied;
    readonly Frame frame;
    readonly List<(int Place, int Row, bool Wanted)> inputs = [];
    readonly List<(int Place, int Row, bool Wanted)> parameters = [];
    readonly Operand root;
    readonly int sharedLength;
    readonly int[] places = new int[Layout.BlockSize]; // where a block's samples begin

    internal Program(PlanGraph recorded, bool inputsWanted)
    {
        var layout = new Layout(Rolling.Roll(recorded), inputsWanted);
        (sharedLength, emptied) = (layout.SharedLength, layout.Emptied);
        frame = new Frame(layout.Length);
        root = layout.Operand(layout.Graph.Root);
        foreach (var (index, node) in layout.Live())
        {
            var operand = layout.Operand(index);
            switch (node.Kind)
            {
                case Kind.Number:
                    Fill(operand.Offset, node.Number);
                    break;
                case Kind.Input:
                    inputs.Add((node.Place, operand.Offset, operand.Wanted));
                    break;
                case Kind.Parameter:
                    parameters.Add((node.Place, operand.Offset, operand.Wanted));
                    break;
                default:
                    if (layout.InstructionFor(index) is not { } instruction)
                        break;
                    (layout.IsLane(index) ? perSample : shared).Add(instruction);
                    if (layout.IsLane(index) && layout.IsSwept(index))
                        swept.Add(instruction);
                    break;
            }
            foreach (var (guard, isLane) in layout.GuardsAfter(index))
                (isLane ? perSample : shared).Add(guard);
        }
    }

    /// <summary>Sets the parameters and computes what depends on nothing else; false where a comparison among them came out otherwise.</summary>
    internal bool Begin(ReadOnlySpan<double> numbers, Captured captured, bool strong)
    {
        foreach (var (place, row, _) in parameters)
            Fill(row, place < numbers.Length ? numbers[place] : captured[place - numbers.Length].Number);
        frame.ClearAdjoints(0, sharedLength);
        (frame.Vectors, frame.Samples, frame.Strong, frame.Failed) = (1, 1, strong, 0);
        foreach (var instruction in shared)
            instruction.Forward(frame);
        if (frame.Failed != 0)
            return false;
        foreach (var instruction in perSample)
            instruction.Prepare(frame);
        return true;
    }

    /// <summary>Computes the values of some samples; a bit for each that left the path.</summary>
    internal ulong Forward(ReadOnlySpan<double> numbers, int stride, ReadOnlySpan<int> samples)
    {
        Fill(numbers, stride, samples);
        ulong all = ulong.MaxValue >> (64 - samples.Length);
        frame.Failed = 0;
        foreach (var instruction in perSample)
        {
            instruction.Forward(frame);
            if ((~frame.Failed & all) == 0)
                return all;
        }
        return frame.Failed & all;
    }

    /// <summary>The value of one sample of the block.</summary>
    internal double Value(int sample) => Unsafe.Add(ref frame.Values, root.At(sample));

    /// <summary>The reverse sweep over the block, each sample's value weighing the same.</summary>
    internal void Backward(int samples, double weight)
    {
        if (root.Step == 0)
        {
            Unsafe.Add(ref frame.Adjoints, root.Offset) += samples * weight;
            return;
        }
        foreach (int row in emptied)
            frame.ClearAdjoints(row, Layout.BlockSize);
        for (int sample = 0; sample < samples; sample++)
            Unsafe.Add(ref frame.Adjoints, root.Offset + sample) = weight;
        for (int i = swept.Count - 1; i >= 0; i--)
            swept[i].Backward(frame);
    }

    /// <summary>The gradient of each sample of the block by its inputs, which goes where its inputs stand.</summary>
    internal void InputsGradient(ReadOnlySpan<int> samples, int stride, Span<double> gradient)
    {
        foreach (var (place, row, wanted) in inputs)
            if (wanted)
                for (int sample = 0; sample < samples.Length; sample++)
                    gradient[samples[sample] * stride + place] = Unsafe.Add(ref frame.Adjoints, row + sample);
    }

    /// <summary>The rest of the sweep, after all blocks; adds to the parameters' gradient.</summary>
    internal void End(Span<double> gradient)
    {
        (frame.Vectors, frame.Samples) = (1, 1);
        for (int i = shared.Count - 1; i >= 0; i--)
            shared[i].Backward(frame);
        foreach (var (place, row, wanted) in parameters)
            if (wanted)
                gradient[place] += Vector512.Sum(Vector512.LoadUnsafe(ref Unsafe.Add(ref frame.Adjoints, row)));
    }

    void Fill(int row, double number) => Vector512.StoreUnsafe(Lanes.Of(number), ref Unsafe.Add(ref frame.Values, row));

    // What is left of the last vectors repeats the last sample, so that no number there is one the function never sees; its seed is 0.
    void Fill(ReadOnlySpan<double> numbers, int stride, ReadOnlySpan<int> samples)
    {
        frame.Samples = samples.Length;
        frame.Vectors = (samples.Length + 2 * Lanes.Count - 1) / (2 * Lanes.Count) * 2;
        var starts = places.AsSpan(0, frame.Vectors * Lanes.Count);
        for (int sample = 0; sample < starts.Length; sample++)
            starts[sample] = samples[Math.Min(sample, samples.Length - 1)] * stride;
        foreach (var (place, row, _) in inputs)
        {
            ref double numbersOfRow = ref Unsafe.Add(ref frame.Values, row);
            for (int sample = 0; sample < starts.Length; sample++)
                Unsafe.Add(ref numbersOfRow, sample) = numbers[starts[sample] + place];
        }
    }
}
