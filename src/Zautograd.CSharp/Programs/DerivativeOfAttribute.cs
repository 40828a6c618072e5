namespace Zautograd;

/// <summary>
/// A method of one's own rule: the slopes of a method whose source the generator does not see. The rule takes the method's parameters and
/// returns the value, and has an <c>out</c> slope for each double among them.
/// </summary>
/// <example><code>
/// // [DerivativeOf(nameof(Bessel))] static double BesselSlope(double x, out double slope) ...
/// new DerivativeOfAttribute("Bessel").Method   // -> Bessel
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DerivativeOfAttribute(string method) : Attribute
{
    /// <summary>The name of the method that the rule is for.</summary>
    /// <example><code>new DerivativeOfAttribute("Bessel").Method   // -> Bessel</code></example>
    public string Method => method;
}
