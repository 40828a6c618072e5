using System.Globalization;

namespace Zautograd.Nn;

/// <summary>How far a training run has come.</summary>
/// <param name="Step">The step just done, counted from 1.</param>
/// <param name="Steps">How many there will be.</param>
/// <param name="Loss">The loss on the step's batch, before its update.</param>
/// <param name="Accuracy">The share of the step's batch that was classified rightly, before its update.</param>
/// <example><code>var run = Training.Run(model, data, objective, new Sgd(model.Parameters, 0.5), steps: 2, progress: p => Console.WriteLine($"{p.Step}/{p.Steps}: {p.Loss}"));</code></example>
public sealed record TrainingProgress(int Step, int Steps, double Loss, double Accuracy);

/// <summary>The loop that teaches a network.</summary>
/// <example><code>
/// var random = new Random(1);
/// var data = Datasets.Moons(100, noise: 0.1, random);
/// var model = new MLP(2, [16, 16, 1], random);
/// var run = Training.Run(model, data, Objective.Hinge(1e-4), new Sgd(model.Parameters, rate: 0.5), steps: 100);
/// run.Count   // -> 100
/// Training.Accuracy(model, data, Objective.Hinge()) > 0.9   // -> true
/// </code></example>
public static class Training
{
    /// <summary>Trains a network and returns what each step reported.</summary>
    /// <param name="model">What learns.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="objective">What is made small.</param>
    /// <param name="optimizer">How parameters follow their gradients; made from <c>model.Parameters</c>.</param>
    /// <param name="steps">How many updates to do.</param>
    /// <param name="batch">How many examples each step looks at; all of them if left out.</param>
    /// <param name="shuffle">Shuffles the examples before each pass through them; left out, they come in the order of the data.</param>
    /// <param name="rate">The learning rate at each step (counted from 1); left out, the optimizer keeps its own.</param>
    /// <param name="progress">Told after every step, on the same thread.</param>
    /// <param name="cancellation">Looked at before every step; the parameters stay as the last whole step left them.</param>
    /// <param name="precision">
    /// In what precision to compute; with <see cref="Precision.Single"/> the parameters are rounded to it when the run begins.
    /// </param>
    /// <remarks>
    /// With an objective and an optimizer of this library whole batches are computed at once, as products of matrices, which gives what the
    /// tape gives but for rounding. An objective or an optimizer of your own goes over the tape, example by example. Values that you record
    /// outside see the new parameters whenever <paramref name="rate"/> or <paramref name="progress"/> is called, and after the run.
    /// </remarks>
    /// <exception cref="NotSupportedException">Single precision, with an objective or an optimizer of your own.</exception>
    /// <exception cref="NotFiniteNumberException">The loss or a parameter has become infinite or not a number.</exception>
    /// <example><code>
    /// var run = Training.Run(model, data, Objective.Hinge(), new Adam(model.Parameters, rate: 0.05), steps: 50,
    ///     batch: 32, shuffle: new Random(1), progress: p => Console.WriteLine(p));
    /// run.Count   // -> 50
    /// </code></example>
    public static IReadOnlyList<TrainingProgress> Run(
        MLP model,
        Dataset data,
        Objective objective,
        Optimizer optimizer,
        int steps,
        int? batch = null,
        Random? shuffle = null,
        Func<int, double>? rate = null,
        Action<TrainingProgress>? progress = null,
        CancellationToken cancellation = default,
        Precision precision = Precision.Double
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfZero(data.Count, nameof(data));
        var batches = new Batches(data.Count, batch ?? data.Count, shuffle);
        var run = new List<TrainingProgress>(steps);
        using var way = Way(model, data, objective, optimizer, batches.Size, precision);
        for (var step = 1; step <= steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (rate is not null)
            {
                way.Show(() => optimizer.Rate = rate(step));
            }

            var examples = batches.Next(); // 1. data
            way.Forward(examples); // 2. the model is given; 3. forward: what does it say?
            var loss = way.Loss(examples); // 4. loss: how wrong is that?
            if (!double.IsFinite(loss))
            {
                CheckParameters(way, step, model, optimizer); // the cause, if it is one of them
                throw NotFinite("the loss", loss, step, optimizer);
            }

            way.Backward(); // 5. zero the gradients; 6. backward: which way is better?
            way.Update(); // 7. update: go a little that way
            CheckParameters(way, step, model, optimizer);

            run.Add(new(step, steps, loss, way.Accuracy(examples)));
            if (progress is not null)
            {
                way.Show(() => progress(run[^1]));
            }
        }

        return run;
    }

    /// <summary>The share of the examples that a network classifies rightly, from 0 to 1.</summary>
    /// <param name="model">The network.</param>
    /// <param name="data">The examples.</param>
    /// <param name="objective">Says which label outputs stand for.</param>
    /// <example><code>Training.Accuracy(model, data, objective) >= 0.0   // -> true</code></example>
    public static double Accuracy(MLP model, Dataset data, Objective objective)
    {
        using var outputs = new Scratch(model.Outputs);
        var right = 0;
        for (var i = 0; i < data.Count; i++)
        {
            model.Call(data.Points[i], outputs.Span);
            right += objective.Classify(outputs.Span) == data.Labels[i] ? 1 : 0;
        }

        return (double)right / data.Count;
    }

    // Where all that is asked for is known, whole batches at once; else, and always rightly, on the tape.
    static TrainingWay Way(MLP model, Dataset data, Objective objective, Optimizer optimizer, int batch, Precision precision)
    {
        var known = objective.LooksAtScoresOnly && optimizer.State is not null && optimizer.Parameters.SequenceEqual(model.Parameters);
        return precision switch
        {
            Precision.Double when known => new BatchTraining<double>(model, data, objective, optimizer, batch),
            Precision.Double => new TapeTraining(model, data, objective, optimizer, batch),
            Precision.Single when known => new BatchTraining<float>(model, data, objective, optimizer, batch),
            Precision.Single => throw new NotSupportedException(
                "only objectives and optimizers of this library, the optimizer over all of model.Parameters, run in single precision: use Precision.Double for others"
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "no such precision"),
        };
    }

    static void CheckParameters(TrainingWay way, int step, MLP model, Optimizer optimizer)
    {
        if (way.FindNotFinite() is var (index, number))
        {
            throw NotFinite($"parameter {index} ({model.ParameterName(index)})", number, step, optimizer);
        }
    }

    static NotFiniteNumberException NotFinite(string what, double number, int step, Optimizer optimizer) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what} is {number:R} at step {step}: start again with a lower learning rate (it was {optimizer.Rate:R}), and see that the data are finite and of size 1 or so"
            ),
            number
        );
}
