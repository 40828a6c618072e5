namespace Zautograd.Generator.Tests;

/// <summary>Users' own rules, as the build itself takes them, against closed forms: reverse, forward and second order.</summary>
public static partial class UserRules
{
    // nobody could read it: it throws, and asks for a norm with a sequence
    internal static double Root(double a)
    {
        if (a < 0.0)
            throw new ArgumentOutOfRangeException(nameof(a));
        var x = 1.0;
        while (new[] { Math.Abs(x * x - a) }.Max() > 1e-15 * a)
            x = 0.5 * (x + a / x);
        return x;
    }

    // x * x = a, so that 2 * x * dx = da
    [DerivativeOf(nameof(Root))]
    static double RootSlope(double a) => 0.5 / Root(a);

    [Differentiable(Order = 2)]
    public static double OfRoots(double a, double b)
    {
        var sum = 0.0;
        for (var i = 1; i <= 3; i++)
            sum += i * Root(a * b) * b;
        return sum;
    }

    internal static double Power(double x, double y, int times, double tolerance) =>
        tolerance > 0.0 ? times * Math.Pow(x, y) : throw new ArgumentException("no tolerance", nameof(tolerance));

    [DerivativeOf(nameof(Power))]
    static (double X, double Y) PowerSlopes(double x, double y, int times, [Constant] double tolerance)
    {
        var value = Power(x, y, times, tolerance);
        return (value * y / x, value * Math.Log(x));
    }

    [Differentiable(Order = 2)]
    public static double OfPower(double x, double y, int n) => Math.Sin(Power(x, y * y, n, 1e-9)) + Power(2.0, y, 1, 1e-9);

    [DerivativeOf(typeof(Math), nameof(Math.ScaleB))]
    static double ScaleSlope(double x, int n) => Math.ScaleB(1.0, n);

    static double Handed(Func<double, double> f, double x) => f(x) * x;

    [Differentiable]
    public static double OfOthers(double x, int n)
    {
        double inner(double y) => Math.ScaleB(y * y, n);
        return Handed(Root, inner(x)) + Handed(y => Math.ScaleB(y, 1), x);
    }

    internal static double Norm(ReadOnlySpan<double> x, double scale) => scale * Math.Sqrt(x.ToArray().Sum(item => item * item));

    [DerivativeOf(nameof(Norm))]
    static void NormGradient(ReadOnlySpan<double> x, double scale, Span<double> xGradient, out double scaleGradient)
    {
        var norm = Norm(x, 1.0);
        for (var i = 0; i < x.Length; i++)
            xGradient[i] = scale * x[i] / norm;
        scaleGradient = norm;
    }

    [Differentiable(Order = 2)]
    public static double OfNorm(ReadOnlySpan<double> x, double scale) => Norm(x[1..], scale * scale) + 2.0 * Norm(x, 1.0);

    // this rule is wrong on purpose, to see that it wins over the source
    internal static double Plain(double x) => x * x;

    [DerivativeOf(nameof(Plain))]
    static double PlainSlope(double x) => 7.0 * x;

    [Differentiable(Order = 2)]
    public static double OfPlain(double x) => 2.0 * Plain(x);

    // the slopes have no readable source, but a rule of their own
    internal static double Hidden(double x) => x > -1e9 ? Math.Sin(x) : throw new ArgumentException("too small", nameof(x));

    [DerivativeOf(nameof(Hidden))]
    internal static double HiddenSlope(double x) => x > -1e9 ? Math.Cos(x) : throw new ArgumentException("too small", nameof(x));

    [DerivativeOf(nameof(HiddenSlope))]
    static double HiddenSlopeSlope(double x) => -Math.Sin(x);

    [Differentiable(Order = 2)]
    public static double OfHidden(double x) => x * Hidden(x);

    [Differentiable]
    public static double Potential(double x, double y) => Root(x * x + y * y);

    [Differentiable]
    public static double Force(double x)
    {
        PotentialGradient(x, 2.0, out double byX, out double _);
        return byX;
    }

    public sealed class Tests
    {
        static void Close(double expected, double actual) => Assert.Equal(expected, actual, 1e-12 * (1.0 + Math.Abs(expected)));

        [Fact]
        public void ASolverHasTheDerivativeOfItsEquation()
        {
            // 6 b sqrt(a b)
            var (a, b) = (3.0, 2.0);
            var root = Math.Sqrt(a * b);
            Assert.Equal(OfRoots(a, b), OfRootsGradient(a, b, out var byA, out var byB));
            Close(3.0 * b * b / root, byA);
            Close(9.0 * root, byB);
            Assert.Equal(OfRoots(a, b), OfRootsTangent(a, b, 1.0, 0.5, out var tangent));
            Close(byA + 0.5 * byB, tangent);
            OfRootsHessianVector(a, b, 1.0, 0.0, out var byAA, out var byAB);
            Close(-1.5 * b * b * b / (root * root * root), byAA);
            Close(4.5 * b / root, byAB);
        }

        [Fact]
        public void ARuleOfSeveralNumbersLeavesConstantsAndIntsOut()
        {
            var (x, y, n) = (1.3, 0.7, 3);
            var value = n * Math.Pow(x, y * y);
            Assert.Equal(OfPower(x, y, n), OfPowerGradient(x, y, n, out var byX, out var byY));
            Close(Math.Cos(value) * value * y * y / x, byX);
            Close(Math.Cos(value) * value * 2.0 * y * Math.Log(x) + Math.Pow(2.0, y) * Math.Log(2.0), byY);
            OfPowerTangent(x, y, n, 0.3, 0.2, out var tangent);
            Close(0.3 * byX + 0.2 * byY, tangent);
            OfPowerHessianVector(x, y, n, 0.3, 0.2, out var productX, out var productY);
            const double h = 1e-5;
            OfPowerGradient(x + 0.3 * h, y + 0.2 * h, n, out var moreX, out var moreY);
            OfPowerGradient(x - 0.3 * h, y - 0.2 * h, n, out var lessX, out var lessY);
            Assert.Equal((moreX - lessX) / (2.0 * h), productX, 1e-7);
            Assert.Equal((moreY - lessY) / (2.0 * h), productY, 1e-7);
        }

        [Fact]
        public void MethodsOfOtherTypesAndMethodsHandedOverHaveRules()
        {
            // (8 x^2) sqrt(8 x^2) + 2 x^2
            Assert.Equal(OfOthers(1.5, 3), OfOthersGradient(1.5, 3, out var slope));
            Close(3.0 * Math.Pow(8.0, 1.5) * 1.5 * 1.5 + 4.0 * 1.5, slope);
            OfOthersTangent(1.5, 3, 1.0, out var tangent);
            Close(slope, tangent);
        }

        [Fact]
        public void ARuleOfSpansWritesTheGradient()
        {
            double[] x = [1.0, 2.0, 2.0];
            var (rest, all) = (Math.Sqrt(8.0), 3.0);
            var gradient = new double[3];
            Assert.Equal(OfNorm(x, 1.5), OfNormGradient(x, 1.5, gradient, out var byScale));
            Close(2.0 / all, gradient[0]);
            Close(2.25 * 2.0 / rest + 4.0 / all, gradient[1]);
            Close(3.0 * rest, byScale);
            OfNormTangent(x, 1.5, [0.1, 0.2, 0.3], 0.4, out var tangent);
            Close(0.1 * gradient[0] + 0.2 * gradient[1] + 0.3 * gradient[2] + 0.4 * byScale, tangent);
            OfNormHessianVector(x, 1.5, [0.0, 1.0, 0.0], 0.0, gradient, out byScale);
            Close(2.0 * -2.0 / 27.0, gradient[0]);
            Close(2.25 * (1.0 / rest - 4.0 / (rest * rest * rest)) + 2.0 * (1.0 / all - 4.0 / 27.0), gradient[1]);
            Close(3.0 * 2.0 / rest, byScale);
        }

        [Fact]
        public void TheRuleWinsOverTheSource()
        {
            Assert.Equal(18.0, OfPlainGradient(3.0, out var slope));
            Assert.Equal(42.0, slope);
            OfPlainHessianVector(3.0, 1.0, out var second);
            Assert.Equal(14.0, second);
        }

        [Fact]
        public void SlopesThatHaveARuleAreDifferentiatedByIt()
        {
            OfHiddenGradient(0.5, out var slope);
            Close(Math.Sin(0.5) + 0.5 * Math.Cos(0.5), slope);
            OfHiddenHessianVector(0.5, 1.0, out var second);
            Close(2.0 * Math.Cos(0.5) - 0.5 * Math.Sin(0.5), second);
        }

        [Fact]
        public void DerivativesCalledInsideFollowTheRule()
        {
            Assert.Equal(0.6, ForceGradient(1.5, out var slope), 1e-12);
            Close(4.0 / (2.5 * 2.5 * 2.5), slope);
        }

        [Fact]
        public void NothingIsAllocatedWhereTheMethodAllocatesNothing()
        {
            OfPlainGradient(3.0, out _);
            OfPlainHessianVector(3.0, 1.0, out _);
            var before = GC.GetAllocatedBytesForCurrentThread();
            OfPlainGradient(3.0, out _);
            OfPlainHessianVector(3.0, 1.0, out _);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
