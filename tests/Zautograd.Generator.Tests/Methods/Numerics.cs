using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>What people compute.</summary>
public static partial class Numerics
{
    [Differentiable]
    public static double Welford(ReadOnlySpan<double> x)
    {
        double mean = 0,
            m2 = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double delta = x[i] - mean;
            mean += delta / (i + 1);
            m2 += delta * (x[i] - mean);
        }
        return m2 / (x.Length - 1);
    }

    [Differentiable]
    public static double GeometricMean(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (var item in x)
            sum += Math.Log(item);
        return Math.Exp(sum / x.Length);
    }

    [Differentiable(Order = 2)]
    public static double CrossEntropy(ReadOnlySpan<double> w, [Constant] ReadOnlySpan<double> x, [Constant] double y)
    {
        double z = 0;
        for (int i = 0; i < w.Length; i++)
            z += w[i] * x[i];
        double p = 1 / (1 + Math.Exp(-z));
        return -(y * Math.Log(p) + (2 - y) * Math.Log(1 - p));
    }

    [Differentiable, Points(Rows = 3, Length = 3)]
    public static double Determinant(double[,] m)
    {
        int n = m.GetLength(0);
        var a = (double[,])m.Clone();
        double det = 1;
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
                if (Math.Abs(a[i, k]) > Math.Abs(a[pivot, k]))
                    pivot = i;
            if (pivot != k)
            {
                for (int c = 0; c < n; c++)
                    (a[k, c], a[pivot, c]) = (a[pivot, c], a[k, c]);
                det = -det;
            }
            det *= a[k, k];
            for (int i = k + 1; i < n; i++)
            {
                double factor = a[i, k] / a[k, k];
                for (int c = k; c < n; c++)
                    a[i, c] -= factor * a[k, c];
            }
        }
        return det;
    }

    [Differentiable, Points(Rows = 3, Length = 3)]
    public static double CholeskyLogDet(double[,] b)
    {
        int n = b.GetLength(0);
        var a = new double[n, n];
        for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
        {
            a[i, k] = i == k ? 2 : 0;
            for (int c = 0; c < n; c++)
                a[i, k] += b[i, c] * b[k, c];
        }
        double log = 0;
        for (int k = 0; k < n; k++)
        {
            for (int c = 0; c < k; c++)
                a[k, k] -= a[k, c] * a[k, c];
            a[k, k] = Math.Sqrt(a[k, k]);
            log += 2 * Math.Log(a[k, k]);
            for (int i = k + 1; i < n; i++)
            {
                for (int c = 0; c < k; c++)
                    a[i, k] -= a[i, c] * a[k, c];
                a[i, k] /= a[k, k];
            }
        }
        return log;
    }

    [Differentiable]
    public static double RungeKutta(double y, double rate)
    {
        static double slope(double t, double v, double k) => -k * v + Math.Sin(t) * v * v;
        double t = 0,
            h = 0.1;
        for (int i = 0; i < 8; i++)
        {
            double k1 = slope(t, y, rate);
            double k2 = slope(t + h / 2, y + h / 2 * k1, rate);
            double k3 = slope(t + h / 2, y + h / 2 * k2, rate);
            double k4 = slope(t + h, y + h * k3, rate);
            y += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
            t += h;
        }
        return y;
    }

    [Differentiable]
    public static double Simpson(double a, double b, double p)
    {
        const int n = 6;
        double h = (b - a) / n;
        double sum = 0;
        for (int i = 0; i <= n; i++)
        {
            double weight =
                i is 0 or n ? 1
                : i % 2 == 1 ? 4
                : 2;
            sum += weight * Math.Exp(-p * (a + i * h));
        }
        return sum * h / 3;
    }

    [Differentiable]
    public static double Bisection(double target)
    {
        double low = 0,
            high = 4;
        for (int i = 0; i < 20; i++)
        {
            double mid = 0.5 * (low + high);
            if (mid * mid > 2)
                high = mid;
            else
                low = mid;
        }
        return (low + high) * target;
    }

    [Differentiable]
    public static double Chebyshev(ReadOnlySpan<double> c, double x)
    {
        double b1 = 0,
            b2 = 0;
        for (int i = c.Length - 1; i > 0; i--)
            (b1, b2) = (2 * x * b1 - b2 + c[i], b1);
        return x * b1 - b2 + c[0];
    }

    [Differentiable]
    public static double ContinuedFraction(ReadOnlySpan<double> c)
    {
        double s = c[^1];
        for (int i = c.Length - 2; i >= 0; i--)
            s = c[i] + 1 / s;
        return s;
    }

    [Differentiable]
    public static double GaussianMixture(
        ReadOnlySpan<double> alphas,
        ReadOnlySpan<double> means,
        ReadOnlySpan<double> logs,
        [Constant] ReadOnlySpan<double> x
    )
    {
        int k = alphas.Length;
        Span<double> terms = stackalloc double[k];
        double total = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double max = double.NegativeInfinity;
            for (int c = 0; c < k; c++)
            {
                double z = (x[i] - means[c]) * Math.Exp(logs[c]);
                terms[c] = alphas[c] + logs[c] - 0.5 * z * z;
                if (terms[c] > max)
                    max = terms[c];
            }
            double sum = 0;
            foreach (var term in terms)
                sum += Math.Exp(term - max);
            total += max + Math.Log(sum);
        }
        return total;
    }

    [Differentiable, Points(Length = 6)]
    public static double KMeansCost(ReadOnlySpan<double> centers, [Constant] ReadOnlySpan<double> points)
    {
        double cost = 0;
        for (int i = 0; i < points.Length / 2; i++)
        {
            double best = double.MaxValue;
            for (int c = 0; c < centers.Length / 2; c++)
            {
                double distance = 0;
                for (int d = 0; d < 2; d++)
                {
                    double gap = points[2 * i + d] - centers[2 * c + d];
                    distance += gap * gap;
                }
                best = Math.Min(best, distance);
            }
            cost += best;
        }
        return cost;
    }

    [Differentiable]
    public static double Lstm(ReadOnlySpan<double> w, ReadOnlySpan<double> x)
    {
        double cell = 0,
            hidden = 0;
        static double sigmoid(double v) => 1 / (1 + Math.Exp(-v));
        foreach (var input in x)
        {
            double forget = sigmoid(w[0] * hidden + input);
            double gate = sigmoid(w[1] * hidden + input * w[0]);
            double proposal = Math.Tanh(w[2] * hidden + input);
            cell = cell * forget + gate * proposal;
            hidden = sigmoid(w[3] * input + hidden) * Math.Tanh(cell);
        }
        return hidden;
    }

    [Differentiable]
    public static void Rotation(ReadOnlySpan<double> axis, Span<double> r)
    {
        double angle = Math.Sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
        var (s, c) = (Math.Sin(angle), Math.Cos(angle));
        double x = axis[0] / angle,
            y = axis[1] / angle,
            z = axis[2] / angle;
        r[0] = c + x * x * (1 - c);
        r[1] = x * y * (1 - c) - z * s;
        r[2] = x * z * (1 - c) + y * s;
        r[3] = y * z * (1 - c) - x * s;
    }

    [Differentiable]
    public static void ConvolveInto(ReadOnlySpan<double> x, ReadOnlySpan<double> kernel, Span<double> y)
    {
        y.Clear();
        for (int i = 0; i < x.Length; i++)
        for (int k = 0; k < kernel.Length; k++)
            if (i + k < y.Length)
                y[i + k] += x[i] * kernel[k];
    }

    [Differentiable]
    public static double BlackScholes(double spot, double strike, double sigma, double time)
    {
        static double normal(double x) => 0.5 * (1 + Functions.Erf(x / Math.Sqrt(2)));
        double d1 = (Math.Log(spot / strike) + 0.5 * sigma * sigma * time) / (sigma * Math.Sqrt(time));
        double d2 = d1 - sigma * Math.Sqrt(time);
        return spot * normal(d1) - strike * normal(d2);
    }

    [Differentiable]
    public static double Neuron(double[] w, double bias, double[][] layers)
    {
        double sum = bias;
        for (int i = 0; i < layers.Length; i++)
        {
            double inner = bias;
            var row = layers[i];
            for (int k = 0; k < w.Length; k++)
                inner += w[k] * row[k];
            sum += Math.Max(inner, 0) * Math.Tanh(inner);
        }
        return sum;
    }

    [Differentiable]
    public static double Histogram(ReadOnlySpan<double> x, int[] bins)
    {
        Span<double> h = stackalloc double[4];
        for (int i = 0; i < x.Length; i++)
            h[bins[i]] += x[i] * x[i];
        double p = 1;
        for (int i = 0; i < 4; i++)
            p *= 1 + h[i];
        return p;
    }

    [Differentiable]
    public static double Sorted(double[] x)
    {
        for (int i = 1; i < x.Length; i++)
        {
            double key = x[i];
            int k = i - 1;
            while (k >= 0 && x[k] > key)
            {
                x[k + 1] = x[k];
                k--;
            }
            x[k + 1] = key;
        }
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (i + 1) * x[i] * x[i];
        return sum;
    }

    [Differentiable]
    public static double PowerIteration(double a, double b, double c)
    {
        double x = 1,
            y = 0.5;
        double norm = 1;
        for (int i = 0; i < 10; i++)
        {
            (x, y) = (a * x + b * y, b * x + c * y);
            norm = Math.Sqrt(x * x + y * y);
            x /= norm;
            y /= norm;
        }
        return norm;
    }

    [Differentiable]
    public static double Collatz(double x, int n)
    {
        int k = n + 5;
        while (k != 1)
        {
            if ((k & 1) == 0)
            {
                k >>= 1;
                x = x * 0.9 + 0.05;
            }
            else
            {
                k = 3 * k + 1;
                x = Math.Sin(x) + 0.2;
            }
        }
        return x;
    }

    [Differentiable]
    public static double Ackermann(double x, int n)
    {
        double f(double v, int depth) => depth == 0 ? v : f(v * x + 0.1, depth - 1);
        return f(x, n) * x;
    }

    [Differentiable]
    public static (double Mean, double Variance, int Count) Statistics(ReadOnlySpan<double> x)
    {
        double mean = 0;
        foreach (var v in x)
            mean += v;
        mean /= x.Length;
        double variance = 0;
        foreach (var v in x)
            variance += (v - mean) * (v - mean);
        return (mean, variance / x.Length, x.Length);
    }

    [Differentiable]
    public static bool Solve(double a, double b, double c, out double low, out double high)
    {
        double discriminant = b * b + 4 * a * c;
        if (discriminant < 0)
        {
            low = high = 0;
            return false;
        }
        double root = Math.Sqrt(discriminant);
        low = (-b - root) / (2 * a);
        high = (-b + root) / (2 * a);
        return true;
    }
}
