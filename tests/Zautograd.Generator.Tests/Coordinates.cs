using System.Reflection;
using System.Runtime.CompilerServices;

namespace Zautograd.Generator.Tests;

/// <summary>Numbers, arrays, tuples and structs as rows of doubles, and back.</summary>
static class Coordinates
{
    public static double[] Of(object? value) =>
        value switch
        {
            double number => [number],
            float number => [number],
            double[] array => array,
            double[][] rows => [.. rows.SelectMany(row => row)],
            Array array => [.. array.Cast<object>().SelectMany(Of)],
            null or int or long or uint or ulong or byte or sbyte or short or ushort or bool or Enum => [],
            ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Of(tuple[i]))],
            _ => [.. Fields(value.GetType()).SelectMany(field => Of(field.GetValue(value)))],
        };

    static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    /// <summary>The same thing with other numbers.</summary>
    public static object? With(object? value, Queue<double> numbers)
    {
        switch (value)
        {
            case double:
                return numbers.Dequeue();
            case float:
                return (float)numbers.Dequeue();
            case null or int or long or uint or ulong or byte or sbyte or short or ushort or bool or Enum or int[]:
                return value is int[] ints ? ints.Clone() : value;
            case Array array:
                var copy = (Array)array.Clone();
                var index = new int[array.Rank];
                for (int i = 0; i < array.Length; i++)
                {
                    for (int rest = i, d = array.Rank - 1; d >= 0; d--)
                        (index[d], rest) = (rest % array.GetLength(d), rest / array.GetLength(d));
                    copy.SetValue(With(array.GetValue(index), numbers), index);
                }
                return copy;
            default:
                var made = RuntimeHelpers.GetUninitializedObject(value.GetType());
                foreach (var field in Fields(value.GetType()))
                    field.SetValue(made, With(field.GetValue(value), numbers));
                return made;
        }
    }

    public static object? With(object? value, double[] numbers) => With(value, new Queue<double>(numbers));

    public static object? Copy(object? value) => With(value, Of(value));

    /// <summary>A value of a type, with numbers between the bounds.</summary>
    public static object Random(Type type, PointsAttribute points, Random random)
    {
        double number() => points.Low + (points.High - points.Low) * random.NextDouble();
        int whole() => points.Int >= 0 ? points.Int : random.Next(points.Ints);
        if (type == typeof(double))
            return number();
        if (type == typeof(int))
            return whole();
        if (type == typeof(float))
            return (float)number();
        if (type == typeof(long) || type == typeof(uint) || type == typeof(ulong))
            return Convert.ChangeType(whole(), type, System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(byte) || type == typeof(sbyte) || type == typeof(short) || type == typeof(ushort))
            return Convert.ChangeType(whole(), type, System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(bool))
            return random.Next(2) == 0;
        if (type.IsEnum)
            return Enum.ToObject(type, random.Next(Enum.GetValues(type).Length));
        if (type.IsGenericType && type.GetGenericTypeDefinition() is { } open && (open == typeof(Span<>) || open == typeof(ReadOnlySpan<>)))
            return Random(type.GetGenericArguments()[0].MakeArrayType(), points, random);
        if (type.IsArray)
        {
            var element = type.GetElementType()!;
            var lengths =
                type.GetArrayRank() == 1
                    ? [element.IsArray ? points.Rows : points.Length]
                    : Enumerable.Range(0, type.GetArrayRank()).Select(d => d == 0 ? points.Rows : points.Length).ToArray();
            var array = Array.CreateInstance(element, lengths);
            var index = new int[lengths.Length];
            for (int i = 0; i < array.Length; i++)
            {
                for (int rest = i, d = lengths.Length - 1; d >= 0; d--)
                    (index[d], rest) = (rest % lengths[d], rest / lengths[d]);
                array.SetValue(Random(element, points, random), index);
            }
            return array;
        }
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var field in Fields(type))
            field.SetValue(made, Random(field.FieldType, points, random));
        return made;
    }
}
