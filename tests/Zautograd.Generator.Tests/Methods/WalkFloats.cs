using Zautograd;

namespace Zautograd.Generator.Tests.Methods;

/// <summary>The language over floats: what Walk does, where every value is rounded.</summary>
public static partial class WalkFloats
{
    public enum Kind : byte
    {
        Linear,
        Square,
        Wave,
    }

    public readonly record struct Vector(float X, float Y)
    {
        public static Vector operator +(Vector a, Vector b) => new(a.X + b.X, a.Y + b.Y);

        public static Vector operator *(float by, Vector a) => new(by * a.X, by * a.Y);

        public float Dot(Vector other) => X * other.X + Y * other.Y;
    }

    public struct Account
    {
        public int Moves;
        public float Balance;
        public Vector Place;

        public void Move(float amount)
        {
            Balance += amount * Place.X;
            Moves++;
        }
    }

    [Differentiable]
    public static float Owned(Account account, float x)
    {
        account.Move(x);
        account.Move(-0.3f);
        return account.Balance * account.Moves + account.Place.Dot(x * account.Place);
    }

    [Differentiable]
    public static float Switched(float x, Kind kind, long n)
    {
        float y;
        switch (kind)
        {
            case Kind.Linear:
                y = x;
                break;
            case Kind.Square when n > 1:
                y = x * x;
                break;
            default:
                y = MathF.Sin(x);
                break;
        }
        return y
            * kind switch
            {
                Kind.Wave => 2f,
                Kind.Linear or Kind.Square => x,
                _ => 1f,
            };
    }

    [Differentiable]
    public static float Memory(float[] x, float y)
    {
        Span<float> a = stackalloc float[x.Length];
        Span<float> three = stackalloc[] { y, y * y, 1 };
        var b = new float[x.Length];
        a.Fill(y);
        x.AsSpan(0, 2).CopyTo(a[1..]);
        a.CopyTo(b);
        Array.Copy(b, 0, b, 1, b.Length - 1);
        Array.Clear(b, 0, 1);
        b[0] = three[1];
        a.Clear();
        Array.Fill(b, y * 0.5f, 2, 1);
        var inner = x[1..^1];
        float sum = a[0] + inner[^1];
        for (int i = 0; i < b.Length; i++)
            sum = sum * 0.8f + b[i] * b[i];
        return sum;
    }

    [Differentiable]
    public static float Matrices(float[,] a, float[][] b, ReadOnlySpan<float> c)
    {
        float sum = 0;
        foreach (var item in a)
            sum += item * item;
        foreach (var row in b)
            sum += row[^1] * row.Length;
        foreach (var item in c[1..])
        {
            if (item < 0.5f)
                continue;
            if (sum > 50f)
                break;
            sum += item;
        }
        return sum * a[1, 2] + a.GetLength(1) + a.Length;
    }

    static float Power(float x, int n) =>
        n == 0 ? 1
        : n % 2 == 0 ? Power(x * x, n / 2)
        : x * Power(x, n - 1);

    static void Both(float x, ref float total, out float square)
    {
        square = x * x;
        total += square;
    }

    [Differentiable]
    public static float Functions(float x, float y, int n)
    {
        float total = y;
        for (int i = 0; i < n; i++)
        {
            Both(x + i, ref total, out var square);
            x = square * 0.1f;
        }
        var (a, b) = (x * y, x + y);
        (a, b) = (b, a * a);
        float scaled(float v) => v * total;
        Func<float, float> wave = static v => MathF.Sin(v) * v;
        do
        {
            a *= 0.7f;
            a++;
        } while (a > 3f && n-- > 0);
        return scaled(wave(a)) + Power(b, 3) - (a > b && y is > 0.5f and < 1.2f ? x : y);
    }
}
