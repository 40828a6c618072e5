namespace Zautograd.Nn;

/// <summary>Example by example, as a user would write it: any objective, any optimizer.</summary>
sealed class TapeTraining(MLP model, Dataset data, Objective objective, Optimizer optimizer, int batch) : TrainingWay
{
    readonly Value[] outputs = new Value[batch * model.Outputs],
        terms = new Value[batch];
    Value loss;

    internal override void Forward(ReadOnlySpan<int> examples)
    {
        for (var i = 0; i < examples.Length; i++)
        {
            model.Call(data.Points[examples[i]], outputs.AsSpan(i * model.Outputs, model.Outputs));
        }
    }

    internal override double Loss(ReadOnlySpan<int> examples)
    {
        for (var i = 0; i < examples.Length; i++)
        {
            terms[i] = objective.Loss(Scores(i), data.Labels[examples[i]]);
        }

        loss = Value.Sum(terms.AsSpan(0, examples.Length)) / examples.Length + objective.Penalty(model.Parameters);
        return loss.Data;
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
        model.ZeroGrad();
        loss.Backward();
    }

    internal override void Update() => optimizer.Step();

    internal override (int, double)? FindNotFinite()
    {
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            if (!double.IsFinite(model.Parameters[i].Data))
            {
                return (i, model.Parameters[i].Data);
            }
        }

        return null;
    }

    internal override void Show(Action act) => act();

    public override void Dispose() { }

    ReadOnlySpan<Value> Scores(int example) => outputs.AsSpan(example * model.Outputs, model.Outputs);
}
