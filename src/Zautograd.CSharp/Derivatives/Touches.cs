namespace Zautograd;

/// <summary>The values whose Data was handed out, which may be to set it, with the numbers that they had.</summary>
internal sealed class Touches
{
    readonly List<(Value Value, double Number)> touched = [];

    internal void Add(Value value) => touched.Add((value, value.Number));

    internal void Clear() => touched.Clear();

    /// <summary>Refuses a number that has been set since, of a value that depends on the variables: what was computed before it and after it does
    /// not go together.</summary>
    internal void Check(Predicate<Value> depends)
    {
        foreach (var (value, number) in touched)
            if (!value.Number.Equals(number) && depends(value))
                throw new InvalidOperationException(
                    $"Data of a value was set within the function, from {number:R} to {value.Number:R}: its derivatives are not known. "
                        + "Compute with new values instead."
                );
    }
}
