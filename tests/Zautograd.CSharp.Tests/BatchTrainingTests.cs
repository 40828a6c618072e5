using Xunit;
using Zautograd.Nn;

namespace Zautograd.Tests;

/// <summary>Whole batches at once give what the tape gives, example by example.</summary>
public sealed class BatchTrainingTests
{
    static readonly Dataset Moons = Datasets.Moons(23, noise: 0.1, new Random(3));

    static readonly Dataset Classes = new(
        [.. Enumerable.Range(0, 37).Select(i => Enumerable.Range(0, 5).Select(j => Math.Sin(1.7 * i + j * j)).ToArray())],
        [.. Enumerable.Range(0, 37).Select(i => i * i % 3)]
    );

    // as a user would write them: these go over the tape
    static Objective OnTape(Objective objective, double penalty) => new(objective.Loss, objective.Classify, penalty);

    public static TheoryData<Activation, int, double, bool> Ways()
    {
        var ways = new TheoryData<Activation, int, double, bool>();
        foreach (var activation in Enum.GetValues<Activation>())
        {
            ways.Add(activation, 23, 0.0, false);
            ways.Add(activation, 7, 0.01, false);
            ways.Add(activation, 16, 0.0, true);
            ways.Add(activation, 1, 0.03, true);
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Batches_at_once_train_as_the_tape_does(Activation activation, int batch, double penalty, bool adam)
    {
        (double[] Parameters, double[] Gradient, IReadOnlyList<TrainingProgress> Run) Train(bool tape, Precision precision, bool moons)
        {
            var model = moons
                ? new MLP(2, [9, 17, 1], new Random(5), activation)
                : new MLP(5, [24, 3], new Random(5), activation, InitialWeights.ScaledByInputs);
            var objective = moons ? Objective.Hinge(penalty) : Objective.SoftmaxCrossEntropy(penalty);
            Optimizer optimizer = adam ? new Adam(model.Parameters, 0.01) : new Sgd(model.Parameters, 0.05, momentum: 0.5);
            var run = Training.Run(
                model,
                moons ? Moons : Classes,
                tape ? OnTape(objective, penalty) : objective,
                optimizer,
                steps: 6,
                batch: batch,
                shuffle: new Random(8),
                precision: precision
            );
            return ([.. model.Parameters.Select(p => p.Data)], [.. model.Parameters.Select(p => p.Grad)], run);
        }

        foreach (var moons in new[] { true, false })
        {
            var tape = Train(true, Precision.Double, moons);
            foreach (var (precision, tolerance) in new[] { (Precision.Double, 1e-10), (Precision.Single, 2e-3) })
            {
                var batches = Train(false, precision, moons);
                Close(tape.Parameters, batches.Parameters, tolerance);
                Close(tape.Gradient, batches.Gradient, tolerance);
                Close([.. tape.Run.Select(step => step.Loss)], [.. batches.Run.Select(step => step.Loss)], tolerance);
                if (precision == Precision.Double)
                {
                    Assert.Equal(tape.Run.Select(step => step.Accuracy), batches.Run.Select(step => step.Accuracy));
                }
            }
        }
    }

    [Fact]
    public void A_row_of_activations_is_what_the_rule_table_says_of_each()
    {
        static void Check<T>(Activation activation, double[] points, double tolerance)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            T[] sums = [.. points.Select(T.CreateTruncating)],
                results = [.. sums],
                slopes = new T[sums.Length];
            ActivationRows.Apply<T>(activation, results, slopes);
            for (var i = 0; i < sums.Length; i++)
            {
                var slope = T.One;
                var result = activation switch
                {
                    Activation.ReLU => Slopes.Relu(sums[i], out slope),
                    Activation.Tanh => Slopes.Tanh(sums[i], out slope),
                    Activation.Sigmoid => Slopes.Sigmoid(sums[i], out slope),
                    _ => sums[i],
                };
                Near(result, results[i]);
                Near(slope, slopes[i]);
            }

            void Near(T expected, T found) =>
                Assert.True(
                    expected.Equals(found) || T.Abs(found - expected) <= T.CreateTruncating(tolerance) * T.Abs(expected),
                    $"{activation} of {typeof(T).Name}: {found} for {expected}"
                );
        }

        var magnitudes = Enumerable.Range(0, 200).Select(i => Math.Pow(10, -12 + 14.4 * i / 199));
        double[] points =
        [
            .. magnitudes.SelectMany(x => new[] { x, -x }),
            0,
            -0.0,
            1000,
            -1000,
            double.NaN,
            double.PositiveInfinity,
            double.NegativeInfinity,
        ];
        foreach (var activation in Enum.GetValues<Activation>())
        {
            Check<double>(activation, points, 1e-12);
            Check<float>(activation, [.. points.Where(x => !(Math.Abs(x) is > 80 and < 1e300))], 2e-6); // no subnormal slopes
            for (var length = 1; length < 20; length++)
            {
                Check<double>(activation, points[200..(200 + length)], 1e-12);
            }
        }
    }

    [Fact]
    public void An_optimizer_remembers_from_run_to_run()
    {
        double[] Train(params int[] runs)
        {
            var model = new MLP(2, [8, 1], new Random(5));
            var optimizer = new Adam(model.Parameters, 0.01);
            foreach (var steps in runs)
            {
                Training.Run(model, Moons, Objective.Hinge(), optimizer, steps);
            }

            return [.. model.Parameters.Select(p => p.Data)];
        }

        Assert.Equal(Train(6), Train(2, 4));
    }

    [Fact]
    public void Who_is_told_sees_the_model_and_may_change_it()
    {
        var model = new MLP(2, [8, 1], new Random(5));
        var seen = new List<double>();
        var run = Training.Run(
            model,
            Moons,
            Objective.Hinge(),
            new Sgd(model.Parameters, 0.05),
            steps: 3,
            rate: _ =>
            {
                seen.Add(model.Parameters[0].Data);
                return 0.05;
            },
            progress: _ => model.Parameters[^1].Data = 1000.0
        );
        Assert.Equal(3, seen.Distinct().Count());
        Assert.Equal(1000.0, model.Parameters[^1].Data);
        Assert.True(run[1].Loss > 100.0);
    }

    [Fact]
    public void An_objective_that_looks_at_the_parameters_sees_those_of_the_step()
    {
        var model = new MLP(2, [4, 1], new Random(5));
        var weight = model.Parameters[0];
        var objective = new Objective((scores, _) => weight * weight + 0.0 * scores[0], _ => 1);
        Training.Run(model, Moons, objective, new Sgd(model.Parameters, 0.25), steps: 4);
        Assert.Equal(new MLP(2, [4, 1], new Random(5)).Parameters[0].Data / 16.0, weight.Data, 12);
    }

    [Fact]
    public void An_objective_of_ones_own_is_refused_in_single_precision()
    {
        var model = new MLP(2, [4, 1], new Random(5));
        var problem = Assert.Throws<NotSupportedException>(() =>
            Training.Run(
                model,
                Moons,
                OnTape(Objective.Hinge(), 0.0),
                new Sgd(model.Parameters, 0.25),
                steps: 4,
                precision: Precision.Single
            )
        );
        Assert.Contains("Precision.Double", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_is_the_sum_in_order_whatever_the_tiles()
    {
        var random = new Random(2);
        int[] sizes = [1, 2, 5, 6, 7, 13, 15, 16, 17, 31, 33];
        foreach (var rows in sizes)
        {
            foreach (var columns in sizes)
            {
                foreach (var inner in new[] { 1, 3, 20 })
                {
                    Check<double, Lanes512<double>, Lanes256<double>>(rows, columns, inner);
                    Check<float, Lanes512<float>, Lanes256<float>>(rows, columns, inner);
                }
            }
        }

        void Check<T, TWide, TNarrow>(int rows, int columns, int inner)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
            where TWide : struct, ILanes<TWide, T>
            where TNarrow : struct, ILanes<TNarrow, T>
        {
            T[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating(random.NextDouble() - 0.5))];
            T[] left = Numbers(rows * inner),
                right = Numbers(inner * columns);
            var expected = new T[rows * columns];
            for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
            for (var k = 0; k < inner; k++)
                expected[i * columns + j] = T.FusedMultiplyAdd(left[k * rows + i], right[k * columns + j], expected[i * columns + j]);

            var (wide, narrow) = (new T[rows * columns], new T[rows * columns]);
            var a = new Matrix<T>(left, inner, rows).Transposed;
            MatrixProduct.Tiles<T, TWide>(new(wide, rows, columns), a, new(right, inner, columns));
            MatrixProduct.Tiles<T, TNarrow>(new(narrow, rows, columns), a, new(right, inner, columns));
            Assert.Equal(expected, wide);
            Assert.Equal(expected, narrow);
        }
    }

    [Fact]
    public void Matrices_that_do_not_fit_are_refused() =>
        Assert.Throws<ArgumentException>(() =>
            MatrixProduct.Into<double>(new(new double[4], 2, 2), new(new double[6], 2, 3), new(new double[4], 2, 2))
        );

    static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * (1.0 + Math.Abs(expected[i])),
                $"number {i}: {actual[i]:R} for {expected[i]:R}"
            );
        }
    }
}
