using Zautograd.Nn;

namespace Zautograd.Benchmarks;

/// <summary>The moons step with its derivative worked out by hand: what the tape is measured against. Scalar code over arrays.</summary>
sealed class MoonsByHand(double[] parameters, Dataset data, double rate, double penalty)
{
    static readonly int[] Sizes = [2, 16, 16, 1];
    readonly double[] gradient = new double[parameters.Length];
    readonly double[][] outputs = [.. Sizes.Select(size => new double[size])];
    readonly double[][] adjoints = [.. Sizes.Select(size => new double[size])];

    public double Step()
    {
        Array.Clear(gradient);
        double loss = 0;
        for (var i = 0; i < data.Count; i++)
        {
            data.Points[i].AsSpan().CopyTo(outputs[0]);
            Forward();
            var margin = 1 - data.Labels[i] * outputs[^1][0];
            if (margin > 0)
            {
                loss += margin;
                adjoints[^1][0] = -data.Labels[i] / (double)data.Count;
                Backward();
            }
        }

        double squares = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            squares += parameters[i] * parameters[i];
            gradient[i] += 2 * penalty * parameters[i];
            parameters[i] -= rate * gradient[i];
        }

        return loss / data.Count + penalty * squares;
    }

    void Forward()
    {
        var next = 0;
        for (var layer = 1; layer < Sizes.Length; layer++)
        {
            var inputs = outputs[layer - 1];
            var results = outputs[layer];
            for (var neuron = 0; neuron < results.Length; neuron++)
            {
                double sum = 0;
                foreach (var input in inputs)
                {
                    sum += parameters[next++] * input;
                }

                sum += parameters[next++];
                results[neuron] = layer < Sizes.Length - 1 ? Math.Max(sum, 0) : sum;
            }
        }
    }

    void Backward()
    {
        var end = parameters.Length;
        for (var layer = Sizes.Length - 1; layer > 0; layer--)
        {
            var inputs = outputs[layer - 1];
            var results = outputs[layer];
            var below = adjoints[layer - 1];
            Array.Clear(below);
            for (var neuron = results.Length - 1; neuron >= 0; neuron--)
            {
                end -= inputs.Length + 1;
                var adjoint = layer < Sizes.Length - 1 && results[neuron] <= 0 ? 0 : adjoints[layer][neuron];
                if (adjoint == 0)
                {
                    continue;
                }

                for (var input = 0; input < inputs.Length; input++)
                {
                    gradient[end + input] += adjoint * inputs[input];
                    below[input] += adjoint * parameters[end + input];
                }

                gradient[end + inputs.Length] += adjoint;
            }
        }
    }
}
