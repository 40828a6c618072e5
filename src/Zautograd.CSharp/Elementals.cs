namespace Zautograd;

/// <summary>
/// The elemental library, the first of the three methods: every operation takes and returns a pair (value, tangent), and the user
/// writes the program out step by step in forward mode.
/// </summary>
/// <remarks>The operations are emitted from the rule table; a tangent of exactly 0 contributes 0 even where a slope is infinite.</remarks>
/// <example><code>
/// var x = Elementals.Variable(2);   // the derivative is with respect to x
/// var y = Elementals.Constant(5);
/// var t1 = Elementals.Log(x);
/// var t2 = Elementals.Mul(x, y);
/// var t3 = Elementals.Sin(y);
/// var z = Elementals.Sub(Elementals.Add(t1, t2), t3);   // -> (11.652071455223084, 5.5)
/// </code></example>
public static partial class Elementals
{
    /// <summary>The variable to differentiate by: its tangent is 1.</summary>
    /// <example><code>var x = Elementals.Variable(2);   // -> (2, 1)</code></example>
    public static (double Value, double Tangent) Variable(double value) => (value, 1);

    /// <summary>A number that does not change: its tangent is 0.</summary>
    /// <example><code>var four = Elementals.Constant(4);   // -> (4, 0)</code></example>
    public static (double Value, double Tangent) Constant(double value) => (value, 0);
}
