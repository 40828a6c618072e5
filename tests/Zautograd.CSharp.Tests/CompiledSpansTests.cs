namespace Zautograd.Tests;

public sealed class CompiledSpansTests
{
    static readonly Expr X = Expr.Variable("x"),
        Y = Expr.Variable("y");

    [Fact]
    public void Compiled_expressions_take_spans()
    {
        double[] numbers = [9, 2, 5, 9],
            results = new double[8];
        Assert.Equal(10, (X * Y).Compile("x", "y").Invoke(numbers.AsSpan(1, 2)));
        Assert.Equal(10, (X * Y).CompileGradient("x", "y").Invoke(numbers.AsSpan(1, 2), results.AsSpan(1, 2)));
        Assert.Equal([0, 5, 2, 0, 0, 0, 0, 0], results);
        new[] { X * Y, X - Y }.CompileJacobian("x", "y").Invoke(numbers.AsSpan(1, 2), results.AsSpan(0, 2), results.AsSpan(4));
        Assert.Equal([10, -3, 2, 0, 5, 2, 1, -1], results);
        Assert.Throws<ArgumentException>(() => X.Compile("x").Invoke(new double[2].AsSpan()));
    }

    [Fact]
    public void A_call_over_spans_allocates_nothing()
    {
        var gradient = (X * Y).CompileGradient("x", "y");
        double[] x = [2, 5],
            slopes = new double[2];
        void Call() => gradient.Invoke(x.AsSpan(), slopes.AsSpan());
        Call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Call();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);
    }
}
