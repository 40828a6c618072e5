namespace Zautograd.GradBench;

/// <summary>How far what cameras see is from what they should: residuals of observations, and the sparse Jacobian of all of them.</summary>
static partial class BundleAdjustment
{
    sealed record Input(int N, int M, int P, double[] Cam, double[] X, double W, double[] Feat);

    const int Camera = 11,
        Point = 3,
        Entries = Camera + Point + 1;

    /// <summary>Camera: rotation (3), centre (3), focal length, principal point (2), distortion (2).</summary>
    [Differentiable]
    public static void Residual(
        ReadOnlySpan<double> camera,
        ReadOnlySpan<double> point,
        double weight,
        [Constant] ReadOnlySpan<double> feature,
        Span<double> error
    )
    {
        double y1 = point[0] - camera[3],
            y2 = point[1] - camera[4],
            y3 = point[2] - camera[5];
        double r1 = camera[0],
            r2 = camera[1],
            r3 = camera[2];
        double z1 = y1 + r2 * y3 - r3 * y2,
            z2 = y2 + r3 * y1 - r1 * y3,
            z3 = y3 + r1 * y2 - r2 * y1;
        var square = r1 * r1 + r2 * r2 + r3 * r3;
        if (square != 0.0)
        {
            var angle = Math.Sqrt(square);
            double cosine = Math.Cos(angle),
                sine = Math.Sin(angle);
            double a1 = r1 / angle,
                a2 = r2 / angle,
                a3 = r3 / angle;
            var along = (a1 * y1 + a2 * y2 + a3 * y3) * (1.0 - cosine);
            z1 = y1 * cosine + (a2 * y3 - a3 * y2) * sine + a1 * along;
            z2 = y2 * cosine + (a3 * y1 - a1 * y3) * sine + a2 * along;
            z3 = y3 * cosine + (a1 * y2 - a2 * y1) * sine + a3 * along;
        }
        double p = z1 / z3,
            q = z2 / z3;
        var radius = p * p + q * q;
        var bend = 1.0 + camera[9] * radius + camera[10] * radius * radius;
        error[0] = weight * (p * bend * camera[6] + camera[7] - feature[0]);
        error[1] = weight * (q * bend * camera[6] + camera[8] - feature[1]);
    }

    [Differentiable]
    public static double WeightResidual(double weight) => 1.0 - weight * weight;

    static T[] Repeat<T>(T[] part, int count) => [.. Enumerable.Range(0, count).SelectMany(_ => part)];

    static T[] Seen<T>(T[] all) => [.. all.Take(30), all[^1]];

    public static Eval Eval { get; } =
        new()
        {
            {
                "objective",
                (Input input) =>
                {
                    double[] cameras = Repeat(input.Cam, input.N),
                        points = Repeat(input.X, input.M),
                        weights = Repeat([input.W], input.P),
                        features = Repeat(input.Feat, input.P);
                    double[] errors = new double[2 * input.P],
                        weightErrors = new double[input.P];
                    return new(
                        () =>
                        {
                            for (var i = 0; i < input.P; i++)
                            {
                                Residual(
                                    cameras.AsSpan(Camera * (i % input.N), Camera),
                                    points.AsSpan(Point * (i % input.M), Point),
                                    weights[i],
                                    features.AsSpan(2 * i, 2),
                                    errors.AsSpan(2 * i, 2)
                                );
                                weightErrors[i] = WeightResidual(weights[i]);
                            }
                        },
                        () =>
                            new
                            {
                                reproj_error = new { elements = errors[..2], repeated = input.P },
                                w_err = new { element = weightErrors[0], repeated = input.P },
                            }
                    );
                }
            },
            {
                "jacobian",
                (Input input) =>
                {
                    var jacobian = new SparseJacobian(input.N, input.M, input.P);
                    double[] cameras = Repeat(input.Cam, input.N),
                        points = Repeat(input.X, input.M),
                        weights = Repeat([input.W], input.P),
                        features = Repeat(input.Feat, input.P);
                    return new(
                        () => jacobian.Fill(cameras, points, weights, features),
                        () =>
                            new
                            {
                                rows = Seen(jacobian.Rows),
                                cols = Seen(jacobian.Columns),
                                vals = Seen(jacobian.Values),
                            }
                    );
                }
            },
        };

    /// <summary>The Jacobian in compressed rows: of each observation two rows over its camera, its point and its weight; then one entry per weight.</summary>
    sealed class SparseJacobian(int n, int m, int p)
    {
        public int[] Rows { get; } = new int[3 * p + 1];
        public int[] Columns { get; } = new int[(2 * Entries + 1) * p];
        public double[] Values { get; } = new double[(2 * Entries + 1) * p];

        public void Fill(double[] cameras, double[] points, double[] weights, double[] features)
        {
            Span<double> error = stackalloc double[2],
                start = stackalloc double[2];
            ReadOnlySpan<double> seeds = [1.0, 0.0, 0.0, 1.0];
            var place = 0;
            for (var i = 0; i < p; i++)
            {
                var (camera, point) = (i % n, i % m);
                for (var side = 0; side < 2; side++)
                {
                    Rows[2 * i + side] = place;
                    var row = Values.AsSpan(place, Entries);
                    ResidualAdjoint(
                        cameras.AsSpan(Camera * camera, Camera),
                        points.AsSpan(Point * point, Point),
                        weights[i],
                        features.AsSpan(2 * i, 2),
                        error,
                        seeds.Slice(2 * side, 2),
                        row[..Camera],
                        row.Slice(Camera, Point),
                        out row[Entries - 1],
                        start
                    );
                    var columns = Columns.AsSpan(place, Entries);
                    for (var j = 0; j < Camera; j++)
                        columns[j] = Camera * camera + j;
                    for (var j = 0; j < Point; j++)
                        columns[Camera + j] = Camera * n + Point * point + j;
                    columns[Entries - 1] = Camera * n + Point * m + i;
                    place += Entries;
                }
            }
            for (var i = 0; i < p; i++)
            {
                Rows[2 * p + i] = place;
                WeightResidualGradient(weights[i], out Values[place]);
                Columns[place++] = Camera * n + Point * m + i;
            }
            Rows[3 * p] = place;
        }
    }
}
