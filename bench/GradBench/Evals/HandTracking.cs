namespace Zautograd.GradBench;

/// <summary>A hand's skin, moved by its bones, against measured points.</summary>
static partial class HandTracking
{
    sealed record Model(
        int BoneCount,
        int[] Parents,
        double[][][] BaseRelatives,
        double[][][] InverseBaseAbsolutes,
        double[][] BasePositions,
        double[][] Weights,
        int[][] Triangles,
        bool IsMirrored
    );

    sealed record Data(Model Model, int[] Correspondences, double[][] Points);

    sealed record Input(double[] Theta, Data Data, double[][] Us);

    /// <summary>The product of two 4 x 4 matrices, row by row.</summary>
    static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product)
    {
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < 4; k++)
                    sum += a[4 * i + k] * b[4 * k + j];
                product[4 * i + j] = sum;
            }
        }
    }

    /// <summary>The rotation about the axes x, then y, then z, as a 4 x 4 matrix.</summary>
    static void Euler(double x, double z, double y, Span<double> rotation)
    {
        double cx = Math.Cos(x),
            sx = Math.Sin(x),
            cy = Math.Cos(y),
            sy = Math.Sin(y),
            cz = Math.Cos(z),
            sz = Math.Sin(z);
        for (var i = 0; i < 16; i++)
            rotation[i] = 0.0;
        rotation[0] = cz * cy;
        rotation[1] = cz * sy * sx - sz * cx;
        rotation[2] = cz * sy * cx + sz * sx;
        rotation[4] = sz * cy;
        rotation[5] = sz * sy * sx + cz * cx;
        rotation[6] = sz * sy * cx - cz * sx;
        rotation[8] = -sy;
        rotation[9] = cy * sx;
        rotation[10] = cy * cx;
        rotation[15] = 1.0;
    }

    /// <summary>The rotation by an axis times its angle, as a 3 x 3 matrix.</summary>
    static void Rodrigues(double x, double y, double z, Span<double> rotation)
    {
        for (var i = 0; i < 9; i++)
            rotation[i] = i % 4 == 0 ? 1.0 : 0.0;
        var norm = Math.Sqrt(x * x + y * y + z * z);
        if (norm < 1e-4)
            return;
        x /= norm;
        y /= norm;
        z /= norm;
        double s = Math.Sin(norm),
            c = Math.Cos(norm);
        rotation[0] = x * x + (1 - x * x) * c;
        rotation[1] = x * y * (1 - c) - z * s;
        rotation[2] = x * z * (1 - c) + y * s;
        rotation[3] = x * y * (1 - c) + z * s;
        rotation[4] = y * y + (1 - y * y) * c;
        rotation[5] = y * z * (1 - c) - x * s;
        rotation[6] = x * z * (1 - c) - y * s;
        rotation[7] = z * y * (1 - c) + x * s;
        rotation[8] = z * z + (1 - z * z) * c;
    }

    /// <summary>theta: global rotation (3) and translation (3), then four angles per finger; us: two coordinates on its triangle per point, or none.</summary>
    [Differentiable(Mode = Mode.Forward)]
    public static void Objective(
        ReadOnlySpan<double> theta,
        ReadOnlySpan<double> us,
        ReadOnlySpan<int> parents,
        [Constant] ReadOnlySpan<double> relatives,
        [Constant] ReadOnlySpan<double> inverses,
        [Constant] ReadOnlySpan<double> positions,
        [Constant] ReadOnlySpan<double> weights,
        ReadOnlySpan<int> triangles,
        bool isMirrored,
        ReadOnlySpan<int> correspondences,
        [Constant] ReadOnlySpan<double> points,
        Span<double> errors
    )
    {
        var bones = parents.Length;
        var vertices = positions.Length / 4;

        // the angles of each bone: the first of a finger has two
        var angles = new double[3 * bones];
        var next = 6;
        for (var finger = 0; finger < 5; finger++)
        {
            for (var joint = 0; joint < 3; joint++)
            {
                var bone = 2 + 4 * finger + joint;
                angles[3 * bone] = theta[next++];
                if (joint == 0)
                    angles[3 * bone + 1] = theta[next++];
            }
        }

        double[] rotation = new double[16],
            relative = new double[16],
            absolutes = new double[16 * bones],
            moves = new double[16 * bones];
        for (var bone = 0; bone < bones; bone++)
        {
            Euler(angles[3 * bone], angles[3 * bone + 1], angles[3 * bone + 2], rotation);
            Multiply(relatives.Slice(16 * bone, 16), rotation, relative);
            var parent = parents[bone];
            if (parent < 0)
            {
                for (var i = 0; i < 16; i++)
                    absolutes[16 * bone + i] = relative[i];
            }
            else
            {
                for (var i = 0; i < 4; i++)
                {
                    for (var j = 0; j < 4; j++)
                    {
                        var sum = 0.0;
                        for (var k = 0; k < 4; k++)
                            sum += absolutes[16 * parent + 4 * i + k] * relative[4 * k + j];
                        absolutes[16 * bone + 4 * i + j] = sum;
                    }
                }
            }
            Multiply(absolutes.AsSpan(16 * bone, 16), inverses.Slice(16 * bone, 16), moves.AsSpan(16 * bone, 16));
        }

        var turn = new double[9];
        Rodrigues(theta[0], theta[1], theta[2], turn);
        var skin = new double[3 * vertices];
        for (var v = 0; v < vertices; v++)
        {
            double x = 0.0,
                y = 0.0,
                z = 0.0;
            double px = positions[4 * v],
                py = positions[4 * v + 1],
                pz = positions[4 * v + 2],
                pw = positions[4 * v + 3];
            for (var bone = 0; bone < bones; bone++)
            {
                var weight = weights[v * bones + bone];
                var m = 16 * bone;
                x += weight * (moves[m] * px + moves[m + 1] * py + moves[m + 2] * pz + moves[m + 3] * pw);
                y += weight * (moves[m + 4] * px + moves[m + 5] * py + moves[m + 6] * pz + moves[m + 7] * pw);
                z += weight * (moves[m + 8] * px + moves[m + 9] * py + moves[m + 10] * pz + moves[m + 11] * pw);
            }
            if (isMirrored)
                x = -x;
            for (var i = 0; i < 3; i++)
                skin[3 * v + i] = turn[3 * i] * x + turn[3 * i + 1] * y + turn[3 * i + 2] * z + theta[3 + i];
        }

        for (var n = 0; n < correspondences.Length; n++)
        {
            var corner = correspondences[n];
            for (var i = 0; i < 3; i++)
            {
                var place = skin[0];
                if (us.Length == 0)
                {
                    place = skin[3 * corner + i];
                }
                else
                {
                    double u = us[2 * n],
                        w = us[2 * n + 1];
                    place =
                        u * skin[3 * triangles[3 * corner] + i]
                        + w * skin[3 * triangles[3 * corner + 1] + i]
                        + (1.0 - u - w) * skin[3 * triangles[3 * corner + 2] + i];
                }
                errors[3 * n + i] = points[3 * n + i] - place;
            }
        }
    }

    /// <summary>The input as flat arrays.</summary>
    sealed class Scene(Input input)
    {
        readonly int[] parents = input.Data.Model.Parents;
        readonly double[] relatives = [.. input.Data.Model.BaseRelatives.SelectMany(Rows.Flat)];
        readonly double[] inverses = [.. input.Data.Model.InverseBaseAbsolutes.SelectMany(Rows.Flat)];
        readonly double[] positions = Rows.Flat(input.Data.Model.BasePositions);
        readonly double[] weights = Rows.Flat(input.Data.Model.Weights);
        readonly int[] triangles = [.. input.Data.Model.Triangles.SelectMany(corners => corners)];
        readonly int[] correspondences = input.Data.Correspondences;
        readonly double[] points = Rows.Flat(input.Data.Points);
        readonly double[] us = Rows.Flat(input.Us);

        public double[] Errors { get; } = new double[3 * input.Data.Correspondences.Length];

        public void Find() =>
            Objective(
                input.Theta,
                us,
                parents,
                relatives,
                inverses,
                positions,
                weights,
                triangles,
                input.Data.Model.IsMirrored,
                correspondences,
                points,
                Errors
            );

        /// <summary>The derivatives of all errors along a direction of theta and us.</summary>
        public void Move(double[] thetas, double[] uss, double[] moved) =>
            ObjectiveTangent(
                input.Theta,
                us,
                parents,
                relatives,
                inverses,
                positions,
                weights,
                triangles,
                input.Data.Model.IsMirrored,
                correspondences,
                points,
                Errors,
                thetas,
                uss,
                moved
            );

        public int Coordinates => us.Length;
    }

    /// <summary>Column by column: each point has its own us, so that all of them move at once.</summary>
    sealed class Jacobian(Input input)
    {
        readonly Scene scene = new(input);
        readonly double[][] columns =
        [
            .. Enumerable
                .Range(0, input.Theta.Length + (input.Us.Length > 0 ? 2 : 0))
                .Select(_ => new double[3 * input.Data.Correspondences.Length]),
        ];
        readonly double[] thetas = new double[input.Theta.Length];

        public void Find()
        {
            var first = columns.Length - thetas.Length;
            var uss = new double[scene.Coordinates];
            for (var side = 0; side < first; side++)
            {
                for (var i = 0; i < uss.Length; i++)
                    uss[i] = i % 2 == side ? 1.0 : 0.0;
                scene.Move(thetas, uss, columns[side]);
            }
            Array.Clear(uss);
            for (var i = 0; i < thetas.Length; i++)
            {
                thetas[i] = 1.0;
                scene.Move(thetas, uss, columns[first + i]);
                thetas[i] = 0.0;
            }
        }

        public double[][] ByRows =>
            [.. Enumerable.Range(0, columns[0].Length).Select(row => columns.Select(column => column[row]).ToArray())];
    }

    public static Eval Eval { get; } =
        new()
        {
            {
                "objective",
                (Input input) =>
                {
                    var scene = new Scene(input);
                    return new(scene.Find, () => scene.Errors);
                }
            },
            {
                "jacobian",
                (Input input) =>
                {
                    var jacobian = new Jacobian(input);
                    return new(jacobian.Find, () => jacobian.ByRows);
                }
            },
        };
}
