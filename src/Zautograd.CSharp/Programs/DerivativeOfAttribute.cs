namespace Zautograd;

/// <summary>
/// A user's own rule: this method gives the derivative of another one, which the generator then calls as it is and does not look into. For
/// methods without source, and for those whose derivative is known better than their steps tell: a solver's by the implicit function theorem.
/// </summary>
/// <remarks>
/// The other method returns one double and takes numbers and <c>ReadOnlySpan</c>s of them; the rule takes the same. It returns the slope, or a
/// tuple of slopes, one for each double; or it writes them: to an <c>out double</c> for each double and a <c>Span&lt;double></c> for each span of
/// doubles, behind the parameters. A parameter of the rule that is <see cref="ConstantAttribute"/> has none. Where the rule itself can be
/// differentiated, second derivatives follow from it.
/// </remarks>
/// <example><code>
/// // public static double Root(double a) { ... a while loop ... }
/// // [DerivativeOf(nameof(Root))] static double RootSlope(double a) => 0.5 / Root(a);
/// // [DerivativeOf(typeof(Math), nameof(Math.ScaleB))] static double ScaleSlope(double x, int n) => Math.ScaleB(1.0, n);
/// new DerivativeOfAttribute("Root").Method   // -> Root
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DerivativeOfAttribute : Attribute
{
    /// <summary>A rule for a method of the same type.</summary>
    /// <param name="method">Its name; of several methods with this name, the one whose parameters the rule takes.</param>
    /// <example><code>new DerivativeOfAttribute("Root").Type is null   // -> true</code></example>
    public DerivativeOfAttribute(string method) => Method = method;

    /// <summary>A rule for a method of another type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="method">The method's name; of several methods with this name, the one whose parameters the rule takes.</param>
    /// <example><code>new DerivativeOfAttribute(typeof(Math), nameof(Math.ScaleB)).Type   // -> System.Math</code></example>
    public DerivativeOfAttribute(Type type, string method)
        : this(method) => Type = type;

    /// <summary>The type that has the method; null where it is the rule's own.</summary>
    /// <example><code>new DerivativeOfAttribute(typeof(Math), "ScaleB").Type   // -> System.Math</code></example>
    public Type? Type { get; }

    /// <summary>The name of the method.</summary>
    /// <example><code>new DerivativeOfAttribute("Root").Method   // -> Root</code></example>
    public string Method { get; }
}
