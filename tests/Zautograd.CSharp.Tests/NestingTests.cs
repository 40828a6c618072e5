using System.Numerics;

namespace Zautograd.Tests;

/// <summary>
/// Derivatives inside derivatives: right, or refused. The cases are those of Siskind and Pearlmutter (perturbation confusion and referential
/// transparency, 2005; nesting forward-mode AD in a functional framework, 2008) and of Manzyuk et al. (perturbation confusion in forward
/// automatic differentiation of higher-order functions, 2019), and what else may go wrong here.
/// </summary>
public sealed class NestingTests
{
    static string Refused(Func<object?> code)
    {
        var message = Assert.Throws<InvalidOperationException>(code).Message;
        Assert.Contains("derivative", message);
        return message;
    }

    // --- lambdas

    [Fact]
    public void X_times_the_derivative_of_a_sum_has_derivative_1()
    {
        // D (x -> x * D (y -> x + y) 1) 1 = 1; with one tangent for both it is 2
        Assert.Equal(1, Dual.Derivative(x => x * Dual.Derivative(y => x + y, new Dual<double>(1)), 1.0));
        Assert.Equal(1, Derivatives.Derivative(x => x * Derivatives.Derivative(y => x + y, new Dual<double>(1)), 1.0));
        Refused(() => Derivatives.Derivative(x => x * Derivatives.Derivative(y => x + y, 1.0), 1.0));
        Refused(() => Dual.Derivative(x => x * Dual.Derivative(y => x + y, 1.0), 1.0));
    }

    [Fact]
    public void X_times_the_derivative_of_a_product_has_derivative_2x()
    {
        Assert.Equal(6, Dual.Derivative(x => x * Dual.Derivative<Dual<double>>(y => x * y, 2.0), 3.0));
        // at y = 0 the product gets nothing of the outer tangent, and what depends on x would still be lost
        Assert.Equal(6, Dual.Derivative(x => x * Dual.Derivative<Dual<double>>(y => x * y, 0.0), 3.0));
        Refused(() => Dual.Derivative(x => x * Dual.Derivative(y => x * y, 0.0), 3.0));
    }

    [Fact]
    public void The_inner_point_may_depend_on_the_outer_variable()
    {
        // d/dx (d/dy x*y^2 at y = x) = d/dx 2*x^2 = 4x
        Assert.Equal(12, Dual.Derivative(x => Dual.Derivative(y => x * y * y, x), 3.0));
    }

    [Fact]
    public void Three_levels_are_three_derivatives()
    {
        // d/dx x * (d/dy y * (d/dz x*y*z)) = d/dx x * 2*x*y = 4*x*y
        var found = Dual.Derivative(
            x => x * Dual.Derivative<Dual<double>>(y => y * Dual.Derivative<Dual<Dual<double>>>(z => x * y * z, 5.0), 3.0),
            2.0
        );
        Assert.Equal(24, found);
    }

    [Fact]
    public void A_seed_made_by_hand_is_seen_too()
    {
        var x = Dual.Variable(3.0);
        Assert.Contains("Dual<Double>", Refused(() => Derivatives.Derivative(y => x * y, 2.0)));
        Dual<double>[] several = [1, x];
        Refused(() => Derivatives.Derivative(y => several[1] * y, 2.0));
        Func<Dual<double>, Dual<double>> inner = y => x + y;
        Refused(() => Derivatives.Derivative(y => inner(y), 2.0));
        Refused(() => Derivatives.Jvp((Dual<double>[] y) => x * y[0], [2.0], [1.0]));
        Assert.Equal(3, Derivatives.Derivative<Dual<double>>(y => x * y, 2.0).Value);
    }

    [Fact]
    public void Constants_and_numbers_may_be_captured()
    {
        Dual<double> three = 3;
        var factor = 2.0;
        Assert.Equal(3, Derivatives.Derivative(y => three * y, 2.0));
        Assert.Equal(36, Derivatives.Derivative(x => x * x * Derivatives.Derivative(y => factor * three * y, 7.0), 3.0));
    }

    [Fact]
    public void An_inner_derivative_that_knows_nothing_of_the_outer_one_is_a_number()
    {
        Assert.Equal(10, Derivatives.Derivative(x => x * Derivatives.Derivative(static y => y * y, 5.0), 3.0));
        Assert.Equal(Math.Cos(0.5), Derivatives.Derivative(x => x * Derivatives.Derivative(Dual<double>.Sin, 0.5), 3.0));
    }

    sealed class Holder(Dual<double> number)
    {
        public Dual<double> Times(Dual<double> y) => number * y;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(17)]
    public void A_product_of_a_field_that_holds_a_dual_is_refused_forward_and_by_a_sweep(int n)
    {
        double[] x = [.. Enumerable.Repeat(1.0, n)];
        Assert.Contains(
            "Dual<Double>",
            Refused(() => Derivatives.HessianVector(new Weighted<Dual<double>>(new(3.0, 1.0)), (ReadOnlySpan<double>)x, x))
        );
        var inside = Derivatives.HessianVector(
            new Weighted<Dual<double>>(new(3.0, 1.0)),
            [.. x.Select(each => new Dual<double>(each))],
            [.. x.Select(each => new Dual<double>(each))]
        );
        Assert.All(inside, number => Assert.Equal((6, 2), (number.Value, number.Tangent)));
    }

    readonly struct Weighted<T>(T weight) : IScalarField
        where T : struct, IFloatingPointIeee754<T>
    {
        readonly T weight = weight;

        public TNumber Call<TNumber>(ReadOnlySpan<TNumber> x)
            where TNumber : struct, IFloatingPointIeee754<TNumber>
        {
            var sum = TNumber.Zero;
            foreach (var each in x)
                sum += TNumber.CreateChecked(weight) * each * each;
            return sum;
        }
    }

    [Fact]
    public void What_cannot_be_seen_through_is_refused_inside_another_derivative()
    {
        Assert.Equal(2, Derivatives.Derivative(new Holder(2).Times, 3.0));
        Refused(() => Derivatives.Derivative(x => x * Derivatives.Derivative(new Holder(x).Times, 3.0), 1.0));
    }

    /// <summary>y² times the first of some numbers, which it holds in an object.</summary>
    readonly struct Scaled<TNumber>(List<TNumber> numbers) : IFunction, IScalarField
        where TNumber : struct, IFloatingPointIeee754<TNumber>
    {
        public T Call<T>(T y)
            where T : struct, IFloatingPointIeee754<T> => T.CreateChecked(numbers[0]) * y * y;

        public T Call<T>(ReadOnlySpan<T> y)
            where T : struct, IFloatingPointIeee754<T> => Call(y[0]);
    }

    /// <summary>x times the derivative of x y² at y = 2, at plain numbers: the inner function gets x in an object.</summary>
    readonly struct Hidden : IFunction
    {
        public T Call<T>(T x)
            where T : struct, IFloatingPointIeee754<T> => x * T.CreateChecked(Derivatives.Derivative(new Scaled<T>([x]), 2.0));
    }

    [Fact]
    public void A_struct_that_cannot_be_seen_through_is_refused_inside_another_derivative()
    {
        Assert.Equal(12, Derivatives.Derivative(new Scaled<double>([3]), 2.0));
        Assert.Equal(12, Derivatives.Gradient(new Scaled<double>([3]), [2.0])[0]);
        Assert.Contains(
            "Scaled",
            Refused(() => Derivatives.Derivative(x => x * Derivatives.Derivative(new Scaled<Dual<double>>([x]), 2.0), 3.0))
        );
        Refused(() => Derivatives.Derivative(new Hidden(), 3.0));
        Assert.Equal(12, Derivatives.Derivative(x => x * Derivatives.Derivative(new Shifted<Cubed, double>(new(), 0), 2.0), 3.0)); // one that can
        Assert.Equal(2, Derivatives.Derivative(x => x * Derivatives.Jvp(v => v[0] + v[1], [1.0, 2.0], [1.0, 1.0]).Tangent, 3.0));
    }

    [Fact]
    public void After_a_failure_there_is_no_derivative_left_inside_which_we_are()
    {
        Assert.Throws<DivideByZeroException>(() => Derivatives.Derivative<double>(x => throw new DivideByZeroException(), 1.0));
        Assert.Equal(2, Derivatives.Derivative(new Holder(2).Times, 3.0));
    }

    // --- values

    [Fact]
    public void A_derivative_inside_a_value_function_is_a_number()
    {
        Assert.Equal([12], Derivatives.Gradient(v => v[0] * Derivatives.Derivative(y => y * y * y, 2.0), [5.0]));
        Assert.Equal([6], Derivatives.Gradient(v => v[0] * Derivatives.Gradient(static w => w[0] * w[0], [3.0])[0], [5.0]));
    }

    [Fact]
    public void A_derivative_inside_a_plan_is_a_number()
    {
        static double Inner() =>
            Derivatives.SecondDerivative((Value v) => v * v * v, 2.0) + Derivatives.Hessian(v => v[0] * v[0], [1.0])[0, 0];
        Assert.Equal(42, Plan.Record(x => x[0] * Inner(), [1]).Value([3]));
    }

    [Fact]
    public void A_sweep_inside_a_gradient_over_values_leaves_no_trace_in_it()
    {
        static Value Swept(Value[] v)
        {
            (v[0] * v[0]).Backward();
            return v[0] * 2;
        }
        Assert.Equal([2], Derivatives.Gradient(Swept, [3.0]));
    }

    [Fact]
    public void A_checkpointed_gradient_inside_a_gradient_over_values_may_not_use_the_outer_ones()
    {
        static double Loss(Func<Value[], int, Value[]> step) => Checkpoint.Gradient(step, x => x[0], [2.0], steps: 3, snapshots: 2).Value;
        Assert.Equal([16], Derivatives.Gradient(v => v[0] * Loss(static (x, _) => [x[0] * 2]), [5.0]));
        Refused(() => Derivatives.Gradient(v => v[0] * Loss((x, _) => [x[0] * v[0]]), [5.0]));
        Refused(() => Checkpoint.Gradient((x, _) => [x[0] * Derivatives.Gradient(w => w[0] * x[0], [1.0])[0]], x => x[0], [2.0], 3, 2));
    }

    [Fact]
    public void A_gradient_inside_a_gradient_over_values_may_not_use_the_outer_ones() =>
        Refused(() => Derivatives.Gradient(v => v[0] * Derivatives.Gradient(w => v[0] * w[0], [3.0])[0], [5.0]));

    [Fact]
    public void A_value_from_outside_is_a_weight()
    {
        Value weight = 4;
        Assert.Equal([4], Derivatives.Gradient(v => weight * v[0], [3.0]));
    }

    // --- generic functions

    /// <summary>y -> x + y, or x * y, where x may be a number of an outer derivative.</summary>
    readonly struct With<TOuter>(TOuter x, bool times) : IFunction
        where TOuter : struct, IFloatingPointIeee754<TOuter>
    {
        public T Call<T>(T y)
            where T : struct, IFloatingPointIeee754<T> => times ? T.CreateChecked(x) * y : T.CreateChecked(x) + y;
    }

    /// <summary>x times the derivative of the above at y.</summary>
    readonly struct TimesInner(bool times, double at) : IFunction
    {
        public T Call<T>(T x)
            where T : struct, IFloatingPointIeee754<T> => x * Derivatives.Derivative(new With<T>(x, times), T.CreateChecked(at));
    }

    [Fact]
    public void Generic_functions_nest_by_their_types()
    {
        Assert.Equal(1, Derivatives.Derivative(new TimesInner(times: false, at: 1), 1.0));
        Assert.Equal(6, Derivatives.Derivative(new TimesInner(times: true, at: 0), 3.0));
        Assert.Equal(2, Derivatives.SecondDerivative(new TimesInner(times: true, at: 0), 3.0));
        Assert.Equal(0, Derivatives.SecondDerivative(new DerivativeOf<TimesInner>(new(true, 0)), 3.0));
    }

    [Fact]
    public void The_derivative_of_a_derivative_of_a_derivative_is_the_third()
    {
        Assert.Equal(6, Derivatives.Derivative(new DerivativeOf<DerivativeOf<Cubed>>(), 5.0));
        Assert.Equal(6, Derivatives.SecondDerivative(new DerivativeOf<Cubed>(), 5.0));
    }

    /// <summary>s u f x = f (x + u), of which d/du at u = 0 is the derivative of f.</summary>
    readonly struct Shifted<TFunction, TOuter>(TFunction f, TOuter x) : IFunction
        where TFunction : IFunction
        where TOuter : struct, IFloatingPointIeee754<TOuter>
    {
        public T Call<T>(T u)
            where T : struct, IFloatingPointIeee754<T> => f.Call(T.CreateChecked(x) + u);
    }

    readonly struct ByShift<TFunction>(TFunction f) : IFunction
        where TFunction : IFunction
    {
        public T Call<T>(T x)
            where T : struct, IFloatingPointIeee754<T> => Derivatives.Derivative(new Shifted<TFunction, T>(f, x), T.Zero);
    }

    [Fact]
    public void The_amazing_bug_of_curried_functions_is_not_here()
    {
        // D' = D s 0; then D' (D' h) y = h'' y, where confused tangents give 0
        Assert.Equal(12, Derivatives.Derivative(new ByShift<Cubed>(), 2.0));
        Assert.Equal(12, new ByShift<ByShift<Cubed>>().Call(2.0));
        Assert.Equal(6, new ByShift<ByShift<ByShift<Cubed>>>().Call(2.0));
        static Func<Dual<double>, Dual<double>> Shift(Dual<double> u, Func<Dual<double>, Dual<double>> f) => x => f(x + u);
        Func<Dual<double>, Dual<double>> cube = x => x * x * x;
        Refused(() => Derivatives.Derivative(u => Derivatives.Derivative(Shift(u, cube), 2.0), 0.0));
    }

    /// <summary>Holds a number of an outer derivative, but is differentiated at plain numbers.</summary>
    readonly struct AtPlain : IFunction
    {
        public T Call<T>(T x)
            where T : struct, IFloatingPointIeee754<T> => x * T.CreateChecked(Derivatives.Derivative(new With<T>(x, true), 2.0));
    }

    [Fact]
    public void A_generic_function_that_would_lose_the_outer_derivative_is_refused()
    {
        Assert.Equal(9, new AtPlain().Call(3.0));
        Assert.Contains("With", Refused(() => Derivatives.Derivative(new AtPlain(), 3.0)));
        var roll = new Roll<double>(1);
        Assert.Throws<NotSupportedException>(() =>
            Derivatives.Derivative(new With<Active<double, Trail<double>>>(roll.Variable(0, 3), true), 2.0)
        );
    }

    [Fact]
    public void Numbers_of_two_reverse_derivatives_over_one_type_do_not_meet()
    {
        Roll<double> one = new(1),
            two = new(1);
        Active<double, Trail<double>> x = one.Variable(0, 3),
            y = two.Variable(0, 0);
        Refused(() => x * y);
        one.Dispose();
        Assert.Contains("ended", Refused(() => x * x));
    }

    // --- mixed modes

    /// <summary>The derivative of a field along a direction, as a field: a jvp to be differentiated in reverse.</summary>
    readonly struct AlongOf<TField>(TField f, double[] direction) : IScalarField
        where TField : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T> =>
            Derivatives.Jvp<TField, T>(f, x, Array.ConvertAll(direction, T.CreateChecked)).Tangent;
    }

    /// <summary>The gradient times a direction: a vjp to be differentiated.</summary>
    readonly struct GradientTimes<TField>(TField f, double[] direction) : IScalarField
        where TField : IScalarField
    {
        public T Call<T>(ReadOnlySpan<T> x)
            where T : struct, IFloatingPointIeee754<T>
        {
            var gradient = new T[x.Length];
            ReverseMode.Gradient(f, x, gradient);
            var sum = T.Zero;
            for (int i = 0; i < gradient.Length; i++)
                sum += gradient[i] * T.CreateChecked(direction[i]);
            return sum;
        }
    }

    [Fact]
    public void Reverse_over_forward_and_forward_over_reverse_and_reverse_over_reverse_agree()
    {
        double[] x = [.. Enumerable.Range(0, 20).Select(i => Math.Sin(i + 0.5))],
            v = [.. Enumerable.Range(0, 20).Select(i => Math.Cos(2 * i + 0.1))];
        var expected = Derivatives.HessianVector(new Mixture(), x, v);
        void Agrees(double[] found) => Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Agrees(Derivatives.Gradient(new AlongOf<Mixture>(new(), v), x));
        Agrees(Derivatives.Gradient(new GradientTimes<Mixture>(new(), v), x));
        Agrees(Derivatives.JvpVector(new GradientOf<Mixture>(), x, v).Tangents);
        // and a third level: the derivative of the product along another direction, in two ways
        var third = Derivatives.HessianVector(new AlongOf<Mixture>(new(), v), x, v);
        var other = Derivatives.Gradient(new AlongOf<AlongOf<Mixture>>(new(new(), v), v), x);
        Assert.All(third.Zip(other), pair => Assert.Equal(pair.Second, pair.First, 1e-8));
    }

    // --- second derivatives have two tangents, and neither may be the outer one's

    readonly struct CubeTimes(Dual<double> factor) : IFunction, IScalarField
    {
        public T Call<T>(T y)
            where T : struct, IFloatingPointIeee754<T> => y * y * y * T.CreateChecked(factor);

        public T Call<T>(ReadOnlySpan<T> y)
            where T : struct, IFloatingPointIeee754<T> => Call(y[0]);
    }

    [Fact]
    public void A_second_derivative_at_plain_points_takes_no_outer_tangent_for_its_own()
    {
        // d/dx at 3 of x * (second derivative of y^3 * x at y = 2) = 24 x
        const double Right = 72;
        Refused(() => Derivatives.Derivative(x => x * Derivatives.SecondDerivative(y => y * y * y * x, 2.0), 3.0));
        Refused(() => Derivatives.Derivative(x => x * Dual.SecondDerivative(y => y * y * y * x, 2.0), 3.0));
        Refused(() =>
            Derivatives.Derivative(x => x * Derivatives.Laplacian((Dual<Dual<double>>[] y) => y[0] * y[0] * y[0] * x, [2.0]), 3.0)
        );
        Refused(() =>
            Derivatives.Derivative(x => x * Derivatives.Hessian((Dual<Dual<double>>[] y) => y[0] * y[0] * y[0] * x, [2.0])[0, 0], 3.0)
        );
        Refused(() =>
            Derivatives.Gradient(
                (Dual<double>[] x) =>
                    x[0] * Derivatives.HessianVector((Dual<Dual<double>>[] y) => y[0] * y[0] * y[0] * x[0], [2.0], [1.0])[0],
                [3.0]
            )
        );
        Refused(() =>
            Derivatives.Derivative(
                x => x * Derivatives.VectorHessianVector((Dual<Dual<double>>[] y) => y[0] * y[0] * y[0] * x, [2.0], [1.0], [1.0]),
                3.0
            )
        );
        // held by an object that is not looked into
        Refused(() =>
            Derivatives.Derivative(
                x =>
                {
                    List<Dual<double>> held = [x];
                    return x * Derivatives.SecondDerivative(y => y * y * y * held[0], 2.0);
                },
                3.0
            )
        );
        // by structs
        Refused(() => Derivatives.Derivative(x => x * Derivatives.SecondDerivative(new CubeTimes(x), 2.0), 3.0));
        Assert.Throws<NotSupportedException>(() =>
            Derivatives.Derivative(x => x * Derivatives.Hessian(new CubeTimes(x), [2.0])[0, 0], 3.0)
        );
        Refused(() => Derivatives.Derivative(x => x * Derivatives.HessianVector(new CubeTimes(x), [2.0], [1.0])[0], 3.0));
        Refused(() => Derivatives.Derivative(x => x * Derivatives.NthDerivative(new CubeTimes(x), 2.0, 2), 3.0));
        // at points of the outer number's type it is part of the function like all else
        Assert.Equal(
            Right,
            Derivatives.Derivative(
                (Dual<double> x) => x * Derivatives.SecondDerivative<Dual<double>>(y => y * y * y * (Dual<Dual<double>>)x, new(2)),
                3.0
            )
        );
        // a constant is none's
        Assert.Equal(12, Derivatives.Derivative(x => x * Derivatives.SecondDerivative(y => y * y * y * new Dual<double>(1), 2.0), 3.0));
    }

    [Fact]
    public void A_dual_of_duals_is_active_in_either_tangent()
    {
        // x[0] * x[1] * (second derivative of y * x[1]^2) = 0
        Refused(() =>
            Derivatives.VectorHessianVector(
                (Dual<Dual<double>>[] x) =>
                {
                    var c = x[1];
                    return x[0] * x[1] * Derivatives.SecondDerivative(y => y * c * c, 1.0);
                },
                [1.0, 2.0],
                [1.0, 0.0],
                [0.0, 1.0]
            )
        );
    }
}
