using System.Runtime.CompilerServices;

namespace Zautograd.Benchmarks;

/// <summary>The values of the four programs as one writes them in C#, so that no ratio is flattered by a slow value.</summary>
static class ProgramsByHand
{
    public static double LogSumExp(ReadOnlySpan<double> x)
    {
        var top = x[0];
        foreach (var value in x)
        {
            top = Math.Max(top, value);
        }

        var sum = 0.0;
        foreach (var value in x)
        {
            sum += Math.Exp(value - top);
        }

        return top + Math.Log(sum);
    }

    public static double GaussianMixture(
        double[] alpha,
        double[] mean,
        double[] q,
        double[] l,
        double[] x,
        int d,
        int k,
        int n,
        double gamma,
        double m
    )
    {
        var below = d * (d - 1) / 2;
        var scale = new double[k * d];
        var sumQ = new double[k];
        double[] term = new double[k],
            centred = new double[d],
            turned = new double[d];
        for (var i = 0; i < k * d; i++)
        {
            sumQ[i / d] += q[i];
            scale[i] = Math.Exp(q[i]);
        }

        var like = 0.0;
        for (var i = 0; i < n; i++)
        {
            var point = x.AsSpan(i * d, d);
            for (var c = 0; c < k; c++)
            {
                var centre = mean.AsSpan(c * d, d);
                var diagonal = scale.AsSpan(c * d, d);
                for (var j = 0; j < centred.Length; j++)
                {
                    centred[j] = point[j] - centre[j];
                    turned[j] = diagonal[j] * centred[j];
                }

                var place = c * below;
                for (var j = 0; j < centred.Length; j++)
                {
                    var by = centred[j];
                    for (var row = j + 1; row < turned.Length; row++)
                    {
                        turned[row] += l[place++] * by;
                    }
                }

                var square = 0.0;
                foreach (var part in turned)
                {
                    square += part * part;
                }

                term[c] = alpha[c] + sumQ[c] - 0.5 * square;
            }

            like += LogSumExp(term);
        }

        var norm = 0.0;
        foreach (var part in scale)
        {
            norm += part * part;
        }

        foreach (var part in l)
        {
            norm += part * part;
        }

        like -= n * LogSumExp(alpha) + 0.5 * gamma * gamma * norm;
        foreach (var sum in sumQ)
        {
            like += m * sum;
        }

        return like;
    }

    public static double BundleAdjustment(double[] cameras, double[] points, double[] weights, double[] features, int[] camera, int[] point)
    {
        var cost = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var cam = cameras.AsSpan(11 * camera[i], 11);
            var at = points.AsSpan(3 * point[i], 3);
            double y1 = at[0] - cam[3],
                y2 = at[1] - cam[4],
                y3 = at[2] - cam[5];
            var square = cam[0] * cam[0] + cam[1] * cam[1] + cam[2] * cam[2];
            double z1,
                z2,
                z3;
            if (square > 0)
            {
                var angle = Math.Sqrt(square);
                double cosine = Math.Cos(angle),
                    sine = Math.Sin(angle);
                double a1 = cam[0] / angle,
                    a2 = cam[1] / angle,
                    a3 = cam[2] / angle;
                var along = (a1 * y1 + a2 * y2 + a3 * y3) * (1 - cosine);
                z1 = y1 * cosine + (a2 * y3 - a3 * y2) * sine + a1 * along;
                z2 = y2 * cosine + (a3 * y1 - a1 * y3) * sine + a2 * along;
                z3 = y3 * cosine + (a1 * y2 - a2 * y1) * sine + a3 * along;
            }
            else
            {
                z1 = y1 + cam[1] * y3 - cam[2] * y2;
                z2 = y2 + cam[2] * y1 - cam[0] * y3;
                z3 = y3 + cam[0] * y2 - cam[1] * y1;
            }

            double p = z1 / z3,
                q = z2 / z3;
            var r2 = p * p + q * q;
            var bend = 1 + cam[9] * r2 + cam[10] * r2 * r2;
            var w = weights[i];
            var e1 = w * (p * bend * cam[6] + cam[7] - features[2 * i]);
            var e2 = w * (q * bend * cam[6] + cam[8] - features[2 * i + 1]);
            var e3 = 1 - w * w;
            cost += e1 * e1 + e2 * e2 + e3 * e3;
        }

        return cost;
    }

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    // inlined, its small arrays of known lengths go to the stack, where .NET 10 clears them with vector stores that leave the registers in
    // a state in which each Math.Exp takes 20 times as long
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Lstm(double[] p, double[] start, double[] seq, int b, int layers, int rows)
    {
        var hidden = new double[layers * b];
        var cell = new double[layers * b];
        var input = new double[b];
        var output = new double[b];
        for (var i = 0; i < layers; i++)
        {
            start.AsSpan(2 * i * b, b).CopyTo(hidden.AsSpan(i * b));
            start.AsSpan(2 * i * b + b, b).CopyTo(cell.AsSpan(i * b));
        }

        var extra = p.AsSpan(8 * layers * b);
        var total = 0.0;
        for (var t = 0; t < rows - 1; t++)
        {
            for (var j = 0; j < b; j++)
            {
                input[j] = seq[t * b + j] * extra[j];
            }

            for (var i = 0; i < layers; i++)
            {
                var w = p.AsSpan(8 * i * b, 8 * b);
                for (var j = 0; j < b; j++)
                {
                    var old = hidden[i * b + j];
                    var forget = Sigmoid(input[j] * w[j] + w[4 * b + j]);
                    var ingate = Sigmoid(old * w[b + j] + w[5 * b + j]);
                    var outgate = Sigmoid(input[j] * w[2 * b + j] + w[6 * b + j]);
                    var change = Math.Tanh(old * w[3 * b + j] + w[7 * b + j]);
                    var now = cell[i * b + j] * forget + ingate * change;
                    cell[i * b + j] = now;
                    input[j] = hidden[i * b + j] = outgate * Math.Tanh(now);
                }
            }

            var sum = 2.0;
            for (var j = 0; j < b; j++)
            {
                output[j] = input[j] * extra[b + j] + extra[2 * b + j];
                sum += Math.Exp(output[j]);
            }

            sum = Math.Log(sum);
            for (var j = 0; j < b; j++)
            {
                total += seq[(t + 1) * b + j] * (output[j] - sum);
            }
        }

        return -total / ((rows - 1) * b);
    }
}
