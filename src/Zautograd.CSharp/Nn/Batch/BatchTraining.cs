using System.Numerics;
using System.Numerics.Tensors;

namespace Zautograd.Nn;

/// <summary>
/// Whole batches at once: all parameters in one array, in the order of <see cref="MLP.Parameters"/>, and all gradients in another. The loss of
/// each example is recorded on the tape as ever; what leads there and back is products of matrices. Nothing is allocated per step.
/// </summary>
sealed class BatchTraining<T> : TrainingWay
    where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly MLP model;
    readonly Dataset data;
    readonly Objective objective;
    readonly Optimizer optimizer;
    readonly DenseLayer<T>[] layers;
    readonly T[] parameters,
        gradient,
        results;
    readonly T[][] state;
    readonly Value[] scores,
        terms;
    Value loss;
    int examples;

    internal BatchTraining(MLP model, Dataset data, Objective objective, Optimizer optimizer, int batch)
    {
        (this.model, this.data, this.objective, this.optimizer) = (model, data, objective, optimizer);
        layers = [.. model.Layers.Select(layer => new DenseLayer<T>(layer.Inputs, layer.Outputs, layer.Activation, batch))];
        parameters = new T[model.Parameters.Count];
        gradient = new T[parameters.Length];
        results = new T[model.Outputs * batch];
        scores = new Value[model.Outputs * batch];
        terms = new Value[batch];
        state = [.. optimizer.State!.Select(numbers => numbers as T[] ?? [.. numbers.Select(T.CreateTruncating)])];
        TakeParameters();
    }

    internal override void Forward(ReadOnlySpan<int> examples)
    {
        this.examples = examples.Length;
        for (var i = 0; i < examples.Length; i++)
        {
            var point = data.Points[examples[i]];
            Shape.Check(point.Length, model.Inputs, model);
            TensorPrimitives.ConvertTruncating<double, T>(point, layers[0].Example(i));
        }

        layers[0].TakeExamples(examples.Length);
        var first = 0;
        for (var i = 0; i < layers.Length; first += layers[i++].ParameterCount)
        {
            var isLast = i == layers.Length - 1;
            layers[i].Forward(parameters.AsSpan(first), isLast ? Results : layers[i + 1].Inputs(examples.Length));
            if (!isLast)
            {
                layers[i + 1].TakeFeatures(examples.Length);
            }
        }
    }

    internal override double Loss(ReadOnlySpan<int> examples)
    {
        for (var i = 0; i < examples.Length; i++)
        {
            for (var j = 0; j < model.Outputs; j++)
            {
                scores[i * model.Outputs + j] = new(double.CreateTruncating(Results.At(j, i)));
            }

            terms[i] = objective.Loss(Scores(i), data.Labels[examples[i]]);
        }

        loss = Value.Sum(terms.AsSpan(0, examples.Length)) / examples.Length;
        var squares = objective.PenaltyWeight == 0.0 ? 0.0 : double.CreateTruncating(TensorPrimitives.SumOfSquares<T>(parameters));
        return loss.Data + objective.PenaltyWeight * squares;
    }

    internal override double Accuracy(ReadOnlySpan<int> examples)
    {
        var right = 0;
        for (var i = 0; i < examples.Length; i++)
        {
            right += objective.Classify(Scores(i)) == data.Labels[examples[i]] ? 1 : 0;
        }

        return (double)right / examples.Length;
    }

    internal override void Backward()
    {
        loss.Backward();
        var adjoints = layers[^1].Adjoints(examples);
        for (var i = 0; i < examples; i++)
        {
            for (var j = 0; j < model.Outputs; j++)
            {
                adjoints.At(j, i) = T.CreateTruncating(scores[i * model.Outputs + j].Grad);
            }
        }

        var first = parameters.Length;
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            first -= layers[i].ParameterCount;
            layers[i].Backward(parameters.AsSpan(first), gradient.AsSpan(first), i > 0 ? layers[i - 1] : null, examples);
        }

        if (objective.PenaltyWeight != 0.0)
        {
            Slopes.Mul(T.One, T.One, out var left, out var right); // of a parameter by itself
            TensorPrimitives.MultiplyAdd(parameters, T.CreateTruncating(objective.PenaltyWeight) * (left + right), gradient, gradient);
        }
    }

    internal override void Update() => optimizer.Step(parameters, gradient, state);

    internal override (int, double)? FindNotFinite()
    {
        // a sum that is finite has finite terms, and to add is quicker than to look at each
        var index = T.IsFinite(TensorPrimitives.Sum<T>(parameters)) ? -1 : Array.FindIndex(parameters, number => !T.IsFinite(number));
        return index < 0 ? null : (index, double.CreateTruncating(parameters[index]));
    }

    internal override void Show(Action act)
    {
        Dispose();
        act();
        TakeParameters();
    }

    public override void Dispose()
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            var parameter = model.Parameters[i];
            parameter.Data = double.CreateTruncating(parameters[i]);
            parameter.Grad = double.CreateTruncating(gradient[i]);
        }

        for (var i = 0; i < state.Length; i++)
        {
            TensorPrimitives.ConvertTruncating<T, double>(state[i], optimizer.State![i]);
        }
    }

    void TakeParameters()
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = T.CreateTruncating(model.Parameters[i].Data);
        }
    }

    Matrix<T> Results => new(results, model.Outputs, examples);

    ReadOnlySpan<Value> Scores(int example) => scores.AsSpan(example * model.Outputs, model.Outputs);
}
