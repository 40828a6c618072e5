namespace Zautograd;

/// <summary>A compiled expression: writes its gradient at x and the Hessian times the direction, and returns the derivative along the direction.</summary>
/// <example><code>
/// CompiledHessianVector f = formula.CompileHessianVector("x", "y");
/// double[] gradient = new double[2], product = new double[2];
/// f([2, 0], [1, 0], gradient, product)   // -> 0.5
/// product   // -> [-0.25, 1]
/// </code></example>
public delegate double CompiledHessianVector(double[] x, double[] direction, double[] gradient, double[] product);

// Compiled expressions: the gradient of the derivative along a direction is a Hessian-vector product.
public static partial class Derivatives
{
    /// <summary>Compiles gradient and Hessian-vector product of an expression, of these variables in this order: the adjoint of its tangent.</summary>
    /// <exception cref="ArgumentException">The expression has another variable.</exception>
    /// <example><code>
    /// double[] gradient = new double[2], product = new double[2];
    /// formula.CompileHessianVector("x", "y").Invoke([2, 0], [0, 1], gradient, product)   // -> 1
    /// gradient   // -> [0.5, 1]
    /// product   // -> [1, 0]
    /// </code></example>
    public static CompiledHessianVector CompileHessianVector(this Expr expression, params string[] variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        string[] directions = Array.ConvertAll(variables, name => $"direction of {name}");
        var along = expression.DirectionalDerivative([.. variables.Zip(directions.Select(Expr.Variable))]);
        var compiled = along.CompileGradient([.. variables, .. directions]);
        int n = variables.Length;
        return (x, direction, gradient, product) =>
        {
            SameLength(nameof(x), n, x.Length);
            SameLength(nameof(direction), n, direction.Length);
            SameLength(nameof(gradient), n, gradient.Length);
            SameLength(nameof(product), n, product.Length);
            var slopes = new double[2 * n];
            var tangent = compiled.Invoke([.. x, .. direction], slopes);
            slopes.AsSpan(0, n).CopyTo(product);
            slopes.AsSpan(n).CopyTo(gradient);
            return tangent;
        };
    }
}
