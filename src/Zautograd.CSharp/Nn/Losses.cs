namespace Zautograd.Nn;

/// <summary>How wrong a network is, as one value to make small.</summary>
/// <remarks>Each loss is composed of operations on <see cref="Value"/>; its gradient needs no formula of its own.</remarks>
/// <example><code>
/// Value[] scores = [.. data.Points.Select(point => model.Score(point))];
/// var loss = Losses.Hinge(scores, data.Labels.ToArray()) + 1e-4 * Losses.L2(model.Parameters);
/// loss.Backward();
/// </code></example>
public static class Losses
{
    /// <summary>The mean of max(0, 1 - label · score): 0 once every score is on its label's side of 0 by at least 1.</summary>
    /// <param name="scores">One score per example.</param>
    /// <param name="labels">-1 or +1 per example.</param>
    /// <example><code>Losses.Hinge([0.25, 3.0], [1, 1]).Data   // -> 0.375</code></example>
    public static Value Hinge(ReadOnlySpan<Value> scores, ReadOnlySpan<int> labels)
    {
        CheckLengths(scores.Length, labels.Length, nameof(labels));
        using var terms = new Scratch(scores.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            terms.Span[i] = Hinge(scores[i], labels[i]);
        }

        return Value.Sum(terms.Span) / scores.Length;
    }

    /// <summary>max(0, 1 - label · score) for one example.</summary>
    /// <param name="score">The score.</param>
    /// <param name="label">-1 or +1.</param>
    /// <example><code>Losses.Hinge(0.25, -1).Data   // -> 1.25</code></example>
    public static Value Hinge(Value score, int label) =>
        label is -1 or 1
            ? (1.0 - label * score).Relu()
            : throw new ArgumentOutOfRangeException(nameof(label), label, "a label for the hinge loss is -1 or +1");

    /// <summary>The mean of (output - target)².</summary>
    /// <param name="outputs">What the network says.</param>
    /// <param name="targets">What it ought to say.</param>
    /// <example><code>Losses.SquaredError([1.0, 2.0], [1.0, 4.0]).Data   // -> 2</code></example>
    public static Value SquaredError(ReadOnlySpan<Value> outputs, ReadOnlySpan<double> targets)
    {
        CheckLengths(outputs.Length, targets.Length, nameof(targets));
        using var errors = new Scratch(outputs.Length);
        for (var i = 0; i < outputs.Length; i++)
        {
            errors.Span[i] = outputs[i] - targets[i];
        }

        return Value.Dot(errors.Span, errors.Span) / outputs.Length;
    }

    /// <summary>The mean of (output - target)², for targets that are values themselves, such as a <see cref="Plan"/>'s inputs.</summary>
    /// <param name="outputs">What the network says.</param>
    /// <param name="targets">What it ought to say.</param>
    /// <example><code>
    /// var plan = Plan.Record(v => Losses.SquaredError([v[0].Exp()], targets: v[1..]), inputs: [0, 0]);
    /// plan.Value([0, 3])   // -> 4
    /// </code></example>
    public static Value SquaredError(ReadOnlySpan<Value> outputs, ReadOnlySpan<Value> targets)
    {
        CheckLengths(outputs.Length, targets.Length, nameof(targets));
        using var errors = new Scratch(outputs.Length);
        for (var i = 0; i < outputs.Length; i++)
        {
            errors.Span[i] = outputs[i] - targets[i];
        }

        return Value.Dot(errors.Span, errors.Span) / outputs.Length;
    }

    /// <summary>Minus the logarithm of the probability that softmax gives to the right class.</summary>
    /// <param name="logits">One number per class, as they come from a linear layer.</param>
    /// <param name="label">The right class, counted from 0.</param>
    /// <remarks>No exponential overflows however large the logits are, and no digit of a small loss is lost.</remarks>
    /// <example><code>Losses.SoftmaxCrossEntropy([0.0, 0.0], 1).Data   // -> 0.6931471805…</code></example>
    public static Value SoftmaxCrossEntropy(ReadOnlySpan<Value> logits, int label)
    {
        if (label < 0 || label >= logits.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(label),
                label,
                $"there are {logits.Length} logits, so a label is from 0 to {logits.Length - 1}"
            );
        }

        using var ahead = new Scratch(logits.Length);
        for (var i = 0; i < logits.Length; i++)
        {
            ahead.Span[i] = i == label ? 0.0 : logits[i] - logits[label];
        }

        return Value.LogSumExp(ahead.Span);
    }

    /// <summary>The mean of minus the logarithms of softmax's probabilities, weighed by the targets: for labels that are values themselves,
    /// such as a <see cref="Plan"/>'s inputs, one-hot or smoothed.</summary>
    /// <param name="logits">One number per class, as they come from a linear layer.</param>
    /// <param name="targets">The probability that each class ought to have, which add up to 1; otherwise the loss is weighed by their sum.</param>
    /// <remarks>A logit of -infinity makes it NaN, even for a class with target 0: leave that class out, or use the overload with a label.</remarks>
    /// <example><code>
    /// Losses.SoftmaxCrossEntropy([1.0, 2.0], targets: [0.0, 1.0]).Data   // -> 0.3132616875…
    /// var plan = Plan.Record(v => Losses.SoftmaxCrossEntropy(v[..2], targets: v[2..]), inputs: [0, 0, 0, 1]);
    /// plan.Value([1, 2, 0, 1, 1000, -1000, 1, 0], reduction: Reduction.Sum)   // -> 0.3132616875…
    /// </code></example>
    public static Value SoftmaxCrossEntropy(ReadOnlySpan<Value> logits, ReadOnlySpan<Value> targets)
    {
        CheckLengths(logits.Length, targets.Length, nameof(targets));
        // sum * logsumexp(logits) - score, with the logits taken from near the right class: so a small loss keeps its digits
        Value sum = Value.Sum(targets),
            score = Value.Dot(targets, logits),
            shift = score + (1.0 - sum) * logits[0];
        using var ahead = new Scratch(logits.Length);
        for (var i = 0; i < logits.Length; i++)
        {
            ahead.Span[i] = logits[i] - shift;
        }

        return sum * Value.LogSumExp(ahead.Span) + (sum - 1.0) * (score - sum * logits[0]);
    }

    /// <summary>The sum of the squares of all parameters: a penalty that keeps weights small.</summary>
    /// <param name="parameters">The parameters of a module.</param>
    /// <example><code>Losses.L2([x, y]).Data   // -> 29</code></example>
    public static Value L2(IReadOnlyList<Value> parameters)
    {
        var all = Shape.Span(parameters);
        return Value.Dot(all, all);
    }

    static void CheckLengths(int outputs, int given, string name)
    {
        if (outputs == 0)
        {
            throw new ArgumentException("at least one example is needed", name);
        }

        if (outputs != given)
        {
            throw new ArgumentException($"there are {outputs} outputs but {given} {name}", name);
        }
    }
}
