using System.Reflection;

namespace Zautograd.Tests;

/// <summary>Every operation that <see cref="Value"/> offers, however its arguments are given: what a program over values may call.</summary>
internal static class ValueFunctions
{
    static readonly Dictionary<string, Operation> Operators = new()
    {
        ["op_UnaryNegation"] = Operation.Neg,
        ["op_Addition"] = Operation.Add,
        ["op_Subtraction"] = Operation.Sub,
        ["op_Multiply"] = Operation.Mul,
        ["op_Division"] = Operation.Div,
    };

    /// <summary>The emitted functions and operators, each with its operation.</summary>
    public static IReadOnlyList<(Operation Operation, MethodInfo Method)> All { get; } =
    [
        .. from method in typeof(Value).GetMethods(BindingFlags.Static | BindingFlags.Public)
        where method.ReturnType == typeof(Value)
        let types = method.GetParameters().Select(parameter => parameter.ParameterType)
        where types.All(type => type == typeof(Value) || type == typeof(double)) && types.Contains(typeof(Value))
        where Operators.ContainsKey(method.Name) || Enum.TryParse<Operation>(method.Name, out _)
        select (Operators.TryGetValue(method.Name, out var found) ? found : Enum.Parse<Operation>(method.Name), method),
    ];

    /// <summary>Calls a function; each argument that is to be a value becomes a leaf of its own.</summary>
    public static (Value Result, Value?[] Leaves) Call(MethodInfo method, params double[] numbers)
    {
        var leaves = method
            .GetParameters()
            .Select((parameter, i) => parameter.ParameterType == typeof(Value) ? new Value(numbers[i]) : (Value?)null);
        Value?[] made = [.. leaves];
        object[] arguments = [.. made.Select((leaf, i) => (object?)leaf ?? numbers[i])];
        return ((Value)method.Invoke(null, arguments)!, made);
    }

    /// <summary>Numbers inside the domains of the table, for as many arguments as a function takes.</summary>
    public static double[] Inside(Operation operation, Random random) =>
        operation switch
        {
            Operation.Acosh => [1.1 + random.NextDouble()],
            Operation.Clamp => [2 * random.NextDouble() - 0.5, 0.2, 0.9],
            _ => [0.1 + 0.8 * random.NextDouble(), 0.1 + 0.8 * random.NextDouble()],
        };
}
