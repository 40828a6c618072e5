namespace Zautograd.GradBench;

/// <summary>A network with long short-term memory over a sequence; every layer works element by element.</summary>
static partial class Lstm
{
    sealed record Input(double[][] MainParams, double[][] ExtraParams, double[][] State, double[][] Sequence);

    static double Sigmoid(double x) => 1.0 / (1.0 + Math.Exp(-x));

    /// <summary>The loss: main[layers][8][width] are weights and biases of forget, in, out and change; extra[3][width]; state[layers][hidden, cell][width].</summary>
    [Differentiable]
    public static double Objective(
        ReadOnlySpan<double> main,
        ReadOnlySpan<double> extra,
        [Constant] ReadOnlySpan<double> state,
        [Constant] ReadOnlySpan<double> sequence,
        int layers,
        int width
    )
    {
        var rows = sequence.Length / width;
        double[] hidden = new double[layers * width],
            cell = new double[layers * width],
            x = new double[width];
        for (var i = 0; i < layers; i++)
        {
            for (var j = 0; j < width; j++)
            {
                hidden[i * width + j] = state[2 * i * width + j];
                cell[i * width + j] = state[(2 * i + 1) * width + j];
            }
        }

        var total = 0.0;
        for (var t = 0; t < rows - 1; t++)
        {
            for (var j = 0; j < width; j++)
                x[j] = sequence[t * width + j] * extra[j];
            for (var i = 0; i < layers; i++)
            {
                var w = main.Slice(8 * i * width, 4 * width);
                var bias = main.Slice((8 * i + 4) * width, 4 * width);
                for (var j = 0; j < width; j++)
                {
                    var at = i * width + j;
                    var forget = Sigmoid(x[j] * w[j] + bias[j]);
                    var ingate = Sigmoid(hidden[at] * w[width + j] + bias[width + j]);
                    var outgate = Sigmoid(x[j] * w[2 * width + j] + bias[2 * width + j]);
                    var change = Math.Tanh(hidden[at] * w[3 * width + j] + bias[3 * width + j]);
                    cell[at] = cell[at] * forget + ingate * change;
                    hidden[at] = outgate * Math.Tanh(cell[at]);
                    x[j] = hidden[at];
                }
            }

            var sum = 2.0;
            for (var j = 0; j < width; j++)
                sum += Math.Exp(x[j] * extra[width + j] + extra[2 * width + j]);
            var norm = Math.Log(sum);
            for (var j = 0; j < width; j++)
                total += sequence[(t + 1) * width + j] * (x[j] * extra[width + j] + extra[2 * width + j] - norm);
        }
        return -total / ((rows - 1) * width);
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "objective",
                (Input input) =>
                {
                    double[] main = Rows.Flat(input.MainParams),
                        extra = Rows.Flat(input.ExtraParams),
                        state = Rows.Flat(input.State),
                        sequence = Rows.Flat(input.Sequence);
                    var (layers, width) = (input.MainParams.Length / 2, input.ExtraParams[0].Length);
                    var result = 0.0;
                    return new(() => result = Objective(main, extra, state, sequence, layers, width), () => result);
                }
            },
            {
                "jacobian",
                (Input input) =>
                {
                    double[] main = Rows.Flat(input.MainParams),
                        extra = Rows.Flat(input.ExtraParams),
                        state = Rows.Flat(input.State),
                        sequence = Rows.Flat(input.Sequence);
                    var (layers, width) = (input.MainParams.Length / 2, input.ExtraParams[0].Length);
                    double[] mains = new double[main.Length],
                        extras = new double[extra.Length];
                    return new(
                        () => ObjectiveGradient(main, extra, state, sequence, layers, width, mains, extras),
                        () => (double[])[.. mains, .. extras]
                    );
                }
            },
        };
}
