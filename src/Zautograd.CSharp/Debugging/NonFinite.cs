namespace Zautograd;

/// <summary>
/// A switch for debugging: finds the first operation on values that makes a NaN or an infinity, in the forward direction or in the sweep,
/// and says which one it was, of what numbers, and on which line of yours.
/// </summary>
/// <remarks>
/// While a watch is on, its thread computes slowly; what is off costs nothing. Infinities that you bring in yourself are no finding until they
/// make a NaN.
/// </remarks>
/// <example><code>
/// using var watch = NonFinite.Watch();
/// Value price = 2;
/// (price - 5).Log()   // -> throws NonFiniteException: log(-3) is NaN, …
/// </code></example>
public static class NonFinite
{
    /// <summary>Watches this thread until it is disposed.</summary>
    /// <param name="report">What to do with a finding; without it the operation throws it, or <see cref="Value.Backward"/> does.</param>
    /// <param name="everyLine">Remember the line of every operation, to say where operands come from and where an infinite slope does. That
    /// takes some 10 to 20 microseconds an operation; without it, only the line where a value goes wrong is known.</param>
    /// <example><code>
    /// // no value is infinite here, but the slope of a root is at 0
    /// using var watch = NonFinite.Watch(finding => Console.WriteLine(finding.Message));
    /// Value at = 0;
    /// (3 * at.Sqrt()).Backward();   // -> the slope of sqrt(0) is Infinity, …
    /// </code></example>
    public static IDisposable Watch(Action<NonFiniteException>? report = null, bool everyLine = true) => new FiniteWatch(report, everyLine);
}

/// <summary>A NaN or an infinity came up under <see cref="NonFinite.Watch"/>; the message says where.</summary>
/// <example><code>new NonFiniteException("log(-3) is NaN").Message   // -> log(-3) is NaN</code></example>
public sealed class NonFiniteException : ArithmeticException
{
    /// <summary>A finding.</summary>
    /// <example><code>new NonFiniteException("0/0 is NaN").Message   // -> 0/0 is NaN</code></example>
    public NonFiniteException(string message)
        : base(message) { }
}
