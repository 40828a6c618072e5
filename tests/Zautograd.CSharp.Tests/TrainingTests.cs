using Zautograd.Nn;

namespace Zautograd.Tests;

public sealed class TrainingTests
{
    [Fact]
    public void A_run_is_the_seven_steps_written_out()
    {
        var data = Datasets.Moons(10, 0.1, new Random(1));
        MLP trained = new(2, [4, 1], new Random(2)),
            byHand = new(2, [4, 1], new Random(2));

        var run = Training.Run(trained, data, Objective.Hinge(0.01), new Sgd(trained.Parameters, 0.1), steps: 3);

        foreach (var progress in run)
        {
            Value[] scores = [.. data.Points.Select(point => byHand.Score(point))];
            var loss = Losses.Hinge(scores, [.. data.Labels]) + 0.01 * Losses.L2(byHand.Parameters);
            byHand.ZeroGrad();
            loss.Backward();
            foreach (var parameter in byHand.Parameters)
            {
                parameter.Data -= 0.1 * parameter.Grad;
            }

            NnTests.AssertClose(loss.Data, progress.Loss);
            Assert.Equal(scores.Where((score, i) => score.Data > 0.0 == data.Labels[i] > 0).Count() / 10.0, progress.Accuracy);
        }

        foreach (var (expected, actual) in byHand.Parameters.Zip(trained.Parameters))
        {
            NnTests.AssertClose(expected.Data, actual.Data);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_bit_for_bit()
    {
        static long[] Bits(int seed)
        {
            var random = new Random(seed);
            var data = Datasets.Moons(50, 0.1, random);
            var model = new MLP(2, [8, 1], random);
            var run = Training.Run(
                model,
                data,
                Objective.Hinge(1e-4),
                new Adam(model.Parameters, 0.01),
                steps: 20,
                batch: 16,
                shuffle: random
            );
            return [.. run.Select(p => p.Loss).Concat(model.Parameters.Select(p => p.Data)).Select(BitConverter.DoubleToInt64Bits)];
        }

        Assert.Equal(Bits(3), Bits(3));
        Assert.NotEqual(Bits(3), Bits(4));
    }

    [Fact]
    public void Training_learns_the_moons()
    {
        var random = new Random(3);
        var data = Datasets.Moons(100, 0.1, random);
        var model = new MLP(2, [16, 16, 1], random);
        var objective = Objective.Hinge(1e-4);
        var run = Training.Run(model, data, objective, new Adam(model.Parameters, 0.02), steps: 150);
        Assert.True(run[^1].Loss < 0.1 * run[0].Loss, $"the loss went from {run[0].Loss} to {run[^1].Loss} only");
        Assert.True(Training.Accuracy(model, data, objective) >= 0.97);
    }

    [Fact]
    public void Each_pass_sees_every_example_once_in_batches_and_in_another_order()
    {
        var batches = new Batches(10, 4, new Random(1));
        int[][] passes = [.. Enumerable.Range(0, 2).Select(_ => (int[])[.. batches.Next(), .. batches.Next(), .. batches.Next()])];
        Assert.All(passes, pass => Assert.Equal(Enumerable.Range(0, 10), pass.Order()));
        Assert.NotEqual(passes[0], passes[1]);
    }

    [Fact]
    public void Without_a_shuffle_examples_come_in_the_order_of_the_data()
    {
        var batches = new Batches(5, 2, null);
        Assert.Equal([0, 1, 2, 3, 4, 0, 1], [.. batches.Next(), .. batches.Next(), .. batches.Next(), .. batches.Next()]);
        Assert.Equal(5, new Batches(5, 8, null).Next().Length);
        Assert.Equal("batch", Assert.Throws<ArgumentOutOfRangeException>(() => new Batches(5, 0, null)).ParamName);
    }

    [Fact]
    public void Progress_is_told_after_every_step_and_a_schedule_sets_the_rate()
    {
        var (model, data) = Small();
        var optimizer = new Sgd(model.Parameters, 0.1);
        var told = new List<TrainingProgress>();
        var rates = new List<double>();
        var run = Training.Run(
            model,
            data,
            Objective.Hinge(),
            optimizer,
            steps: 3,
            rate: step => 0.3 / step,
            progress: progress =>
            {
                told.Add(progress);
                rates.Add(optimizer.Rate);
            }
        );
        Assert.Equal(run, told);
        Assert.Equal([1, 2, 3], told.Select(p => p.Step));
        Assert.All(told, p => Assert.Equal(3, p.Steps));
        Assert.Equal([0.3, 0.3 / 2, 0.3 / 3], rates);
    }

    [Fact]
    public void A_cancelled_run_stops_after_a_whole_step()
    {
        var (model, data) = Small();
        using var source = new CancellationTokenSource();
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() =>
            Training.Run(
                model,
                data,
                Objective.Hinge(),
                new Sgd(model.Parameters, 0.1),
                steps: 10,
                cancellation: source.Token,
                progress: progress =>
                {
                    steps = progress.Step;
                    if (steps == 4)
                    {
                        source.Cancel();
                    }
                }
            )
        );
        Assert.Equal(4, steps);
    }

    [Fact]
    public void A_parameter_that_is_not_a_number_is_named()
    {
        var (model, data) = Small();
        model.Parameters[4].Data = double.NaN;
        var problem = Assert.Throws<NotFiniteNumberException>(() =>
            Training.Run(model, data, Objective.Hinge(), new Sgd(model.Parameters, 0.125), steps: 10)
        );
        Assert.StartsWith("parameter 4 (layer 0, neuron 1, weight 1) is NaN at step 1", problem.Message);
        Assert.Contains("lower learning rate (it was 0.125)", problem.Message);
    }

    [Fact]
    public void A_parameter_that_runs_away_is_named_even_where_relu_hides_it()
    {
        var (model, data) = Small();
        model.Parameters[2].Data = double.NegativeInfinity;
        var problem = Assert.Throws<NotFiniteNumberException>(() =>
            Training.Run(model, data, Objective.Hinge(), new Sgd(model.Parameters, 0.1), steps: 10)
        );
        Assert.Contains("parameter 2 (layer 0, neuron 0, bias)", problem.Message);
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_with_advice_and_changes_nothing()
    {
        var model = new MLP(2, [2], new Random(1));
        var before = model.Parameters.Select(p => p.Data).ToArray();
        var problem = Assert.Throws<NotFiniteNumberException>(() =>
            Training.Run(
                model,
                new Dataset(
                    [
                        [double.NaN, 1.0],
                    ],
                    [1]
                ),
                Objective.SoftmaxCrossEntropy(),
                new Sgd(model.Parameters, 0.1),
                steps: 10
            )
        );
        Assert.StartsWith("the loss is NaN at step 1", problem.Message);
        Assert.Contains("see that the data are finite", problem.Message);
        Assert.Equal(before, model.Parameters.Select(p => p.Data));
    }

    [Fact]
    public void The_hinge_objective_needs_one_output()
    {
        var model = new MLP(2, [3, 2], new Random(1));
        var problem = Assert.Throws<ArgumentException>(() =>
            Training.Run(model, Datasets.Moons(4, 0.1, new Random(1)), Objective.Hinge(), new Sgd(model.Parameters, 0.1), steps: 1)
        );
        Assert.Contains("one output, this one has 2", problem.Message);
    }

    [Fact]
    public void The_greatest_output_is_the_class_and_accuracy_counts_it()
    {
        var model = new MLP(1, [3], new Random(1));
        NnTests.Set(model, 1.0, 0.0, 2.0, 0.0, 0.0, 1.0); // outputs x, 2x, 1
        var objective = Objective.SoftmaxCrossEntropy();
        Assert.Equal(1, objective.Classify(model.Call([3.0])));
        Assert.Equal(2, objective.Classify(model.Call([0.1])));
        Assert.Equal(0, objective.Classify([new(5.0), new(5.0)]));
        Assert.Equal(
            0.75,
            Training.Accuracy(
                model,
                new Dataset(
                    [
                        [3.0],
                        [2.0],
                        [0.1],
                        [-1.0],
                    ],
                    [1, 1, 2, 0]
                ),
                objective
            )
        );
    }

    static (MLP Model, Dataset Data) Small() => (new MLP(2, [3, 1], new Random(1)), Datasets.Moons(8, 0.1, new Random(2)));
}
