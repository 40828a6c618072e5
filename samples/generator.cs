// Plain C# methods, differentiated while they are compiled: dotnet run samples/generator.cs
#:project ../src/Zautograd.CSharp/Zautograd.CSharp.csproj

using System.Globalization;
using Zautograd;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// The README's first example: the value and the gradient of a method with a loop and a branch.
double[] line = [0.5, 1.0],
    slopes = new double[2];
var loss = Fit.LossGradient(line, [0, 1, 2, 4], [1, 1.25, 2.5, 5], slopes);
Console.WriteLine($"{loss} {slopes[0]} {slopes[1]}");

// A line through points, one of which is far off, by steps down the gradient.
double[] x = [0, 1, 2, 3, 4],
    y = [1.5, 3, 5, 70, 9];
for (var step = 0; step < 2000; step++)
{
    loss = Fit.LossGradient(line, x, y, slopes);
    for (var i = 0; i < line.Length; i++)
        line[i] -= 0.02 * slopes[i];
}
Console.WriteLine($"fitted: {line[0]:F4}*x + {line[1]:F4}, loss {loss:F4}");

// How the loss changes in one direction: a tangent. How its gradient does: the Hessian times that direction.
double[] steeper = [1, 0],
    column = new double[2];
Fit.LossTangent([0.5, 1.0], x, y, steeper, out var change);
Fit.LossHessianVector([2.0, 1.0], x, y, steeper, column);
Console.WriteLine($"steeper: the loss changes by {change:F4}, the gradient by {column[0]:F4} and {column[1]:F4}");

// The speed at which a planet keeps its distance, by Newton's method; the force on it is a gradient, too.
var speed = 1.2;
for (var step = 0; step < 4; step++)
{
    var distance = Planet.DistanceGradient(speed, 1000, out var slope);
    Console.WriteLine($"at speed {speed:F6} it ends at distance {distance:F6}");
    speed -= (distance - 1.0) / slope;
}

/// <summary>A line through points, where one that is far off pulls no harder than others.</summary>
static partial class Fit
{
    [Differentiable(Order = 2)]
    public static double Loss(ReadOnlySpan<double> line, [Constant] ReadOnlySpan<double> x, [Constant] ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var miss = line[0] * x[i] + line[1] - y[i];
            sum += Math.Abs(miss) < 1.0 ? miss * miss / 2.0 : Math.Abs(miss) - 0.5;
        }
        return sum;
    }
}

/// <summary>A planet that starts at (1, 0), upwards.</summary>
static partial class Planet
{
    [Differentiable]
    public static double Potential(double x, double y) => -1.0 / Math.Sqrt(x * x + y * y);

    /// <summary>How far from the sun it is after two units of time: the loop calls a derivative and is differentiated with it.</summary>
    [Differentiable]
    public static double Distance(double speed, int steps)
    {
        double x = 1.0,
            y = 0.0,
            u = 0.0,
            v = speed;
        var time = 2.0 / steps;
        for (var i = 0; i < steps; i++)
        {
            PotentialGradient(x, y, out double px, out double py);
            u -= time * px;
            v -= time * py;
            x += time * u;
            y += time * v;
        }
        return Math.Sqrt(x * x + y * y);
    }
}
