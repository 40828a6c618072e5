namespace Zautograd.Tests;

/// <summary>What a function over values does where nobody sees it, on another thread or in place: right or refused.</summary>
public sealed class ElsewhereTests
{
    static T There<T>(Func<T> compute) => Task.Factory.StartNew(compute, TaskCreationOptions.LongRunning).Result;

    static readonly double[] X = [3, 2],
        One = [1, 1];

    public static TheoryData<string, Action> OnAnotherThread =>
        new()
        {
            { "hessian", () => Derivatives.Hessian(v => There(() => v[0] * v[0] * v[1]) + v[1] * v[1], X) },
            { "jvp", () => Derivatives.Jvp(v => There(() => v[0] * v[1]), X, One) },
            { "laplacian", () => Derivatives.Laplacian(v => v[0] * There(() => v[0] * v[1]), X) },
            { "jacobian", () => Derivatives.Jacobian(v => v.Select(x => There(() => x * x)).ToArray(), X) },
            { "vjp", () => Derivatives.Vjp(v => new[] { There(() => -v[0]), v[1] }, X, One) },
            { "taylor", () => Derivatives.TaylorCoefficients(v => There(() => v.Exp()), 0.0, 2) },
            { "pattern", () => SparseJacobian.Of(v => [There(() => v[0] * v[1]), v[1] + There(() => v[0] * v[1])], X) },
            { "pattern's branch", () => SparseJacobian.Of(v => There(() => v[0] > 0) ? [v[0]] : [v[1]], X) },
            { "pattern's number", () => SparseJacobian.Of(v => [There(() => v[0].Data) > 0 ? v[0] : v[1]], X) },
            { "plan", () => Plan.Record(v => v[0] * There(() => v[0] < v[1] ? 2 : 1), X) },
            { "plan's branch", () => Plan.Record(v => There(() => v[0] > 0) ? v[0] : -v[0], X) },
            { "plan's number", () => Plan.Record(v => There(() => v[0].Data) * v[0], X) },
        };

    [Theory]
    [MemberData(nameof(OnAnotherThread))]
    public void What_another_thread_computes_or_asks_is_refused(string what, Action derive)
    {
        Assert.NotEmpty(what);
        Assert.Contains("thread", Assert.ThrowsAny<SystemException>(derive).Message);
    }

    [Fact]
    public void What_other_threads_do_with_values_of_their_own_does_not_matter()
    {
        Value weight = 2;
        bool Own() => There(() => new Value(3) * weight > 2);
        Assert.Equal(18, Derivatives.Hessian(v => Own() ? v[0] * v[0] * v[0] : v[0], [3.0])[0, 0]);
        Assert.Equal(9, Plan.Record(v => Own() ? v[0] * v[0] : v[0], [1]).Value([3]));
        Assert.Equal(6, SparseJacobian.Of(v => [Own() ? v[0] * v[0] : v[0]], [1.0]).At([3.0])[0, 0]);
    }

    public static TheoryData<Func<Value[], Value>> ThatSetData =>
        new()
        {
            v =>
            {
                var t = v[0] * v[0];
                t.Data = 5;
                return t * v[0];
            },
            v =>
            {
                var t = 3 * v[0];
                t.Data = 5;
                return t * t;
            },
            v =>
            {
                v[0].Data = 5;
                return v[0] * v[0] * v[0];
            },
        };

    [Theory]
    [MemberData(nameof(ThatSetData))]
    public void Data_set_in_between_is_refused(Func<Value[], Value> f)
    {
        void Refused(Action derive) => Assert.Contains("Data", Assert.Throws<InvalidOperationException>(derive).Message);
        Refused(() => Derivatives.HessianVector(f, [3], [1]));
        Refused(() => Derivatives.Hessian(f, [3]));
        Refused(() => Derivatives.Jvp(f, [3], [1]));
        Refused(() => Derivatives.Laplacian(f, [3]));
    }

    [Fact]
    public void Data_of_what_no_variable_reaches_may_be_set()
    {
        Value weight = 1;
        Value F(Value[] v)
        {
            Value own = 1;
            (weight.Data, own.Data) = (v[0].Data > 0 ? 2 : 3, 4);
            return weight * own * v[0] * v[0];
        }
        Assert.Equal([16], Derivatives.HessianVector(F, [3], [1]));
        weight.Data = 1;
        Assert.Equal(16, Derivatives.Hessian(F, [3])[0, 0]);
    }
}
