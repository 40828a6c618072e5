using System.Numerics;

namespace Zautograd;

/// <summary>A function of one variable, written once for every number type: <see cref="Derivatives"/> runs it on what each operator needs.</summary>
/// <remarks>C# has no delegate with a type parameter of its own, so the function is a method of a struct, and runs at full speed.</remarks>
/// <example><code>
/// Derivatives.Derivative(new Cube(), 2.0)   // -> 12
///
/// readonly struct Cube : IFunction
/// {
///     public T Call&lt;T&gt;(T x) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt; => x * x * x;
/// }
/// </code></example>
public interface IFunction
{
    /// <summary>The function.</summary>
    /// <inheritdoc cref="IFunction" path="/example"/>
    T Call<T>(T x)
        where T : struct, IFloatingPointIeee754<T>;
}

/// <summary>A function of many variables with one result, written once for every number type.</summary>
/// <example><code>
/// Derivatives.Gradient(new Product(), [2.0, 5.0])   // -> [5, 2]
///
/// readonly struct Product : IScalarField
/// {
///     public T Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt; => x[0] * x[1];
/// }
/// </code></example>
public interface IScalarField
{
    /// <summary>The function.</summary>
    /// <inheritdoc cref="IScalarField" path="/example"/>
    T Call<T>(ReadOnlySpan<T> x)
        where T : struct, IFloatingPointIeee754<T>;
}

/// <summary>A function of many variables with many results, written once for every number type.</summary>
/// <example><code>
/// Derivatives.Divergence(new Turn(), [2.0, 5.0])   // -> 0
/// Derivatives.Curl(new Turn(), [2.0, 5.0])   // -> [2]
///
/// readonly struct Turn : IVectorField
/// {
///     public int Results(int variables) => variables;
///
///     public void Call&lt;T&gt;(ReadOnlySpan&lt;T&gt; x, Span&lt;T&gt; y) where T : struct, System.Numerics.IFloatingPointIeee754&lt;T&gt; =>
///         (y[0], y[1]) = (-x[1], x[0]);
/// }
/// </code></example>
public interface IVectorField
{
    /// <summary>How many results there are for so many variables.</summary>
    /// <inheritdoc cref="IVectorField" path="/example"/>
    int Results(int variables);

    /// <summary>The function; it writes every result.</summary>
    /// <inheritdoc cref="IVectorField" path="/example"/>
    void Call<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : struct, IFloatingPointIeee754<T>;
}
