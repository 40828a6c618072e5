using System.Globalization;
using Zautograd.Nn;

namespace Zautograd.Examples;

/// <summary>
/// What every C# example finds to work with. Each runs as a method of a class of its own that derives from this one, so a variable
/// that the example declares itself hides the one here.
/// </summary>
public abstract class ExamplePrelude
{
    // two numbers to differentiate by, and the formula ln x + x*y - sin y
    protected Value x = 2,
        y = 5;
    protected Expr formula = Quote.Read((double x, double y) => Math.Log(x) + x * y - Math.Sin(y)).Body;

    // two moons, a network for them, and a point of the plane
    protected Random random = new(1);
    protected Dataset data = Datasets.Moons(100, 0.1, new Random(1));
    protected MLP model = new(2, [16, 16, 1], new Random(1));
    protected Objective objective = Objective.Hinge();
    protected double[] point = [0.5, -1.0];

    // the products of neighbours, and a valley for each pair of variables
    protected readonly struct Products : IVectorField
    {
        public int Results(int variables) => variables - 1;

        public void Call<T>(ReadOnlySpan<T> x, Span<T> y)
            where T : struct, System.Numerics.IFloatingPointIeee754<T>
        {
            for (int i = 0; i < y.Length; i++)
                y[i] = x[i] * x[i + 1];
        }
    }

    protected readonly struct Rosenbrock : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, System.Numerics.IFloatingPointIeee754<T>
        {
            var sum = T.Zero;
            for (int i = 0; i < x.Length; i += 2)
            {
                T valley = x[i + 1] - x[i] * x[i],
                    far = T.One - x[i];
                sum += T.CreateChecked(100) * valley * valley + far * far;
            }
            return sum;
        }
    }

    // what files are read, and where they are written
    protected string digits = Path.Combine(Documentation.Repository, "samples", "data", "digits.csv.gz");
    protected string folder = "";

    /// <summary>What an example prints is its result: this stands in the place of the process's own console.</summary>
    protected TextWriter Console => printed;

    readonly StringWriter printed = new(CultureInfo.InvariantCulture);
    readonly List<string> failures = [];

    /// <summary>The example.</summary>
    protected abstract void Example();

    /// <summary>Runs the example; the results that are not what they ought to be, in words.</summary>
    public IReadOnlyList<string> Run(string temporaryFolder)
    {
        folder = temporaryFolder;
        try
        {
            Example();
        }
        catch (Exception exception)
        {
            failures.Add(Result.Show(exception));
        }

        return failures;
    }

    /// <summary>Compares a value.</summary>
    protected void Check(string expected, object? value) => CheckText(expected, Result.Show(value));

    /// <summary>Forgets what was printed.</summary>
    protected void ClearPrinted() => printed.GetStringBuilder().Clear();

    /// <summary>Compares what was printed since.</summary>
    protected void CheckPrinted(string expected) => CheckText(expected, printed.ToString());

    /// <summary>Compares how code fails.</summary>
    protected void CheckFailure(string expected, Action code)
    {
        try
        {
            code();
            CheckText(expected, "no exception");
        }
        catch (Exception exception)
        {
            CheckText(expected, Result.Show(exception));
        }
    }

    void CheckText(string expected, string actual)
    {
        if (!Result.Agrees(expected, actual))
        {
            failures.Add($"expected {expected}, but it is {actual.TrimEnd()}");
        }
    }
}
