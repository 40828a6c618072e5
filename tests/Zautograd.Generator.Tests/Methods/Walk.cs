using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>The language of docs/generator.md word by word, as people write it.</summary>
public static partial class Walk
{
    const double Third = 1.0 / 3.0;
    static readonly int Rounds = 3;
    static readonly int[] Places = [2, 0, 1];

    public enum Kind
    {
        Linear,
        Square,
        Wave,
    }

    public readonly record struct Vector(double X, double Y)
    {
        public static Vector operator +(Vector a, Vector b) => new(a.X + b.X, a.Y + b.Y);

        public static Vector operator *(double by, Vector a) => new(by * a.X, by * a.Y);

        public static Vector operator -(Vector a) => new(-a.X, -a.Y);

        public double Length => Math.Sqrt(Dot(this));

        public double Dot(Vector other) => X * other.X + Y * other.Y;
    }

    public struct Account
    {
        public double Balance;
        public int Moves;

        public void Move(double amount)
        {
            Balance += amount;
            Moves++;
        }
    }

    public readonly record struct Order(int Count, Vector At, bool IsOpen, double Price);

    /// <summary>A gradient of numbers of several types: doubles have slopes, the rest is 0.</summary>
    [Differentiable(Order = 2)]
    public static double Ordered(Order order, Account account, [Constant] Account other)
    {
        double sum = order.IsOpen ? account.Balance * order.Price : order.At.Dot(order.At);
        for (int i = 0; i < order.Count + account.Moves; i++)
            sum = sum * order.At.X + order.Price * other.Balance;
        return sum;
    }

    [Differentiable]
    public static void Traded(Order order, Span<double> prices, (int Places, double Part) split)
    {
        for (int i = 0; i < prices.Length; i++)
            prices[i] = prices[i] * order.Price + (i < split.Places ? split.Part : order.At.Y);
    }

    [Differentiable]
    public static double Switched(double x, Kind kind, int n)
    {
        double y;
        switch (kind)
        {
            case Kind.Linear:
                y = x;
                break;
            case Kind.Square when n > 1:
                y = x * x;
                break;
            default:
                y = Math.Sin(x);
                break;
        }
        return y
            * kind switch
            {
                Kind.Wave => 2.0,
                Kind.Linear or Kind.Square => x,
                _ => 1.0,
            };
    }

    [Differentiable]
    public static double Slices(double[] x)
    {
        var inner = x[1..^1];
        ReadOnlySpan<double> head = x.AsSpan(0, 2),
            tail = x.AsSpan()[^2..];
        inner[0] *= 2;
        double sum = 0;
        foreach (var item in inner)
            sum += item * item;
        return sum + head[0] * tail[^1] + x[1];
    }

    [Differentiable]
    public static double Memory(ReadOnlySpan<double> x, double y)
    {
        Span<double> a = stackalloc double[x.Length];
        Span<double> three = stackalloc[] { y, y * y, 1 };
        var b = new double[x.Length];
        a.Fill(y);
        x[..2].CopyTo(a[1..]);
        a.CopyTo(b);
        Array.Copy(b, 0, b, 1, b.Length - 1);
        Array.Clear(b, 0, 1);
        b[0] = three[1];
        a.Clear();
        Array.Fill(b, y * 0.5, 2, 1);
        double sum = a[0];
        for (int i = 0; i < b.Length; i++)
            sum = sum * 0.8 + b[i] * b[i];
        return sum;
    }

    [Differentiable]
    public static double Tuples(double x, double y)
    {
        var (a, b) = (x * y, x + y);
        (a, b) = (b, a * a);
        (double Sum, double Difference) both = (a + b, a - b);
        var swapped = (both.Difference, both.Sum);
        (x, _) = swapped;
        var ((p, q), r) = ((x, y), a);
        return p * q + r * both.Sum;
    }

    [Differentiable]
    public static double Records(Vector v, double t)
    {
        var w = v + t * new Vector(1, 2);
        w = w with { X = w.X * t };
        var account = new Account { Balance = w.Length };
        account.Move(t);
        account.Move(-v.X);
        var (x, y) = -w;
        return account.Balance * account.Moves + x * y + w.Dot(v);
    }

    [Differentiable]
    public static double Functions(double x, int n)
    {
        double factor = 2.0;
        double scaled(double v)
        {
            factor *= 0.5;
            return v * factor;
        }
        Func<double, double> wave = static v => Math.Sin(v) * v;
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += scaled(wave(x + i));
        return sum + Twice(v => v * x, x) + Power(x, n);
    }

    static double Twice(Func<double, double> f, double x) => f(f(x));

    static double Power(double x, int n) =>
        n == 0 ? 1
        : n % 2 == 0 ? Power(x * x, n / 2)
        : x * Power(x, n - 1);

    static void Both(double x, ref double total, out double square)
    {
        square = x * x;
        total += square;
    }

    [Differentiable]
    public static double Referenced(double x, double y)
    {
        double total = y;
        for (int i = 0; i < Rounds; i++)
        {
            Both(x + i, ref total, out var square);
            x = square * Third;
        }
        return total * x;
    }

    [Differentiable]
    public static double Loops(ReadOnlySpan<double> x)
    {
        double sum = 0;
        int i = 0;
        do
        {
            if (x[i] > 1.5)
                continue;
            sum += x[Places[i % 3]] * x[i];
        } while (++i < x.Length && sum < 4);
        while (true)
        {
            sum *= 0.7;
            if (sum < 1)
                break;
        }
        for (int j = x.Length - 1, k = 0; j > k; j--, k++)
            sum += x[j] * x[k];
        return sum;
    }

    [Differentiable]
    public static double Matrices(double[,] a, double[][] b)
    {
        double sum = 0;
        foreach (var item in a)
            sum += item * item;
        foreach (var row in b)
            sum += row[^1] * row.Length;
        return sum * a[1, 2] + a.GetLength(1) + a.Length;
    }

    [Differentiable]
    public static double Patterns(double x, double y, bool flag)
    {
        bool inside = x is > 0.5 and < 1.2 or > 1.6;
        bool both = (flag, y) is (true, > 1);
        return inside ? x * y
            : both ? y * y
            : !flag && x is not > 1 ? x
            : y;
    }

    public static (double Value, int Steps) Root(double x)
    {
        double r = x;
        int steps = 0;
        for (; Math.Abs(r * r - x) > 1e-3; steps++)
            r = (r + x / r) / 2;
        return (r, steps);
    }

    [Differentiable]
    public static double Returned(double x)
    {
        var (root, steps) = Root(x);
        var again = Root(root);
        return root * again.Value + 0 * steps;
    }

    [Differentiable]
    public static int Counted(double x, Span<double> y)
    {
        int n = 0;
        for (int i = 0; i < y.Length; i++)
            if (y[i] > 1)
            {
                y[i] *= x;
                n++;
            }
        return n;
    }

    public struct Running
    {
        public double Sum;
        public int Count;
        Vector last;

        public double Mean => Sum / Count;

        public Running Add(double x)
        {
            Sum += x;
            Count++;
            last = new Vector(x, last.X);
            if (Count > 2)
                Scale(last.Y);
            return this;
        }

        void Scale(double by)
        {
            for (int i = 0; i < 2; i++)
                Sum *= by;
        }

        public readonly double Last() => last.X - last.Y;
    }

    /// <summary>Methods that change the struct that they are called on.</summary>
    [Differentiable]
    public static double Changed(ReadOnlySpan<double> x, double y)
    {
        var running = new Running { Sum = y };
        foreach (var item in x)
            running.Add(item * y);
        var copy = running;
        var after = copy.Add(y);
        after.Add(2.0);
        return running.Mean * copy.Mean + after.Sum - running.Last() * after.Count;
    }

    public struct Tally
    {
        public double Sum;

        public double Add(double x) => Sum += x;
    }

    static Tally Given(double x) => new() { Sum = x };

    /// <summary>What is no variable is copied, and the copy is changed.</summary>
    [Differentiable]
    public static double Copies(ReadOnlySpan<Tally> x, Tally[] y, double z, in Tally held)
    {
        double sum = held.Add(z) - held.Sum;
        foreach (var item in x)
            sum += item.Add(z) * item.Sum;
        sum += x[0].Add(5) + x[^1].Add(z) - x[0].Sum * x[^1].Sum;
        y[1].Add(z * x[0].Sum);
        y[^1].Add(sum);
        y.AsSpan()[0].Add(y[1].Sum);
        var pair = (First: y[0], Second: Given(z));
        pair.First.Add(z);
        sum += Given(z).Add(1) + pair.First.Sum * y[0].Sum + pair.Second.Add(sum) * pair.Second.Sum;
        return sum * y[^1].Sum * y[1].Sum;
    }

    /// <summary>Arrays of structs of one number, and of enums: the memory of numbers.</summary>
    [Differentiable(Order = 2)]
    public static double Boxed(Tally[,] x, ReadOnlySpan<Kind> kinds, Tally[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.GetLength(0); i++)
        for (int k = 0; k < x.GetLength(1); k++)
        {
            x[i, k].Add(y[k].Sum);
            sum += kinds[k] == Kind.Wave ? x[i, k].Sum * x[i, k].Sum : y[k].Sum * sum;
        }
        y[0] = x[0, 0];
        return sum * y[0].Sum;
    }

    [Differentiable]
    public static double Operators(double x, double y, int n, long m, bool flag, Kind kind)
    {
        double a = x;
        a += y;
        a -= 0.5 * x;
        a *= y + 1;
        a /= x + 2;
        a %= 3.0;
        int i = n;
        i <<= 1;
        i |= 1;
        i ^= 4;
        i &= 7;
        m += i--;
        m >>= 1;
        m %= 5;
        flag &= kind != Kind.Wave;
        flag ^= n > 1;
        var k = flag ? Kind.Square : kind + 0;
        double b = -a + +x++ - --y * (i / 2 + n % 2);
        return flag || !(x < y) ? a * b * (double)k + m : b / a - (int)kind * m * x;
    }

    static readonly double[] weights = [0.25, 0.5, 0.75];
    static readonly double Rate = 0.3;

    [Differentiable]
    public static double Held(double[] x, out int steps)
    {
        const int Most = 5;
        steps = 0;
        foreach (var weight in weights)
        {
            if (steps == Most)
                return x[0];
            x[steps++] *= weight + Rate;
        }
        for (; ; )
        {
            x[0] += x[1] * Rate;
            if (x[0] > 2.5 || steps++ > 20)
                break;
        }
        return x[0] * x[2];
    }
}
