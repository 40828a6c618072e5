using System.Reflection;
using System.Runtime.CompilerServices;

namespace Zautograd.Generator.Tests;

/// <summary>Arguments of a method as those of its twin over another number, and the numbers in what comes back.</summary>
static class Numbers
{
    const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The same value of another type: each number in it is made anew.</summary>
    public static object? As<T>(object? value, Type wanted, Func<double, T> number)
    {
        switch (value)
        {
            case null:
                return null;
            case double or float:
                return wanted == typeof(T) ? number(Convert.ToDouble(value)) : value;
            case Enum:
                return Enum.ToObject(wanted, value);
            case Array array:
                var element = wanted.GetElementType() ?? wanted.GetGenericArguments()[0];
                var made = Array.CreateInstance(element, [.. Enumerable.Range(0, array.Rank).Select(array.GetLength)]);
                var index = new int[array.Rank];
                for (int i = 0; i < array.Length; i++)
                {
                    for (int rest = i, d = array.Rank - 1; d >= 0; d--)
                        (index[d], rest) = (rest % array.GetLength(d), rest / array.GetLength(d));
                    made.SetValue(As(array.GetValue(index), element, number), index);
                }
                return made;
            case var plain when plain.GetType().IsPrimitive:
                return plain;
            default:
                var whole = RuntimeHelpers.GetUninitializedObject(wanted);
                foreach (var (from, to) in value.GetType().GetFields(Everything).Zip(wanted.GetFields(Everything)))
                    to.SetValue(whole, As(from.GetValue(value), to.FieldType, number));
                return whole;
        }
    }

    /// <summary>Every number in a value, in order; doubles and floats among them count as constants.</summary>
    public static IEnumerable<T> In<T>(object? value, Func<double, T> constant) =>
        value switch
        {
            T number => [number],
            double number => [constant(number)],
            null or Enum or string => [],
            Array array => array.Cast<object>().SelectMany(item => In(item, constant)),
            var plain when plain.GetType().IsPrimitive => [],
            _ => value.GetType().GetFields(Everything).SelectMany(field => In(field.GetValue(value), constant)),
        };
}
