using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Numbers = System.Runtime.Intrinsics.Vector512<double>;

namespace Zautograd.Plans;

/// <summary>Dot products of the same samples' numbers with weights that all samples share: a matrix times a block of samples.</summary>
/// <remarks>Four rows and two vectors at a time stay in registers. Blocks have an even number of vectors for that reason.</remarks>
internal sealed class LayerInstruction : Instruction
{
    readonly int[] inputs; // rows
    readonly int[] outputs;
    readonly int[] weights; // rows: for each output one for each input
    readonly int[] biases; // rows; -1 where there is none
    readonly bool inputsWanted;
    readonly bool weightsWanted;
    readonly double[] weight;
    readonly double[] bias;

    /// <summary>No input twice; for each output a weight for each input and then, perhaps, the bias.</summary>
    internal LayerInstruction(Operand[] inputs, Operand[][] weights, int[] outputs)
    {
        int count = inputs.Length;
        this.outputs = outputs;
        this.inputs = [.. inputs.Select(input => input.Offset)];
        this.weights = [.. weights.SelectMany(row => row.Take(count)).Select(weight => weight.Offset)];
        biases = [.. weights.Select(row => row.Length > count ? row[count].Offset : -1)];
        inputsWanted = inputs.Any(input => input.Wanted);
        weightsWanted = weights.Any(row => row.Any(weight => weight.Wanted));
        weight = new double[this.weights.Length];
        bias = new double[outputs.Length];
    }

    internal override void Prepare(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int i = 0; i < weight.Length; i++)
            weight[i] = Unsafe.Add(ref values, weights[i]);
        for (int i = 0; i < bias.Length; i++)
            bias[i] = biases[i] < 0 ? 0 : Unsafe.Add(ref values, biases[i]);
    }

    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int v = 0; v < frame.Vectors; v++)
        for (int i = 0; i < outputs.Length; i++)
            Store(Lanes.Of(bias[i]), ref values, outputs[i] + v * Lanes.Count);
        AddProducts(ref values, outputs, inputs, inputs.Length, 1, frame.Vectors);
    }

    internal override void Backward(Frame frame)
    {
        ref double values = ref frame.Values;
        ref double adjoints = ref frame.Adjoints;
        if (frame.Strong)
        {
            BackwardStrong(ref values, ref adjoints, frame.Vectors);
            return;
        }
        if (inputsWanted)
            AddProducts(ref adjoints, inputs, outputs, 1, inputs.Length, frame.Vectors);
        if (weightsWanted)
            AddOuterProducts(ref values, ref adjoints, frame.Vectors);
    }

    /// <summary>into[i] += the sum over k of weight[i*step + k*stride] times from[k]: the matrix forward, its transpose backward.</summary>
    void AddProducts(ref double rows, int[] into, int[] from, int step, int stride, int vectors)
    {
        ref double matrix = ref MemoryMarshal.GetArrayDataReference(weight);
        for (int v = 0; v < vectors * Lanes.Count; v += 2 * Lanes.Count)
        {
            ref double block = ref Unsafe.Add(ref rows, v);
            int i = 0;
            for (; i + 4 <= into.Length; i += 4)
                AddFour(ref block, into.AsSpan(i, 4), from, ref Unsafe.Add(ref matrix, i * step), step, stride);
            for (; i < into.Length; i++)
                AddOne(ref block, into[i], from, ref Unsafe.Add(ref matrix, i * step), stride);
        }
    }

    static void AddFour(ref double rows, ReadOnlySpan<int> into, int[] from, ref double matrix, int step, int stride)
    {
        const int next = Lanes.Count;
        Numbers a0 = Load(ref rows, into[0]),
            a1 = Load(ref rows, into[0] + next),
            b0 = Load(ref rows, into[1]),
            b1 = Load(ref rows, into[1] + next),
            c0 = Load(ref rows, into[2]),
            c1 = Load(ref rows, into[2] + next),
            d0 = Load(ref rows, into[3]),
            d1 = Load(ref rows, into[3] + next);
        foreach (int source in from)
        {
            Numbers x0 = Load(ref rows, source),
                x1 = Load(ref rows, source + next),
                w = Lanes.Of(matrix);
            a0 = Vector512.FusedMultiplyAdd(w, x0, a0);
            a1 = Vector512.FusedMultiplyAdd(w, x1, a1);
            w = Lanes.Of(Unsafe.Add(ref matrix, step));
            b0 = Vector512.FusedMultiplyAdd(w, x0, b0);
            b1 = Vector512.FusedMultiplyAdd(w, x1, b1);
            w = Lanes.Of(Unsafe.Add(ref matrix, 2 * step));
            c0 = Vector512.FusedMultiplyAdd(w, x0, c0);
            c1 = Vector512.FusedMultiplyAdd(w, x1, c1);
            w = Lanes.Of(Unsafe.Add(ref matrix, 3 * step));
            d0 = Vector512.FusedMultiplyAdd(w, x0, d0);
            d1 = Vector512.FusedMultiplyAdd(w, x1, d1);
            matrix = ref Unsafe.Add(ref matrix, stride);
        }
        Store(a0, ref rows, into[0]);
        Store(a1, ref rows, into[0] + next);
        Store(b0, ref rows, into[1]);
        Store(b1, ref rows, into[1] + next);
        Store(c0, ref rows, into[2]);
        Store(c1, ref rows, into[2] + next);
        Store(d0, ref rows, into[3]);
        Store(d1, ref rows, into[3] + next);
    }

    static void AddOne(ref double rows, int into, int[] from, ref double matrix, int stride)
    {
        Numbers a0 = Load(ref rows, into),
            a1 = Load(ref rows, into + Lanes.Count);
        foreach (int source in from)
        {
            var w = Lanes.Of(matrix);
            a0 = Vector512.FusedMultiplyAdd(w, Load(ref rows, source), a0);
            a1 = Vector512.FusedMultiplyAdd(w, Load(ref rows, source + Lanes.Count), a1);
            matrix = ref Unsafe.Add(ref matrix, stride);
        }
        Store(a0, ref rows, into);
        Store(a1, ref rows, into + Lanes.Count);
    }

    /// <summary>Each weight's adjoint gets, sample by sample, its output's adjoint times its input.</summary>
    void AddOuterProducts(ref double values, ref double adjoints, int vectors)
    {
        int count = inputs.Length;
        for (int i = 0; i < outputs.Length; i++)
            if (biases[i] >= 0)
                AddTo(ref adjoints, biases[i], SumOf(ref Unsafe.Add(ref adjoints, outputs[i]), vectors));
        int row = 0;
        for (; row + 4 <= outputs.Length; row += 4)
        for (int input = 0; input < count; input += 2)
            OuterFour(
                ref values,
                ref adjoints,
                outputs.AsSpan(row, 4),
                inputs[input],
                inputs[Math.Min(input + 1, count - 1)],
                weights.AsSpan(row * count + input),
                count,
                input + 1 < count,
                vectors
            );
        for (; row < outputs.Length; row++)
        for (int input = 0; input < count; input++)
        {
            var sum = Numbers.Zero;
            for (int v = 0; v < vectors * Lanes.Count; v += Lanes.Count)
                sum = Vector512.FusedMultiplyAdd(Load(ref adjoints, outputs[row] + v), Load(ref values, inputs[input] + v), sum);
            AddTo(ref adjoints, weights[row * count + input], sum);
        }
    }

    static void OuterFour(
        ref double values,
        ref double adjoints,
        ReadOnlySpan<int> outputs,
        int first,
        int second,
        ReadOnlySpan<int> weights,
        int count,
        bool both,
        int vectors
    )
    {
        int a = outputs[0],
            b = outputs[1],
            c = outputs[2],
            d = outputs[3];
        Numbers a0 = Numbers.Zero,
            a1 = Numbers.Zero,
            b0 = Numbers.Zero,
            b1 = Numbers.Zero,
            c0 = Numbers.Zero,
            c1 = Numbers.Zero,
            d0 = Numbers.Zero,
            d1 = Numbers.Zero;
        for (int v = 0; v < vectors * Lanes.Count; v += Lanes.Count)
        {
            Numbers x0 = Load(ref values, first + v),
                x1 = Load(ref values, second + v),
                adjoint = Load(ref adjoints, a + v);
            a0 = Vector512.FusedMultiplyAdd(adjoint, x0, a0);
            a1 = Vector512.FusedMultiplyAdd(adjoint, x1, a1);
            adjoint = Load(ref adjoints, b + v);
            b0 = Vector512.FusedMultiplyAdd(adjoint, x0, b0);
            b1 = Vector512.FusedMultiplyAdd(adjoint, x1, b1);
            adjoint = Load(ref adjoints, c + v);
            c0 = Vector512.FusedMultiplyAdd(adjoint, x0, c0);
            c1 = Vector512.FusedMultiplyAdd(adjoint, x1, c1);
            adjoint = Load(ref adjoints, d + v);
            d0 = Vector512.FusedMultiplyAdd(adjoint, x0, d0);
            d1 = Vector512.FusedMultiplyAdd(adjoint, x1, d1);
        }
        AddTo(ref adjoints, weights[0], a0);
        AddTo(ref adjoints, weights[count], b0);
        AddTo(ref adjoints, weights[2 * count], c0);
        AddTo(ref adjoints, weights[3 * count], d0);
        if (!both)
            return;
        AddTo(ref adjoints, weights[1], a1);
        AddTo(ref adjoints, weights[count + 1], b1);
        AddTo(ref adjoints, weights[2 * count + 1], c1);
        AddTo(ref adjoints, weights[3 * count + 1], d1);
    }

    static Numbers SumOf(ref double row, int vectors)
    {
        var sum = Numbers.Zero;
        for (int v = 0; v < vectors; v++)
            sum += Load(ref row, v * Lanes.Count);
        return sum;
    }

    static void AddTo(ref double adjoints, int row, Numbers sum) => Store(Load(ref adjoints, row) + sum, ref adjoints, row);

    /// <summary>Product by product, where 0 wins over infinity: rare, so it need not be quick.</summary>
    void BackwardStrong(ref double values, ref double adjoints, int vectors)
    {
        for (int v = 0; v < vectors * Lanes.Count; v += Lanes.Count)
        for (int i = 0; i < outputs.Length; i++)
        {
            var adjoint = Load(ref adjoints, outputs[i] + v);
            if (biases[i] >= 0)
                AddTo(ref adjoints, biases[i], adjoint);
            for (int k = 0; k < inputs.Length; k++)
            {
                int place = i * inputs.Length + k;
                Add(ref adjoints, weights[place], Load(ref values, inputs[k] + v), adjoint, strong: true);
                Add(ref adjoints, inputs[k] + v, Lanes.Of(weight[place]), adjoint, strong: true);
            }
        }
    }
}
