namespace Zautograd.Nn;

/// <summary>In what numbers a network is trained; its parameters are doubles before and after.</summary>
/// <example><code>Training.Run(model, data, objective, new Sgd(model.Parameters, 0.5), steps: 2, precision: Precision.Single).Count   // -> 2</code></example>
public enum Precision
{
    /// <summary>64 bits, 16 digits.</summary>
    Double,

    /// <summary>32 bits, 7 digits: twice as many numbers at once, which is enough for most networks.</summary>
    Single,
}
