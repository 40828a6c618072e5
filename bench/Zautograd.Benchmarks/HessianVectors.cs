using Zautograd.Programs;

namespace Zautograd.Benchmarks;

/// <summary>
/// What a Hessian-vector product costs in gradients of the same function written in the same way, each as a user takes it: a generic function, a
/// lambda over values, a compiled expression, a compiled program.
/// </summary>
static class HessianVectors
{
    static readonly Operators.Rosenbrock function = new();

    static Value Lambda(Value[] x)
    {
        Value sum = 0;
        for (int i = 0; i + 1 < x.Length; i++)
        {
            var bend = x[i + 1] - x[i] * x[i];
            var rest = 1 - x[i];
            sum += 100 * (bend * bend) + rest * rest;
        }

        return sum;
    }

    static Expr Formula(string[] names)
    {
        var x = Array.ConvertAll(names, Expr.Variable);
        Expr sum = 0;
        for (int i = 0; i + 1 < x.Length; i++)
        {
            var bend = x[i + 1] - x[i] * x[i];
            var rest = 1 - x[i];
            sum += 100 * (bend * bend) + rest * rest;
        }

        return sum;
    }

    /// <summary>Each writes its gradient and its product.</summary>
    record Row(string Way, Action<double[]> Gradient, Action<double[], double[]> Product);

    static IEnumerable<Row> Rows(double[] x, double[] v)
    {
        yield return new(
            "a function over any T",
            gradient => Derivatives.ValueAndGradient(function, x, gradient),
            (gradient, product) => Derivatives.HessianVector(function, x, v, gradient, product)
        );
        yield return new(
            "a lambda over `Value`",
            gradient => Derivatives.Gradient(Lambda, x).CopyTo(gradient, 0),
            (_, product) => Derivatives.HessianVector(Lambda, x, v).CopyTo(product, 0)
        );
        string[] names = [.. Enumerable.Range(0, x.Length).Select(i => $"x{i}")];
        var formula = Formula(names);
        var once = formula.CompileGradient(names);
        var twice = formula.CompileHessianVector(names);
        yield return new(
            "a compiled expression",
            gradient => once.Invoke(x, gradient),
            (gradient, product) => twice(x, v, gradient, product)
        );

        var first = Compiler.Gradient<Func<double[], double[], double>>(Programs.rosenbrock, "f");
        var second = Compiler.HessianVector<Func<double[], double[], double[], double[], double>>(Programs.rosenbrock, "f");
        yield return new("a compiled program", gradient => first(x, gradient), (gradient, product) => second(x, v, gradient, product));
    }

    public static void Quick()
    {
        Console.WriteLine("| Rosenbrock as | variables | gradient, us | Hessian-vector product, us | in gradients |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (int n in new[] { 2, 10, 16, 24, 100, 1000, 10_000 })
        {
            double[] x = Operators.Point(n),
                v = Operators.Point(n + 1)[1..],
                expected = new double[n],
                times = new double[n];
            Derivatives.HessianVector(function, x, v, expected, times);
            foreach (var row in Rows(x, v))
            {
                double[] gradient = new double[n],
                    again = new double[n],
                    product = new double[n];
                row.Gradient(gradient);
                row.Product(again, product);
                Operators.Check(expected, gradient);
                Operators.Check(times, product);
                var (one, two) = Operators.Best(() => row.Gradient(gradient), () => row.Product(again, product));
                Console.WriteLine($"| {row.Way} | {n} | {one:F2} | {two:F2} | {two / one:F2} |");
            }
        }
    }
}
