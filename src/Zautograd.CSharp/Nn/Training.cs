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
        CancellationToken cancellation = default
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
        using var scores = new Scratch(batches.Size * model.Outputs);
        for (var step = 1; step <= steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            optimizer.Rate = rate?.Invoke(step) ?? optimizer.Rate;

            var examples = batches.Next(); // 1. data
            var outputs = scores.Span[..(examples.Length * model.Outputs)]; // 2. the model is given
            Forward(model, data, examples, outputs); // 3. forward: what does it say?
            var loss = Loss(model, data, objective, examples, outputs); // 4. loss: how wrong is that?
            CheckLoss(loss, step, model, optimizer);
            model.ZeroGrad(); // 5. zero the gradients
            loss.Backward(); // 6. backward: which way is better?
            optimizer.Step(); // 7. update: go a little that way
            CheckParameters(step, model, optimizer);

            run.Add(new(step, steps, loss.Data, Accuracy(data, objective, examples, outputs)));
            progress?.Invoke(run[^1]);
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

    static void Forward(MLP model, Dataset data, ReadOnlySpan<int> examples, Span<Value> outputs)
    {
        for (var i = 0; i < examples.Length; i++)
        {
            model.Call(data.Points[examples[i]], outputs.Slice(i * model.Outputs, model.Outputs));
        }
    }

    static Value Loss(MLP model, Dataset data, Objective objective, ReadOnlySpan<int> examples, ReadOnlySpan<Value> outputs)
    {
        using var terms = new Scratch(examples.Length);
        for (var i = 0; i < examples.Length; i++)
        {
            terms.Span[i] = objective.Loss(outputs.Slice(i * model.Outputs, model.Outputs), data.Labels[examples[i]]);
        }

        return Value.Sum(terms.Span) / examples.Length + objective.Penalty(model.Parameters);
    }

    static double Accuracy(Dataset data, Objective objective, ReadOnlySpan<int> examples, ReadOnlySpan<Value> outputs)
    {
        var width = outputs.Length / examples.Length;
        var right = 0;
        for (var i = 0; i < examples.Length; i++)
        {
            right += objective.Classify(outputs.Slice(i * width, width)) == data.Labels[examples[i]] ? 1 : 0;
        }

        return (double)right / examples.Length;
    }

    static void CheckLoss(Value loss, int step, MLP model, Optimizer optimizer)
    {
        if (!double.IsFinite(loss.Data))
        {
            CheckParameters(step, model, optimizer); // the cause, if it is one of them
            throw NotFinite("the loss", loss.Data, step, optimizer);
        }
    }

    static void CheckParameters(int step, MLP model, Optimizer optimizer)
    {
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            if (!double.IsFinite(model.Parameters[i].Data))
            {
                var name = $"parameter {i} ({model.ParameterName(i)})";
                throw NotFinite(name, model.Parameters[i].Data, step, optimizer);
            }
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
