// A list that equals another one with equal items: the steps of the pipeline compare what they pass on.
using System.Collections;
using System.Collections.Immutable;

namespace Zautograd.Generator.Model;

internal readonly struct Many<T>(ImmutableArray<T> items) : IEquatable<Many<T>>, IReadOnlyList<T>
    where T : IEquatable<T>
{
    readonly ImmutableArray<T> items = items;

    ImmutableArray<T> Items => items.IsDefault ? [] : items;

    public int Count => Items.Length;

    public T this[int index] => Items[index];

    public bool Equals(Many<T> other) => Items.SequenceEqual(other.Items);

    public override bool Equals(object? other) => other is Many<T> many && Equals(many);

    public override int GetHashCode() => Items.Aggregate(17, (hash, item) => unchecked(31 * hash + item.GetHashCode()));

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal static class Many
{
    public static Many<T> ToMany<T>(this IEnumerable<T> items)
        where T : IEquatable<T> => new([.. items]);
}
