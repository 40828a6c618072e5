using TorchSharp;
using static TorchSharp.torch;

namespace Zautograd.Benchmarks.Peers;

/// <summary>Black and Scholes: the price of a book of calls and its Greeks (delta, dual delta, theta, rho, vega of every option).</summary>
static partial class Greeks
{
    const int Options = 1000;

    /// <summary>The price of all calls together; an option is spot, strike, years, rate and volatility, one behind the other.</summary>
    [Differentiable]
    public static double Price(ReadOnlySpan<double> options)
    {
        var sum = 0.0;
        for (var i = 0; i < options.Length; i += 5)
        {
            var spot = options[i];
            var strike = options[i + 1];
            var years = options[i + 2];
            var rate = options[i + 3];
            var volatility = options[i + 4];
            var spread = volatility * Math.Sqrt(years);
            var upper = (Math.Log(spot / strike) + (rate + 0.5 * volatility * volatility) * years) / spread;
            sum += spot * Normal(upper) - strike * Math.Exp(-rate * years) * Normal(upper - spread);
        }

        return sum;
    }

    // the logistic fit of Bowling and others (2009): .NET has no error function of its own
    static double Normal(double x) => 1.0 / (1.0 + Math.Exp(-1.5976 * x - 0.07056 * x * x * x));

    public static Row Row()
    {
        var random = new Random(3);
        double[] options =
        [
            .. Enumerable
                .Range(0, Options)
                .SelectMany(_ =>
                    new[]
                    {
                        80 + 40 * random.NextDouble(),
                        80 + 40 * random.NextDouble(),
                        0.25 + random.NextDouble(),
                        0.05 * random.NextDouble(),
                        0.1 + 0.3 * random.NextDouble(),
                    }
                ),
        ];
        var greeks = new double[options.Length];
        double[] Gradient()
        {
            PriceGradient(options, greeks);
            return greeks;
        }

        return new(
            $"Black-Scholes, {Options} calls, price and 5 Greeks each",
            new("`[Differentiable]`", Gradient, () => PriceGradient(options, greeks)),
            Torch.Side(
                "TorchSharp",
                () =>
                {
                    var all = tensor(options, [Options, 5], requires_grad: true);
                    void Run()
                    {
                        using var scope = NewDisposeScope();
                        all.grad?.zero_();
                        Price(all).backward();
                    }

                    return (
                        () =>
                        {
                            Run();
                            return all.grad!.flatten().data<double>().ToArray();
                        },
                        Run
                    );
                }
            )
        );
    }

    static Tensor Price(Tensor options)
    {
        var (spot, strike, years, rate, volatility) = (
            options.select(1, 0),
            options.select(1, 1),
            options.select(1, 2),
            options.select(1, 3),
            options.select(1, 4)
        );
        var spread = volatility * years.sqrt();
        var upper = ((spot / strike).log() + (rate + 0.5 * volatility * volatility) * years) / spread;
        return (spot * Normal(upper) - strike * (-rate * years).exp() * Normal(upper - spread)).sum();
    }

    static Tensor Normal(Tensor x) => (1.5976 * x + 0.07056 * x * x * x).sigmoid();
}
