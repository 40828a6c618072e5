using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Zautograd.Nn;
using Numbers = System.Runtime.Intrinsics.Vector512<double>;

namespace Zautograd.Benchmarks;

/// <summary>The moons step with its derivative worked out and vectorised by hand, eight samples at a time: what a plan is measured against.</summary>
sealed class MoonsBySimd(double[] parameters, Dataset data, double rate, double penalty)
{
    const int Lanes = 8;
    static readonly int[] Sizes = [2, 16, 16, 1];
    readonly Numbers[] gradient = new Numbers[parameters.Length];
    readonly Numbers[][] outputs = [.. Sizes.Select(size => new Numbers[size])];
    readonly Numbers[][] adjoints = [.. Sizes.Select(size => new Numbers[size])];

    // sample by sample in vectors: first inputs, second inputs, labels; what is left of the last vector has the label 0
    readonly Numbers[][] columns =
    [
        Column(data, i => data.Points[i][0]),
        Column(data, i => data.Points[i][1]),
        Column(data, i => data.Labels[i]),
    ];

    static Numbers[] Column(Dataset data, Func<int, double> number) =>
        [
            .. Enumerable
                .Range(0, (data.Count + Lanes - 1) / Lanes)
                .Select(v => Vector512.Create([.. Enumerable.Range(v * Lanes, Lanes).Select(i => i < data.Count ? number(i) : 0)])),
        ];

    public double Step()
    {
        Array.Clear(gradient);
        var losses = Numbers.Zero;
        for (var v = 0; v < columns[0].Length; v++)
        {
            outputs[0][0] = columns[0][v];
            outputs[0][1] = columns[1][v];
            for (var layer = 1; layer < Sizes.Length; layer++)
            {
                Forward(layer);
            }

            var label = columns[2][v];
            var margin = Numbers.One - label * outputs[^1][0];
            var counts = Vector512.GreaterThan(margin, Numbers.Zero) & ~Vector512.Equals(label, Numbers.Zero);
            losses += margin & counts;
            adjoints[^1][0] = -label / Vector512.Create((double)data.Count) & counts;
            for (var layer = Sizes.Length - 1; layer > 0; layer--)
            {
                Backward(layer);
            }
        }

        double squares = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            squares += parameters[i] * parameters[i];
            parameters[i] -= rate * (Vector512.Sum(gradient[i]) + 2 * penalty * parameters[i]);
        }

        return Vector512.Sum(losses) / data.Count + penalty * squares;
    }

    static int Start(int layer) => layer == 1 ? 0 : Start(layer - 1) + (Sizes[layer - 2] + 1) * Sizes[layer - 1];

    // four neurons in turn, so that no sum waits for itself
    void Forward(int layer)
    {
        var inputs = outputs[layer - 1];
        var results = outputs[layer];
        var step = inputs.Length + 1;
        ref var row = ref parameters[Start(layer)];
        var neuron = 0;
        for (; neuron + 4 <= results.Length; neuron += 4, row = ref Unsafe.Add(ref row, 4 * step))
        {
            Numbers a = Of(ref row, inputs.Length),
                b = Of(ref row, step + inputs.Length),
                c = Of(ref row, 2 * step + inputs.Length),
                d = Of(ref row, 3 * step + inputs.Length);
            for (var i = 0; i < inputs.Length; i++)
            {
                var x = inputs[i];
                a = Vector512.FusedMultiplyAdd(Of(ref row, i), x, a);
                b = Vector512.FusedMultiplyAdd(Of(ref row, step + i), x, b);
                c = Vector512.FusedMultiplyAdd(Of(ref row, 2 * step + i), x, c);
                d = Vector512.FusedMultiplyAdd(Of(ref row, 3 * step + i), x, d);
            }

            results[neuron] = Vector512.Max(a, Numbers.Zero);
            results[neuron + 1] = Vector512.Max(b, Numbers.Zero);
            results[neuron + 2] = Vector512.Max(c, Numbers.Zero);
            results[neuron + 3] = Vector512.Max(d, Numbers.Zero);
        }

        for (; neuron < results.Length; neuron++, row = ref Unsafe.Add(ref row, step))
        {
            var sum = Of(ref row, inputs.Length);
            for (var i = 0; i < inputs.Length; i++)
            {
                sum = Vector512.FusedMultiplyAdd(Of(ref row, i), inputs[i], sum);
            }

            results[neuron] = layer < Sizes.Length - 1 ? Vector512.Max(sum, Numbers.Zero) : sum;
        }
    }

    void Backward(int layer)
    {
        var inputs = outputs[layer - 1];
        var step = inputs.Length + 1;
        var above = adjoints[layer];
        if (layer < Sizes.Length - 1)
        {
            for (var neuron = 0; neuron < above.Length; neuron++)
            {
                above[neuron] &= Vector512.GreaterThan(outputs[layer][neuron], Numbers.Zero);
            }
        }

        ref var ofRow = ref gradient[Start(layer)];
        for (var neuron = 0; neuron < above.Length; neuron++, ofRow = ref Unsafe.Add(ref ofRow, step))
        {
            var adjoint = above[neuron];
            for (var i = 0; i < inputs.Length; i++)
            {
                ref var weight = ref Unsafe.Add(ref ofRow, i);
                weight = Vector512.FusedMultiplyAdd(adjoint, inputs[i], weight);
            }

            Unsafe.Add(ref ofRow, inputs.Length) += adjoint;
        }

        if (layer == 1)
        {
            return;
        }

        var below = adjoints[layer - 1];
        ref var row = ref parameters[Start(layer)];
        for (var i = 0; i < below.Length; i += 4)
        {
            Numbers a = Numbers.Zero,
                b = a,
                c = a,
                d = a;
            for (var neuron = 0; neuron < above.Length; neuron++)
            {
                var adjoint = above[neuron];
                a = Vector512.FusedMultiplyAdd(Of(ref row, neuron * step + i), adjoint, a);
                b = Vector512.FusedMultiplyAdd(Of(ref row, neuron * step + i + 1), adjoint, b);
                c = Vector512.FusedMultiplyAdd(Of(ref row, neuron * step + i + 2), adjoint, c);
                d = Vector512.FusedMultiplyAdd(Of(ref row, neuron * step + i + 3), adjoint, d);
            }

            below[i] = a;
            below[i + 1] = b;
            below[i + 2] = c;
            below[i + 3] = d;
        }
    }

    static Numbers Of(ref double row, int index) => Vector512.Create(Unsafe.Add(ref row, index));
}
