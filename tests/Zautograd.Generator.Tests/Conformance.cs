using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Zautograd.Generator.Tests;

/// <summary>Every way to a derivative of a method against differences, at random points.</summary>
sealed class Conformance(Adapters adapters, Assembly assembly)
{
    /// <summary>Methods that were compared with themselves over Dual.</summary>
    public HashSet<string> OverDual { get; } = [];

    /// <summary>Methods that were compared with themselves over Value.</summary>
    public HashSet<string> OverValue { get; } = [];

    MethodInfo Info(string name)
    {
        var found = adapters.Method(name);
        var home = assembly.GetType(found.ContainingType.ToDisplayString())!;
        var method = home.GetMethod(found.Name, BindingFlags.Public | BindingFlags.Static)!;
        var number = name.EndsWith(Adapters.OfFloats, StringComparison.Ordinal) ? typeof(float) : typeof(double);
        return method.IsGenericMethod ? method.MakeGenericMethod([.. method.GetGenericArguments().Select(_ => number)]) : method;
    }

    /// <summary>What is wrong at this many points; nothing if all is right.</summary>
    public IEnumerable<string> Problems(string name, int count)
    {
        var method = adapters.Method(name);
        var points = Info(name).GetCustomAttribute<PointsAttribute>() ?? new();
        for (int seed = 0; seed < count; seed++)
        {
            var random = new Random(1000 + seed);
            var arguments = Info(name)
                .GetParameters()
                .Select(parameter =>
                    parameter.IsOut
                        ? null
                        : Coordinates.Random(
                            parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType,
                            points,
                            random
                        )
                )
                .ToArray();
            var point = new ConformancePoint(adapters, name, method, arguments, random);
            foreach (var problem in point.Problems())
            {
                yield return $"{name}, point {seed}: {problem}";
                yield break;
            }
            if (point.DualTwin is not null)
                OverDual.Add(name);
            if (point.IsOverValue)
                OverValue.Add(name);
        }
    }
}
