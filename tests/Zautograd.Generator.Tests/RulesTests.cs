using System.Text.RegularExpressions;

namespace Zautograd.Generator.Tests;

/// <summary>The twenty rules of reverse mode through control flow, and the methods of the conformance set that exercise each.</summary>
public sealed partial class RulesTests
{
    static readonly (string Rule, string[] Methods)[] rules =
    [
        // csharpier-ignore-start
        ("two sweeps, in exactly reversed order",             ["ControlFlow.NestedLoops", "ControlFlow.Logistic", "Shapes.ManyExits"]),
        ("locals of both sweeps, shadowed names",             ["Shapes.SameNames", "ControlFlow.LocalInBody"]),
        ("overwritten from its own old value",                ["ControlFlow.OverwrittenInLoop", "ControlFlow.Logistic", "Generics.Newton"]),
        ("sums need no record",                               ["ControlFlow.RunningSumSquared", "Arrays.Dot", "ControlFlow.Downwards"]),
        ("only what is read again is recorded",               ["ControlFlow.ConditionOverwritten", "ControlFlow.BoundsThatChange", "ControlFlow.ByTwo"]),
        ("activity: ints and constants carry no derivative",  ["ControlFlow.TwoCounters", "Numerics.CrossEntropy", "Numerics.Collatz", "Shapes.SmallInts"]),
        ("branches taken are remembered",                     ["ControlFlow.IfElseChain", "ControlFlow.ConditionOverwritten", "ControlFlow.PatternsInIf"]),
        ("switch, ?:, &&, || and kinks",                      ["ControlFlow.SwitchStatement", "ControlFlow.SwitchExpression", "ControlFlow.SwitchOnTuple", "ControlFlow.ConditionalEffects", "Scalars.Angle"]),
        ("counted loops, also of no rounds",                  ["ControlFlow.NestedLoops", "ControlFlow.ByTwo", "ControlFlow.LessOrEqual", "Shapes.NoRounds"]),
        ("other loops count their rounds",                    ["ControlFlow.WhileLoop", "ControlFlow.NewtonRoot", "ControlFlow.DoOnce", "ControlFlow.Endless", "Shapes.WhileInFor"]),
        ("induction variables are restored",                  ["ControlFlow.CounterThatChanges", "ControlFlow.TwoCounters", "Arrays.IndexEffects", "Arrays.IntArrays"]),
        ("locals of a body start anew each round",            ["ControlFlow.LocalInBody", "Shapes.WhileInFor", "Shapes.SameNames"]),
        ("break and continue",                                ["ControlFlow.BreakAndContinue", "ControlFlow.ContinueInWhile", "ControlFlow.BreakInsideSwitch", "Shapes.ManyExits"]),
        ("return in the middle",                              ["ControlFlow.EarlyReturn", "ControlFlow.ReturnFromLoop", "ControlFlow.ReturnFromNestedLoops", "ControlFlow.SwitchWithReturn"]),
        ("array elements: stores, loads, overlap",            ["Arrays.InPlace", "Arrays.OverlappingCopy", "Arrays.InPlaceMatrix", "Numerics.Histogram"]),
        ("calls, recursion among them",                       ["Calls.CallsOthers", "Calls.CallsThatWrite", "Calls.Recursive", "Calls.Fibonacci", "Numerics.Ackermann"]),
        ("stacks of doubles, ints and bools",                 ["Shapes.ManyExits", "Numerics.Sorted", "Numerics.Determinant"]),
        ("recompute or store",                                ["Numerics.GaussianMixture", "Numerics.Lstm", "Arrays.LogSumExp"]),
        ("independent rounds, and long loops",                ["Arrays.Dot", "Numerics.KMeansCost", "ControlFlow.Logistic"]),
        ("seeds: one result, many, and second order",         ["Arrays.Softmax", "Arrays.ValueAndArray", "Numerics.Solve", "ControlFlow.OverwrittenInLoop", "Calls.Vectors"]),
        // csharpier-ignore-end
    ];

    [GeneratedRegex(@"static partial class (\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"\[Differentiable[^\]]*\]\s+public static [^;={]*?(\w+)(<\w+>)?\(")]
    private static partial Regex Marked();

    /// <summary>The methods of the conformance set, as Class.Method.</summary>
    static HashSet<string> Methods() =>
        [
            .. Directory
                .GetFiles(ConformanceTests.Folder, "*.cs")
                .Select(File.ReadAllText)
                .SelectMany(text => Marked().Matches(text).Select(found => $"{Class().Match(text).Groups[1]}.{found.Groups[1]}")),
        ];

    [Fact]
    public void EveryRuleOfControlFlowIsExercised()
    {
        Assert.Equal(20, rules.Length);
        Assert.DoesNotContain(rules, row => row.Methods.Length == 0);
        var known = Methods();
        var missing = rules.SelectMany(
            (row, i) => row.Methods.Where(name => !known.Contains(name)).Select(name => $"{i + 1}, {row.Rule}: {name}")
        );
        Assert.Empty(missing);
    }
}
