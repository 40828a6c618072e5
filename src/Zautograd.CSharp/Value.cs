using System.Globalization;
using System.Runtime.CompilerServices;

namespace Zautograd;

/// <summary>A number that remembers how it was computed, so that <see cref="Backward"/> can find its gradient.</summary>
/// <remarks>
/// <para>Ordinary arithmetic on values is recorded; constants (<see cref="double"/> operands) are not.
/// <see cref="Backward"/> adds to <see cref="Grad"/> of every leaf (a value made from a number) the derivative with respect to it,
/// until you set that to 0; an intermediate shows the gradient of the latest <see cref="Backward"/> through it.</para>
/// <para>A <c>Value</c> is a small handle: copies of it are the same node. Two threads may share values and call
/// <see cref="Backward"/> at the same time; setting <see cref="Data"/> or <see cref="Grad"/> is not synchronised.</para>
/// </remarks>
/// <example><code>
/// Value x = 101, y = 12;
/// var f = (x * x + 4) * y - x / y;
/// f.Backward();
/// Console.WriteLine($"{f.Data} {x.Grad} {y.Grad}");   // -> 122451.58333333333 2423.9166666666665 10205.701388888889
/// </code></example>
public readonly partial struct Value : IEquatable<Value>, IComparable<Value>, IComparable
{
    internal readonly Tape? Tape;
    internal readonly int Index;

    /// <summary>A new leaf holding <paramref name="data"/>.</summary>
    /// <example><code>new Value(0.5)   // -> Value(data=0.5, grad=0)</code></example>
    public Value(double data) => this = Tape.Leaf(data);

    internal Value(Tape tape, int index)
    {
        Tape = tape;
        Index = index;
    }

    internal Block Block
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Tape ?? ThrowNoNumber()).Block;
    }

    /// <summary>The number itself. It may be set; what has been recorded keeps the slopes of the number it was computed with.</summary>
    /// <example><code>
    /// (x * x).Backward();
    /// x.Data -= 0.1 * x.Grad;   // -> 1.6
    /// </code></example>
    public ref double Data
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Observer.Touching(this, isGrad: false);
            return ref Number;
        }
    }

    /// <summary>The number itself, for what is observed as something else, or not at all.</summary>
    internal ref double Number
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Block.Value(Index);
    }

    /// <summary>The gradient: of a leaf the sum over all calls of <see cref="Backward"/> since it was last set to 0,
    /// of an intermediate that of the latest call through it.</summary>
    /// <example><code>
    /// (x * x).Backward();
    /// (x * x).Backward();
    /// x.Grad   // -> 8
    /// x.Grad = 0;
    /// </code></example>
    public ref double Grad
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Observer.Touching(this, isGrad: true);
            return ref Block.Grad(Index);
        }
    }

    /// <summary>Reverse sweep from here: every value this one was computed from gets its gradient.</summary>
    /// <example><code>
    /// Value x = 3;
    /// (x * x).Backward();
    /// x.Grad   // -> 6
    /// </code></example>
    public void Backward()
    {
        var tape = Tape ?? ThrowNoNumber();
        using var pause = new Observer.Pause();
        pause.Sweeping(this);
        Sweep.From(tape, Index);
    }

    /// <summary>A new leaf for a number.</summary>
    /// <example><code>Value weight = 0.5;   // -> Value(data=0.5, grad=0)</code></example>
    public static implicit operator Value(double data) => new(data);

    /// <summary>The number without its history.</summary>
    /// <example><code>double number = (double)(x * x);   // -> 4</code></example>
    public static explicit operator double(Value value) => value.Data;

    /// <summary>A new leaf holding 0, where F#'s <c>List.sum</c> begins.</summary>
    /// <example><code>Value.Zero.Data   // -> 0</code></example>
    public static Value Zero => new(0);

    /// <summary>A new leaf holding 1, where F#'s <c>pown</c> begins.</summary>
    /// <example><code>Value.One.Data   // -> 1</code></example>
    public static Value One => new(1);

    /// <summary>A value divided by a count, as F#'s <c>List.average</c> asks for.</summary>
    /// <example><code>Value.DivideByInt(x + y, 2).Data   // -> 3.5</code></example>
    public static Value DivideByInt(Value value, int count) => value / count;

    /// <summary>-1, 0 or 1. F#'s <c>sign</c> uses it.</summary>
    /// <example><code>new Value(-2.5).Sign   // -> -1</code></example>
    public int Sign =>
        this > 0 ? 1
        : this < 0 ? -1
        : this == 0 ? 0
        : Math.Sign(Number); // which throws, for NaN has none

    /// <summary>The same value.</summary>
    /// <example><code>(+x).Equals(x)   // -> true</code></example>
    public static Value operator +(Value value) => value;

    /// <summary>Sum of any number of values, recorded as one operation.</summary>
    /// <example><code>Value.Sum(x, y, 3).Data   // -> 10</code></example>
    public static Value Sum(params ReadOnlySpan<Value> values) => Tape.Sum(values);

    /// <summary>The logarithm of the sum of the exponentials, recorded as one operation that no large number overflows: a maximum without
    /// corners. Its slopes are the softmax.</summary>
    /// <remarks>Equal infinities share the slope 1. Of no values it is minus infinity.</remarks>
    /// <example><code>
    /// Value.LogSumExp(x, y, 1000).Backward();
    /// y.Grad   // -> 0
    /// Value.LogSumExp(x, y).Data   // -> 5.0485873515…
    /// </code></example>
    public static Value LogSumExp(params ReadOnlySpan<Value> values) => Tape.LogSumExp(values);

    /// <summary>a[0]*b[0] + a[1]*b[1] + ..., recorded as one operation.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <example><code>
    /// var norm = Value.Dot([x, y], [x, y]);   // -> Value(data=29, grad=0)
    /// norm.Backward();
    /// y.Grad   // -> 10
    /// </code></example>
    public static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<Value> b) => Tape.Dot(a, b, default);

    /// <summary>a[0]*b[0] + a[1]*b[1] + ... + bias, recorded as one operation: a neuron before its activation.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <example><code>Value.Dot([x, y], [y, x], bias: -19.5).Tanh().Data   // -> 0.4621171572…</code></example>
    public static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<Value> b, Value bias)
    {
        _ = bias.Block;
        return Tape.Dot(a, b, bias);
    }

    /// <summary>a[0]*b[0] + a[1]*b[1] + ... with constant b, recorded as one operation.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <example><code>Value.Dot([x, y], [0.5, -1.0]).Data   // -> -4</code></example>
    public static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<double> b) => Tape.Dot(a, b, default);

    /// <summary>a[0]*b[0] + a[1]*b[1] + ... + bias with constant b, recorded as one operation.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <example><code>Value.Dot([x, y], [0.5, -1.0], bias: 3).Data   // -> -1</code></example>
    public static Value Dot(ReadOnlySpan<Value> a, ReadOnlySpan<double> b, Value bias)
    {
        _ = bias.Block;
        return Tape.Dot(a, b, bias);
    }

    /// <summary>Whether the number on the left is smaller.</summary>
    /// <example><code>x &lt; y   // -> true</code></example>
    public static bool operator <(Value left, Value right) => Observer.Seen(Operation.Less, left, right, left.Number < right.Number);

    /// <summary>Whether the number on the left is greater.</summary>
    /// <example><code>x &gt; y   // -> false</code></example>
    public static bool operator >(Value left, Value right) => Observer.Seen(Operation.Less, right, left, left.Number > right.Number);

    /// <summary>Whether the number on the left is not greater.</summary>
    /// <example><code>x &lt;= y   // -> true</code></example>
    public static bool operator <=(Value left, Value right) =>
        Observer.Seen(Operation.LessOrEqual, left, right, left.Number <= right.Number);

    /// <summary>Whether the number on the left is not smaller.</summary>
    /// <example><code>x &gt;= y   // -> false</code></example>
    public static bool operator >=(Value left, Value right) =>
        Observer.Seen(Operation.LessOrEqual, right, left, left.Number >= right.Number);

    /// <summary>Whether the numbers are equal (<see cref="Equals(Value)"/> asks whether the nodes are the same).</summary>
    /// <example><code>x == new Value(2)   // -> true</code></example>
    public static bool operator ==(Value left, Value right) => Observer.Seen(Operation.Equal, left, right, left.Number == right.Number);

    /// <summary>Whether the numbers differ.</summary>
    /// <example><code>x != y   // -> true</code></example>
    public static bool operator !=(Value left, Value right) => !(left == right);

    /// <summary>Whether the number on the left is smaller.</summary>
    /// <example><code>x &lt; 0   // -> false</code></example>
    public static bool operator <(Value left, double right) => Observer.Seen(Operation.Less, left, right, left.Number < right);

    /// <summary>Whether the number on the left is greater.</summary>
    /// <example><code>x &gt; 0   // -> true</code></example>
    public static bool operator >(Value left, double right) => Observer.Seen(Operation.Less, right, left, left.Number > right);

    /// <summary>Whether the number on the left is not greater.</summary>
    /// <example><code>x &lt;= 1   // -> false</code></example>
    public static bool operator <=(Value left, double right) => Observer.Seen(Operation.LessOrEqual, left, right, left.Number <= right);

    /// <summary>Whether the number on the left is not smaller.</summary>
    /// <example><code>x &gt;= 1   // -> true</code></example>
    public static bool operator >=(Value left, double right) => Observer.Seen(Operation.LessOrEqual, right, left, left.Number >= right);

    /// <summary>Whether the numbers are equal.</summary>
    /// <example><code>x == 2   // -> true</code></example>
    public static bool operator ==(Value left, double right) => Observer.Seen(Operation.Equal, left, right, left.Number == right);

    /// <summary>Whether the numbers differ.</summary>
    /// <example><code>x != 2   // -> false</code></example>
    public static bool operator !=(Value left, double right) => !(left == right);

    /// <summary>Whether the number on the left is smaller.</summary>
    /// <example><code>0 &lt; x   // -> true</code></example>
    public static bool operator <(double left, Value right) => Observer.Seen(Operation.Less, left, right, left < right.Number);

    /// <summary>Whether the number on the left is greater.</summary>
    /// <example><code>0 &gt; x   // -> false</code></example>
    public static bool operator >(double left, Value right) => Observer.Seen(Operation.Less, right, left, left > right.Number);

    /// <summary>Whether the number on the left is not greater.</summary>
    /// <example><code>1 &lt;= x   // -> true</code></example>
    public static bool operator <=(double left, Value right) => Observer.Seen(Operation.LessOrEqual, left, right, left <= right.Number);

    /// <summary>Whether the number on the left is not smaller.</summary>
    /// <example><code>1 &gt;= x   // -> false</code></example>
    public static bool operator >=(double left, Value right) => Observer.Seen(Operation.LessOrEqual, right, left, left >= right.Number);

    /// <summary>Whether the numbers are equal.</summary>
    /// <example><code>2 == x   // -> true</code></example>
    public static bool operator ==(double left, Value right) => Observer.Seen(Operation.Equal, left, right, left == right.Number);

    /// <summary>Whether the numbers differ.</summary>
    /// <example><code>2 != x   // -> false</code></example>
    public static bool operator !=(double left, Value right) => !(left == right);

    /// <summary>Orders by the numbers, as <see cref="double.CompareTo(double)"/> does.</summary>
    /// <example><code>
    /// Value[] values = [y, x];
    /// Array.Sort(values);
    /// values[0].Data   // -> 2
    /// </code></example>
    public int CompareTo(Value other) =>
        this < other ? -1
        : this > other ? 1
        : this == other ? 0
        : !IsNaN(this) ? 1 // below, at least one is not a number, and that is smaller than all that are
        : IsNaN(other) ? 0
        : -1;

    // as a comparison, so that an observer sees it
    static bool IsNaN(Value value) => Observer.Seen(Operation.Equal, value, value, value.Number == value.Number) is false;

    /// <summary>Orders by the numbers; anything is greater than null.</summary>
    /// <exception cref="ArgumentException"><paramref name="other"/> is not a value.</exception>
    /// <example><code>x.CompareTo((object)y)   // -> -1</code></example>
    public int CompareTo(object? other) =>
        other switch
        {
            null => 1,
            Value value => CompareTo(value),
            _ => throw new ArgumentException($"A Value can only be compared with a Value, not with {other.GetType()}.", nameof(other)),
        };

    /// <summary>Whether both are the same node (== compares the numbers).</summary>
    /// <example><code>
    /// x.Equals(x)   // -> true
    /// x.Equals(new Value(2))   // -> false
    /// </code></example>
    public bool Equals(Value other) => ReferenceEquals(Tape, other.Tape) && Index == other.Index;

    /// <summary>Whether both are the same node.</summary>
    /// <example><code>x.Equals((object)2.0)   // -> false</code></example>
    public override bool Equals(object? other) => other is Value value && Equals(value);

    /// <summary>A hash of the node, so that a dictionary can hold something per value.</summary>
    /// <example><code>
    /// var names = new Dictionary&lt;Value, string&gt; { [x] = "weight" };
    /// names[x]   // -> weight
    /// </code></example>
    public override int GetHashCode() => HashCode.Combine(Tape is null ? 0 : RuntimeHelpers.GetHashCode(Tape), Index);

    /// <summary>Number and gradient, exactly and in the invariant culture.</summary>
    /// <example><code>Console.WriteLine(x);   // -> Value(data=2, grad=0)</code></example>
    public override string ToString() =>
        Tape is null ? "Value(no number)" : string.Create(CultureInfo.InvariantCulture, $"Value(data={Data:R}, grad={Grad:R})");

    static Tape ThrowNoNumber() =>
        throw new InvalidOperationException("This Value was never given a number: it is default(Value). Write new Value(0) instead.");
}
