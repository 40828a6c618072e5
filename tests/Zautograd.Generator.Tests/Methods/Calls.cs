using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

public readonly record struct Vec3(double X, double Y, double Z)
{
    public double Length => Math.Sqrt(X * X + Y * Y + Z * Z);

    public static Vec3 operator +(Vec3 a, Vec3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vec3 operator -(Vec3 a, Vec3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vec3 operator *(double s, Vec3 a) => new(s * a.X, s * a.Y, s * a.Z);

    public static Vec3 operator -(Vec3 a) => new(-a.X, -a.Y, -a.Z);

    public double Dot(Vec3 other) => X * other.X + Y * other.Y + Z * other.Z;

    public Vec3 Cross(Vec3 b) => new(Y * b.Z - Z * b.Y, Z * b.X - X * b.Z, X * b.Y - Y * b.X);

    public Vec3 Normalized()
    {
        var length = Length;
        return new Vec3(X / length, Y / length, Z / length);
    }
}

public readonly struct Complex2
{
    public readonly double Re;
    public readonly double Im;

    public Complex2(double re, double im)
    {
        Re = re;
        Im = im;
    }

    public static Complex2 operator *(Complex2 a, Complex2 b) => new(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);

    public static implicit operator Complex2(double re) => new(re, 0);
}

public struct Mutable
{
    public double A;
    public double B { get; set; }
}

public static partial class Calls
{
    static double Cube(double x) => x * x * x;

    static double Damped(double x, double rate)
    {
        double y = x;
        for (int i = 0; i < 3; i++)
            y = y * rate + Math.Sin(y);
        return y;
    }

    static double Sum(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (var item in x)
            sum += item * item;
        return sum;
    }

    static void Scale(Span<double> x, double by)
    {
        for (int i = 0; i < x.Length; i++)
            x[i] *= by;
    }

    static double[] Squares(ReadOnlySpan<double> x)
    {
        var result = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
            result[i] = x[i] * x[i];
        return result;
    }

    static double Power(double x, int n) => n == 0 ? 1 : x * Power(x, n - 1);

    static void Split(double x, out double low, out double high)
    {
        low = x * x;
        high = low + x;
    }

    static void Bump(ref double x, double by) => x = x * by + by;

    static (double, double) Rotate(double x, double y, double angle)
    {
        var (s, c) = (Math.Sin(angle), Math.Cos(angle));
        return (c * x - s * y, s * x + c * y);
    }

    [Differentiable(Order = 2)]
    public static double CallsOthers(double x, double rate) => Cube(Damped(x, rate)) + Cube(x) * Damped(rate, x);

    [Differentiable]
    public static double CallsWithSpans(ReadOnlySpan<double> x) => Sum(x) * Sum(x[1..]) + Sum(x.Slice(0, 2));

    [Differentiable]
    public static double CallsThatWrite(ReadOnlySpan<double> x, double by)
    {
        var t = x.ToArray();
        Scale(t, by);
        Scale(t.AsSpan(1), by * by);
        return Sum(t);
    }

    [Differentiable]
    public static double ArrayFromCall(ReadOnlySpan<double> x)
    {
        var squares = Squares(x);
        var again = Squares(squares);
        return Sum(again) + squares[0];
    }

    [Differentiable, Points(Int = 3)]
    public static double Recursive(double x, int n) => Power(x, n) + Power(x * x, 2);

    [Differentiable]
    public static double Fibonacci(double x, int n) => n < 2 ? x + n : Fibonacci(x, n - 1) * 0.9 + Fibonacci(x, n - 2) * x;

    [Differentiable]
    public static double Outs(double x)
    {
        Split(x, out double low, out var high);
        Split(low * high, out low, out _);
        return low * high;
    }

    [Differentiable]
    public static double Refs(double x, double by)
    {
        double y = x;
        Bump(ref y, by);
        var t = new[] { x, y };
        Bump(ref t[1], y);
        return t[0] * t[1] + y;
    }

    [Differentiable]
    public static double Tuples(double x, double y)
    {
        var p = Rotate(x, y, x * y);
        (double a, double b) = Rotate(p.Item1, p.Item2, 0.5);
        (a, b) = (b, a);
        return a * a + b;
    }

    [Differentiable]
    public static double LocalFunctions(double x, double y)
    {
        double total = 0;
        double square(double v) => v * v;
        void add(double v)
        {
            total += v * y;
            for (int i = 0; i < 2; i++)
                total *= 1.1;
        }
        add(square(x));
        add(x);
        return total + square(total);
    }

    [Differentiable]
    public static double Lambdas(double x, double y)
    {
        Func<double, double> twice = v => 2 * v * v;
        Func<double, double, double> mix = static (a, b) =>
        {
            double t = a;
            for (int i = 0; i < 2; i++)
                t = t * b + a;
            return t;
        };
        return mix(twice(x), y) + Apply(twice, y) + Apply(Cube, x);
    }

    static double Apply(Func<double, double> f, double x) => f(x) * f(x + 1);

    [Differentiable]
    public static double NamedArguments(double x, double y) => Damped(rate: x, x: y) + Optional(x) + Optional(x, y);

    static double Optional(double x, double scale = 2.5) => x * scale * scale;

    [Differentiable(Order = 2)]
    public static double Vectors(Vec3 a, Vec3 b)
    {
        var c = a.Cross(b) + 2.0 * a - b;
        return c.Dot(a) + c.Length * b.Normalized().Y + (-c).Z;
    }

    [Differentiable]
    public static Vec3 VectorResult(Vec3 a, double s) => s * a.Cross(new Vec3(a.Y, s, 1)) with { X = s * s };

    [Differentiable]
    public static double Particles(ReadOnlySpan<Vec3> p)
    {
        double energy = 0;
        for (int i = 0; i < p.Length; i++)
        for (int k = i + 1; k < p.Length; k++)
            energy += 1 / ((p[i] - p[k]).Length + 0.5);
        return energy;
    }

    [Differentiable]
    public static void MoveParticles(Vec3[] p, Vec3[] v, double dt)
    {
        for (int i = 0; i < p.Length; i++)
        {
            v[i] = v[i] + -dt * p[i];
            p[i] += dt * v[i];
        }
    }

    [Differentiable]
    public static double ComplexNumbers(double x, double y)
    {
        Complex2 z = x;
        var w = new Complex2(x, y);
        for (int i = 0; i < 3; i++)
            z = z * w;
        return z.Re * z.Re + z.Im;
    }

    [Differentiable]
    public static double MutableStructs(double x, double y)
    {
        var m = new Mutable { A = x, B = y };
        m.A *= m.B;
        m.B += m.A;
        var n = m;
        n.A = 3 * n.B;
        return m.A * n.A + default(Mutable).B;
    }

    [Differentiable]
    public static double TupleParameter((double X, double Y) p, [Constant] (double, double) q) =>
        p.X * q.Item1 + Math.Sin(p.Y) * q.Item2 * p.X;

    [Differentiable]
    public static double EvaluationOrder(double x)
    {
        double y = x;
        double bump() => y *= 2;
        return y + bump() * y + (y = y + 1) * bump() - y;
    }
}
