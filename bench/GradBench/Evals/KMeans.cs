namespace Zautograd.GradBench;

/// <summary>The squared distances of points to the nearest of some centroids, and Newton's step, whose Hessian is diagonal.</summary>
static partial class KMeans
{
    sealed record Input(double[][] Points, double[][] Centroids);

    [Differentiable(Order = 2)]
    public static double Cost([Constant] ReadOnlySpan<double> points, ReadOnlySpan<double> centroids, int dimension)
    {
        var count = points.Length / dimension;
        var clusters = centroids.Length / dimension;
        var cost = 0.0;
        for (var i = 0; i < count; i++)
        {
            var least = double.PositiveInfinity;
            for (var c = 0; c < clusters; c++)
            {
                var distance = 0.0;
                for (var j = 0; j < dimension; j++)
                {
                    var difference = centroids[c * dimension + j] - points[i * dimension + j];
                    distance += difference * difference;
                }
                if (distance < least)
                    least = distance;
            }
            cost += least;
        }
        return cost;
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "cost",
                (Input input) =>
                {
                    double[] points = Rows.Flat(input.Points),
                        centroids = Rows.Flat(input.Centroids);
                    var dimension = input.Centroids[0].Length;
                    var cost = 0.0;
                    return new(() => cost = Cost(points, centroids, dimension), () => cost);
                }
            },
            {
                "dir",
                (Input input) =>
                {
                    double[] points = Rows.Flat(input.Points),
                        centroids = Rows.Flat(input.Centroids);
                    var dimension = input.Centroids[0].Length;
                    double[] ones = [.. Enumerable.Repeat(1.0, centroids.Length)],
                        gradient = new double[centroids.Length],
                        diagonal = new double[centroids.Length],
                        direction = new double[centroids.Length];
                    return new(
                        () =>
                        {
                            CostGradient(points, centroids, dimension, gradient);
                            CostHessianVector(points, centroids, dimension, ones, diagonal);
                            for (var i = 0; i < direction.Length; i++)
                                direction[i] = gradient[i] / diagonal[i];
                        },
                        () => Rows.Of(direction, dimension, input.Centroids.Length)
                    );
                }
            },
        };
}
