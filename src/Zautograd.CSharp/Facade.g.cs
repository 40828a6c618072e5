// A stand-in, written by hand, with the shapes of what the core's writer emits from the rule table. It will be overwritten.
#nullable enable
#pragma warning disable CS1591
using System.Numerics;

namespace Zautograd;

internal static class Slopes
{
    public static T Add<T>(T a, T b, out T slopeA, out T slopeB) where T : IFloatingPointIeee754<T> { slopeA = T.One; slopeB = T.One; return a + b; }
    public static T Sub<T>(T a, T b, out T slopeA, out T slopeB) where T : IFloatingPointIeee754<T> { slopeA = T.One; slopeB = -T.One; return a - b; }
    public static T Mul<T>(T a, T b, out T slopeA, out T slopeB) where T : IFloatingPointIeee754<T> { slopeA = b; slopeB = a; return a * b; }
    public static T Div<T>(T a, T b, out T slopeA, out T slopeB) where T : IFloatingPointIeee754<T> { var y = a / b; slopeA = T.One / b; slopeB = -y / b; return y; }
    public static T Pow<T>(T a, T b, out T slopeA, out T slopeB) where T : IFloatingPointIeee754<T>
    {
        var y = T.Pow(a, b);
        slopeA = b == T.Zero ? T.Zero : b * T.Pow(a, b - T.One);
        slopeB = y == T.Zero ? T.Zero : y * T.Log(a);
        return y;
    }
    public static T Max<T>(T a, T b, out T slopeA, out T slopeB) where T : IFloatingPointIeee754<T>
    {
        var half = T.One / (T.One + T.One);
        slopeA = a > b ? T.One : a == b ? half : T.Zero;
        slopeB = b > a ? T.One : a == b ? half : T.Zero;
        return T.Max(a, b);
    }
    public static T Min<T>(T a, T b, out T slopeA, out T slopeB) where T : IFloatingPointIeee754<T>
    {
        var half = T.One / (T.One + T.One);
        slopeA = a < b ? T.One : a == b ? half : T.Zero;
        slopeB = b < a ? T.One : a == b ? half : T.Zero;
        return T.Min(a, b);
    }
    public static T Neg<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { slopeA = -T.One; return -a; }
    public static T Exp<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> => slopeA = T.Exp(a);
    public static T Log<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { slopeA = T.One / a; return T.Log(a); }
    public static T Sqrt<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { var y = T.Sqrt(a); slopeA = T.One / (y + y); return y; }
    public static T Sin<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { slopeA = T.Cos(a); return T.Sin(a); }
    public static T Cos<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { slopeA = -T.Sin(a); return T.Cos(a); }
    public static T Tanh<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { var y = T.Tanh(a); slopeA = (T.One - y) * (T.One + y); return y; }
    public static T Relu<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { slopeA = a > T.Zero ? T.One : T.Zero; return a > T.Zero ? a : T.Zero; }
    public static T Abs<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { slopeA = a > T.Zero ? T.One : a < T.Zero ? -T.One : T.Zero; return T.Abs(a); }
    public static T Sigmoid<T>(T a, out T slopeA) where T : IFloatingPointIeee754<T> { var y = T.One / (T.One + T.Exp(-a)); slopeA = y * (T.One - y); return y; }
}

public readonly partial struct Value
{
    public static Value operator +(Value a, Value b) => Tape.Record(Slopes.Add(a.Data, b.Data, out var sa, out var sb), a, sa, b, sb);
    public static Value operator +(Value a, double b) => Tape.Record(Slopes.Add(a.Data, b, out var sa, out _), a, sa);
    public static Value operator +(double a, Value b) => Tape.Record(Slopes.Add(a, b.Data, out _, out var sb), b, sb);
    public static Value operator -(Value a, Value b) => Tape.Record(Slopes.Sub(a.Data, b.Data, out var sa, out var sb), a, sa, b, sb);
    public static Value operator -(Value a, double b) => Tape.Record(Slopes.Sub(a.Data, b, out var sa, out _), a, sa);
    public static Value operator -(double a, Value b) => Tape.Record(Slopes.Sub(a, b.Data, out _, out var sb), b, sb);
    public static Value operator *(Value a, Value b) => Tape.Record(Slopes.Mul(a.Data, b.Data, out var sa, out var sb), a, sa, b, sb);
    public static Value operator *(Value a, double b) => Tape.Record(Slopes.Mul(a.Data, b, out var sa, out _), a, sa);
    public static Value operator *(double a, Value b) => Tape.Record(Slopes.Mul(a, b.Data, out _, out var sb), b, sb);
    public static Value operator /(Value a, Value b) => Tape.Record(Slopes.Div(a.Data, b.Data, out var sa, out var sb), a, sa, b, sb);
    public static Value operator /(Value a, double b) => Tape.Record(Slopes.Div(a.Data, b, out var sa, out _), a, sa);
    public static Value operator /(double a, Value b) => Tape.Record(Slopes.Div(a, b.Data, out _, out var sb), b, sb);
    public static Value Pow(Value a, Value b) => Tape.Record(Slopes.Pow(a.Data, b.Data, out var sa, out var sb), a, sa, b, sb);
    public static Value Pow(Value a, double b) => Tape.Record(Slopes.Pow(a.Data, b, out var sa, out _), a, sa);
    public static Value Pow(double a, Value b) => Tape.Record(Slopes.Pow(a, b.Data, out _, out var sb), b, sb);
    public Value Pow(Value b) => Pow(this, b);
    public Value Pow(double b) => Pow(this, b);
    public static Value Max(Value a, Value b) => Tape.Record(Slopes.Max(a.Data, b.Data, out var sa, out var sb), a, sa, b, sb);
    public static Value Max(Value a, double b) => Tape.Record(Slopes.Max(a.Data, b, out var sa, out _), a, sa);
    public static Value Max(double a, Value b) => Tape.Record(Slopes.Max(a, b.Data, out _, out var sb), b, sb);
    public Value Max(Value b) => Max(this, b);
    public Value Max(double b) => Max(this, b);
    public static Value Min(Value a, Value b) => Tape.Record(Slopes.Min(a.Data, b.Data, out var sa, out var sb), a, sa, b, sb);
    public static Value Min(Value a, double b) => Tape.Record(Slopes.Min(a.Data, b, out var sa, out _), a, sa);
    public static Value Min(double a, Value b) => Tape.Record(Slopes.Min(a, b.Data, out _, out var sb), b, sb);
    public Value Min(Value b) => Min(this, b);
    public Value Min(double b) => Min(this, b);
    public static Value operator -(Value a) => Tape.Record(Slopes.Neg(a.Data, out var slope), a, slope);
    public static Value Exp(Value a) => Tape.Record(Slopes.Exp(a.Data, out var slope), a, slope);
    public Value Exp() => Exp(this);
    public static Value Log(Value a) => Tape.Record(Slopes.Log(a.Data, out var slope), a, slope);
    public Value Log() => Log(this);
    public static Value Sqrt(Value a) => Tape.Record(Slopes.Sqrt(a.Data, out var slope), a, slope);
    public Value Sqrt() => Sqrt(this);
    public static Value Sin(Value a) => Tape.Record(Slopes.Sin(a.Data, out var slope), a, slope);
    public Value Sin() => Sin(this);
    public static Value Cos(Value a) => Tape.Record(Slopes.Cos(a.Data, out var slope), a, slope);
    public Value Cos() => Cos(this);
    public static Value Tanh(Value a) => Tape.Record(Slopes.Tanh(a.Data, out var slope), a, slope);
    public Value Tanh() => Tanh(this);
    public static Value Relu(Value a) => Tape.Record(Slopes.Relu(a.Data, out var slope), a, slope);
    public Value Relu() => Relu(this);
    public static Value Abs(Value a) => Tape.Record(Slopes.Abs(a.Data, out var slope), a, slope);
    public Value Abs() => Abs(this);
    public static Value Sigmoid(Value a) => Tape.Record(Slopes.Sigmoid(a.Data, out var slope), a, slope);
    public Value Sigmoid() => Sigmoid(this);
}
