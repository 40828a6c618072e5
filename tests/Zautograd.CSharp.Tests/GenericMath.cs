using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;

namespace Zautograd.Tests;

/// <summary>Every static method of generic math, to be called on any number type: what a generic program may call.</summary>
internal static class GenericMath
{
    /// <summary>The methods that take numbers (and perhaps an int or a rounding mode at the end), by a name that shows the arguments.</summary>
    public static IEnumerable<(string Name, MethodInfo Method)> Methods<T>()
        where T : IFloatingPointIeee754<T> =>
        from face in typeof(IFloatingPointIeee754<T>).GetInterfaces().Append(typeof(IFloatingPointIeee754<T>))
        where face.IsGenericType
        from method in face.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
        where method.IsVirtual && !method.IsGenericMethod
        let types = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray()
        where types.Length > 0 && types.All(type => type == typeof(T) || type == typeof(int) || type == typeof(MidpointRounding))
        let names = types.Select(type =>
            type == typeof(T) ? "x"
            : type == typeof(int) ? "n"
            : "mode"
        )
        orderby method.Name
        select ($"{method.Name}({string.Join(",", names)})", method);

    /// <summary>Calls the method as generic code does, through the constraint: default implementations, too.</summary>
    public static Func<object[], object> Caller<T>(MethodInfo method)
    {
        var types = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        var caller = new DynamicMethod(method.Name, method.ReturnType, types, typeof(GenericMath).Module, skipVisibility: true);
        var il = caller.GetILGenerator();
        for (var i = 0; i < types.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, i);
        }

        il.Emit(OpCodes.Constrained, typeof(T));
        il.Emit(OpCodes.Call, method);
        il.Emit(OpCodes.Ret);
        return arguments => caller.Invoke(null, arguments)!;
    }

    /// <summary>The numbers in a result: itself, or the two of a pair; nothing for a bool or an int.</summary>
    public static T[] Numbers<T>(object result) =>
        result switch
        {
            T number => [number],
            ValueTuple<T, T> pair => [pair.Item1, pair.Item2],
            _ => [],
        };

    /// <summary>Every list of arguments with the given numbers in the places for numbers, and some n and mode in theirs.</summary>
    public static IEnumerable<object[]> Arguments(MethodInfo method, double[][] numbers)
    {
        IEnumerable<object[]> lists =
        [
            [],
        ];
        var place = 0;
        foreach (var parameter in method.GetParameters())
        {
            object[] choices =
                parameter.ParameterType == typeof(int) ? [2, 3, -2, -3]
                : parameter.ParameterType == typeof(MidpointRounding) ? [MidpointRounding.ToEven, MidpointRounding.ToZero]
                : [.. numbers[place++ % numbers.Length].Cast<object>()];
            lists = lists.SelectMany(list => choices.Select(choice => (object[])[.. list, choice]));
        }

        return lists;
    }
}
