namespace Zautograd.Nn;

/// <summary>What a training run makes small: the mean loss of the examples, and a penalty on large weights if wanted.</summary>
/// <example><code>
/// var own = new Objective((scores, label) => (scores[0] - label).Pow(2), scores => (int)Math.Round(scores[0].Data));
/// own.Loss([0.75], 1).Data   // -> 0.0625
/// </code></example>
/// <param name="loss">The loss of one example, from the network's outputs and the label.</param>
/// <param name="classify">The label that the network's outputs stand for.</param>
/// <param name="penalty">The weight of <see cref="Losses.L2"/>.</param>
public sealed class Objective(Objective.ExampleLoss loss, Objective.Classifier classify, double penalty = 0.0)
{
    /// <summary>The loss of one example.</summary>
    /// <param name="scores">The network's outputs.</param>
    /// <param name="label">What they ought to say.</param>
    /// <example><code>Objective.ExampleLoss loss = (scores, label) => (scores[0] - label).Abs();</code></example>
    public delegate Value ExampleLoss(ReadOnlySpan<Value> scores, int label);

    /// <summary>The label that outputs stand for.</summary>
    /// <param name="scores">The network's outputs.</param>
    /// <example><code>Objective.Classifier sign = scores => scores[0].Sign;</code></example>
    public delegate int Classifier(ReadOnlySpan<Value> scores);

    /// <summary>Two classes, -1 and +1, told apart by the sign of the one output: <see cref="Losses.Hinge(Value, int)"/>.</summary>
    /// <param name="penalty">The weight of <see cref="Losses.L2"/>.</param>
    /// <example><code>Objective.Hinge().Loss([0.25], 1).Data   // -> 0.75</code></example>
    public static Objective Hinge(double penalty = 0.0) =>
        new((scores, label) => Losses.Hinge(One(scores), label), scores => One(scores) > 0.0 ? 1 : -1, penalty)
        {
            LooksAtScoresOnly = true,
        };

    /// <summary>As many classes as outputs, the greatest output wins: <see cref="Losses.SoftmaxCrossEntropy(ReadOnlySpan{Value}, int)"/>.</summary>
    /// <param name="penalty">The weight of <see cref="Losses.L2"/>.</param>
    /// <example><code>Objective.SoftmaxCrossEntropy().Loss([0.0, 0.0], 1).Data   // -> 0.6931471805…</code></example>
    public static Objective SoftmaxCrossEntropy(double penalty = 0.0) =>
        new(Losses.SoftmaxCrossEntropy, Greatest, penalty) { LooksAtScoresOnly = true };

    /// <summary>The label that the outputs of a network stand for.</summary>
    /// <param name="scores">The outputs.</param>
    /// <example><code>Objective.SoftmaxCrossEntropy().Classify([0.5, 2.0, -1.0])   // -> 1</code></example>
    public int Classify(ReadOnlySpan<Value> scores) => classify(scores);

    /// <summary>The loss of one example, without penalty.</summary>
    /// <param name="scores">The network's outputs.</param>
    /// <param name="label">What they ought to say.</param>
    /// <example><code>var loss = objective.Loss(model.Call(point), 1);</code></example>
    public Value Loss(ReadOnlySpan<Value> scores, int label) => loss(scores, label);

    /// <summary>The penalty on a module's weights; 0 if none was asked for.</summary>
    /// <param name="parameters">The module's parameters.</param>
    /// <example><code>Objective.Hinge(penalty: 0.1).Penalty([x, y]).Data   // -> 2.9</code></example>
    public Value Penalty(IReadOnlyList<Value> parameters) => penalty == 0.0 ? 0.0 : penalty * Losses.L2(parameters);

    /// <summary>Whether the loss is a function of scores and label and nothing else; a user's own may well look at the model's parameters.</summary>
    internal bool LooksAtScoresOnly { get; init; }

    internal double PenaltyWeight => penalty;

    static Value One(ReadOnlySpan<Value> scores) =>
        scores.Length == 1
            ? scores[0]
            : throw new ArgumentException($"the hinge loss needs a network of one output, this one has {scores.Length}", nameof(scores));

    static int Greatest(ReadOnlySpan<Value> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            best = scores[i] > scores[best] ? i : best;
        }

        return best;
    }
}
