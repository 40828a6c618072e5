namespace Zautograd.Nn;

/// <summary>How the steps of a training run are done; the steps themselves stand in <see cref="Training.Run"/>.</summary>
abstract class TrainingWay : IDisposable
{
    internal abstract void Forward(ReadOnlySpan<int> examples);

    /// <summary>The mean loss of the examples with the penalty on the weights.</summary>
    internal abstract double Loss(ReadOnlySpan<int> examples);

    /// <summary>The share of the examples that was classified rightly.</summary>
    internal abstract double Accuracy(ReadOnlySpan<int> examples);

    internal abstract void Backward();

    internal abstract void Update();

    internal abstract (int Index, double Number)? FindNotFinite();

    /// <summary>Does what the user wants to do, who may look at the model and change it.</summary>
    internal abstract void Show(Action act);

    /// <summary>After the last step: the model and the optimizer are as the steps left them.</summary>
    public abstract void Dispose();
}
