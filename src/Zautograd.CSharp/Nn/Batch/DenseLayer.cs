using System.Numerics;
using System.Numerics.Tensors;

namespace Zautograd.Nn;

/// <summary>
/// A layer for a whole batch at once. A matrix of features has a row for each feature and a column for each example, and a last row of ones, so
/// that weights and bias are one matrix, and forward and backward are three products.
/// </summary>
sealed class DenseLayer<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly int inputs,
        outputs;
    readonly Activation activation;
    readonly T[] features, // with the ones
        examples, // the same, transposed
        adjoints; // of the weighted sums; before that the slopes of the activation

    internal DenseLayer(int inputs, int outputs, Activation activation, int batch)
    {
        (this.inputs, this.outputs, this.activation) = (inputs, outputs, activation);
        features = new T[(inputs + 1) * batch];
        examples = new T[batch * (inputs + 1)];
        adjoints = new T[outputs * batch];
    }

    /// <summary>One weight for each input and a bias, for each output in turn: the order of <see cref="Layer.Parameters"/>.</summary>
    internal int ParameterCount => outputs * (inputs + 1);

    internal int Outputs => outputs;

    /// <summary>Where the layer before this one writes its results.</summary>
    internal Matrix<T> Inputs(int batch) => new(features, inputs, batch);

    internal Matrix<T> Adjoints(int batch) => new(adjoints, outputs, batch);

    /// <summary>An example for the first layer.</summary>
    internal Span<T> Example(int index) => examples.AsSpan(index * (inputs + 1), inputs);

    /// <summary>After the examples have been filled in.</summary>
    internal void TakeExamples(int batch)
    {
        for (var i = 0; i < batch; i++)
        {
            examples[i * (inputs + 1) + inputs] = T.One;
        }

        new Matrix<T>(examples, batch, inputs + 1).TransposeInto(features);
    }

    /// <summary>After the features have been filled in.</summary>
    internal void TakeFeatures(int batch)
    {
        features.AsSpan(inputs * batch, batch).Fill(T.One);
        new Matrix<T>(features, inputs + 1, batch).TransposeInto(examples);
    }

    internal void Forward(Span<T> parameters, Matrix<T> results)
    {
        MatrixProduct.Into(results, new(parameters, outputs, inputs + 1), new(features, inputs + 1, results.Columns));
        var length = outputs * results.Columns;
        ActivationRows.Apply(activation, results.Numbers[..length], adjoints.AsSpan(0, length));
    }

    /// <summary>From the adjoints of the results to those of parameters and, unless this is the first layer, of the inputs.</summary>
    internal void Backward(Span<T> parameters, Span<T> gradient, DenseLayer<T>? before, int batch)
    {
        MatrixProduct.Into(new(gradient, outputs, inputs + 1), Adjoints(batch), new(examples, batch, inputs + 1));
        before?.TakeAdjoints(new Matrix<T>(parameters, outputs, inputs + 1).FirstColumns(inputs).Transposed, Adjoints(batch), features);
    }

    // times the slopes that wait where the adjoints belong; the features of the layer behind are free by now
    void TakeAdjoints(Matrix<T> weights, Matrix<T> behind, Span<T> scratch)
    {
        var length = outputs * behind.Columns;
        MatrixProduct.Into(new(scratch, outputs, behind.Columns), weights, behind);
        TensorPrimitives.Multiply<T>(adjoints.AsSpan(0, length), scratch[..length], adjoints);
    }
}
