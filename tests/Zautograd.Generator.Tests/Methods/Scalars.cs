using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

public static partial class Scalars
{
    const double Half = 0.5;
    static readonly double Rate = 0.25;
    static readonly double[] Weights = [1.0, 2.0, 3.0, 4.0];

    [Differentiable(Order = 2)]
    public static double Square(double x) => x * x;

    [Differentiable(Order = 2)]
    public static double Rosenbrock(double x, double y) => (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);

    [Differentiable]
    public static double Powers(double x, double y) => Math.Pow(x, y) + Math.Pow(x, 3) - Math.Pow(2.0, y);

    [Differentiable]
    public static double Trigonometry(double x) =>
        Math.Sin(x) * Math.Cos(x) + Math.Tan(x / 2) - Math.Asin(x / 2) + Math.Acos(x / 3) * Math.Atan(x);

    [Differentiable]
    public static double Hyperbolic(double x) => Math.Sinh(x) + Math.Cosh(x) * Math.Tanh(x) - Math.Asinh(x) + Math.Atanh(x / 2);

    [Differentiable]
    public static double Exponentials(double x, double y) =>
        Math.Exp(-x * y) + Math.Log(x) * Math.Log10(y) + Math.Log2(x + y) + Math.Sqrt(x) + Math.Cbrt(y) + Math.Log(x, 3.0);

    [Differentiable]
    public static double OfDouble(double x, double y) =>
        double.Exp(x) + double.Log(y) + double.Hypot(x, y) + double.Sqrt(x) + double.ExpM1(x) + double.LogP1(y) + double.Exp2(x);

    [Differentiable]
    public static double LogBase(double x, double y) => Math.Log(x + 1, y + 2);

    [Differentiable]
    public static double Angle(double x, double y) => Math.Atan2(y, x) * Math.Abs(x - y) + Math.Max(x, y) * Math.Min(x, 2 * y);

    [Differentiable]
    public static double Steps(double x) =>
        Math.Floor(3 * x) * x + Math.Ceiling(x) - Math.Round(2 * x) * x + Math.Truncate(4 * x - 2) * x + Math.Sign(x - 1) * x;

    [Differentiable]
    public static double Clamped(double x, double y) => Math.Clamp(x, 0.5, 1.2) * y + Math.Clamp(y, x - 1, x + 1);

    [Differentiable]
    public static double Constants(double x) => Half * x + Rate * x * x + Math.PI - Math.E * x + double.Epsilon;

    [Differentiable]
    public static double FromTable(double x)
    {
        double sum = 0;
        for (int i = 0; i < Weights.Length; i++)
            sum = sum * x + Weights[i];
        return sum;
    }

    [Differentiable]
    public static double WithInts(double x, int n) => n * x + x / (n + 1) + (n % 3) * x - (7 / 2) * x + (double)n;

    [Differentiable]
    public static double Bits(double x, int n) => (n << 2) * x + (n >> 1) * x * x + (n & 3) * x + (-n >> 1) * x + (~n) * x;

    [Differentiable]
    public static double Ternary(double x, double y) =>
        x > y ? x * x
        : x < 0.5 ? y
        : Math.Sin(y) * x;

    [Differentiable]
    public static double ShortCircuit(double x, double y) => x > 0.5 && y > 0.5 || x * y > 1 ? x * y : x + y;

    [Differentiable]
    public static double Bools(double x, bool flag)
    {
        bool large = x > 1;
        bool both = large & flag;
        bool either = large | flag;
        bool odd = large ^ flag;
        return both ? x * x
            : either ? 3 * x
            : odd == flag ? x
            : -x;
    }

    [Differentiable]
    public static double Sigmoids(double x, double y) =>
        Functions.Sigmoid(x) + Functions.Softplus(y) * Functions.Relu(x - y) + Functions.Erf(x);

    [Differentiable]
    public static double SinAndCos(double x)
    {
        var (sin, cos) = Math.SinCos(x);
        return sin * cos + sin;
    }

    [Differentiable]
    public static double Locals(double x, double y)
    {
        double a = x * y,
            b = a + x;
        var c = a * b;
        const double scale = 3.0;
        c -= scale;
        c /= b + 2;
        c *= c;
        c += a;
        return -c;
    }

    [Differentiable]
    public static double Reassigned(double x)
    {
        x = x * x;
        x = Math.Sin(x) + x;
        double y = x;
        y = y * x;
        x = 4 * x * (1 - x);
        return x * y;
    }

    [Differentiable]
    public static double Chained(double x, double y)
    {
        double a,
            b;
        a = b = x * y;
        a += b *= 2;
        double c = (a = a * x) + a;
        return c - b;
    }

    [Differentiable]
    public static double Increments(double x, int n)
    {
        int i = n;
        double sum = i++ * x + i * x * x;
        sum += --i * x;
        double y = x;
        sum += y++ * y;
        return sum - y--;
    }

    [Differentiable]
    public static double NaNAware(double x) => double.IsNaN(x) || double.IsInfinity(x) || !double.IsFinite(x) ? 0 : x * x;

    [Differentiable(Mode = Mode.Reverse)]
    public static double ReverseOnly(double x) => Math.Exp(x) * x;

    [Differentiable(Mode = Mode.Forward)]
    public static double ForwardOnly(double x) => Math.Exp(x) * x;

    [Differentiable]
    public static double IntMath(double x, int n) =>
        Math.Max(n, 2) * x + Math.Min(n, 1) * x * x + Math.Abs(n - 3) * x + Math.Sign(n - 2) * x;

    [Differentiable]
    public static double @class(double @event, double @double) => @event * @double;

    [Differentiable]
    public static double ManyNames(double value, double made, double seed, double result, double reals) =>
        value * made + seed * result * value * reals;

    [Differentiable]
    public static double ConstantParameter(double x, [Constant] double scale) => x * x * scale + Math.Sin(scale * x);

    // between the jumps
    [Differentiable, Points(1.05, 1.2)]
    public static double Cut(double x, double y) => x * (int)(3 * y) + y * (int)(-2.3 * x);

    [Differentiable, Points(1.05, 1.2)]
    public static double CutRounds(double x, double y)
    {
        double sum = x;
        for (int i = 0; i < (int)(4 * y); i++)
            sum *= 0.5 + x / (i + 1);
        y = sum + 2;
        int n = (int)y;
        while (n-- > 0)
            sum += x * Math.Sin(y);
        return sum;
    }

    [Differentiable, Points(1.05, 1.2)]
    public static double CutIndex(double[] x, double y)
    {
        double z = y;
        for (int i = 0; i < 3; i++)
        {
            z = z * x[(int)(z * 2) & 3] / 2;
            x[(int)Math.Abs(z) & 3] *= z;
        }
        return z + x[(int)(z + y) & 3];
    }
}
