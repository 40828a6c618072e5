// One function differentiated in four ways, the two trace tables, and a network that learns: dotnet run samples/demo.cs
#:project ../src/Zautograd.Display/Zautograd.Display.csproj

using System.Globalization;
using Spectre.Console;
using Zautograd;
using Zautograd.Display;
using Zautograd.Nn;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = System.Text.Encoding.UTF8;
var pictures =
    args.FirstOrDefault(arg => !arg.StartsWith('-'))
    ?? Path.Combine(AppContext.GetData("EntryPointFileDirectoryPath") as string ?? ".", "pictures");

Heading("f(x, y) = (x^2 + 4)*y - x/y at (101, 12), differentiated in four ways");

// By hand: the derivative is worked out on paper and typed in.
static (double F, double Dx, double Dy) ByHand(double x, double y) => ((x * x + 4) * y - x / y, 2 * x * y - 1 / y, x * x + 4 + x / (y * y));

// Method 1, the elemental library: every step is a call on pairs (value, tangent); one run per variable.
static (double Value, double Tangent) Step((double, double) x, (double, double) y)
{
    var t1 = Elementals.Add(Elementals.Mul(x, x), Elementals.Constant(4));
    return Elementals.Sub(Elementals.Mul(t1, y), Elementals.Div(x, y));
}

static (double F, double Dx, double Dy) ByElementals(double x, double y)
{
    var (f, dx) = Step(Elementals.Variable(x), Elementals.Constant(y));
    var (_, dy) = Step(Elementals.Constant(x), Elementals.Variable(y));
    return (f, dx, dy);
}

// Method 2, operator overloading: ordinary arithmetic on Value, one reverse sweep for all variables.
static (double F, double Dx, double Dy) ByOperators(double a, double b)
{
    Value x = a,
        y = b;
    var f = (x * x + 4) * y - x / y;
    f.Backward();
    return (f.Data, x.Grad, y.Grad);
}

// Symbolically: the lambda is read as an expression, and its derivatives are expressions again.
var expression = Quote.Read((double x, double y) => (Math.Pow(x, 2) + 4) * y - x / y).Body;
var gradient = expression.Gradient("x", "y");

(double F, double Dx, double Dy) BySymbols(double x, double y) =>
    (expression.Evaluate(("x", x), ("y", y)), gradient[0].Evaluate(("x", x), ("y", y)), gradient[1].Evaluate(("x", x), ("y", y)));

Show("by hand", ByHand(101, 12));
Show("elemental library", ByElementals(101, 12));
Show("operator overloading", ByOperators(101, 12));
Show("symbolic", BySymbols(101, 12));
Console.WriteLine();
Console.WriteLine($"df/dx = {gradient[0]}        df/dy = {gradient[1]}");

Heading("z = ln x + x*y - sin y at (2, 5), step by step");
var z = Quote.Read((double x, double y) => Math.Log(x) + x * y - Math.Sin(y)).Body;
Console.WriteLine(z.TraceForward("x", ("x", 2), ("y", 5)));
Console.WriteLine(z.TraceReverse(("x", 2), ("y", 5)));

Heading("A network learns to tell two moons apart");
var random = new Random(1);
var data = Datasets.Moons(100, noise: 0.1, random);
var model = new MLP(2, [16, 16, 1], random);
var objective = Objective.Hinge(penalty: 1e-4);
const int steps = 150;
var run = TrainingReport.Show(
    "moons",
    report =>
        Training.Run(
            model,
            data,
            objective,
            new Sgd(model.Parameters, rate: 1.0),
            steps,
            rate: step => 1.0 - 0.9 * (step - 1) / steps,
            progress: report
        )
);
var accuracy = Training.Accuracy(model, data, objective);
Console.WriteLine(
    $"{model.Parameters.Count} parameters, {data.Count} points, {100 * accuracy:0.#} % of them on the right side after {steps} steps"
);

var loss = Pictures.LossCurve([.. run.Select(progress => progress.Loss)], Path.Combine(pictures, "moons-loss.png"));
Pictures.DecisionBoundary((x, y) => model.Score([x, y]).Data, data.Points, data.Labels, Path.Combine(pictures, "moons-boundary.png"));
Console.WriteLine($"pictures: {Path.GetDirectoryName(loss)}");
return accuracy == 1.0 ? 0 : 1;

static void Show(string method, (double F, double Dx, double Dy) result) =>
    Console.WriteLine($"{method, -22}f = {result.F, -20:R}df/dx = {result.Dx, -20:R}df/dy = {result.Dy:R}");

static void Heading(string text)
{
    Console.WriteLine();
    Console.WriteLine(text);
    Console.WriteLine(new string('-', text.Length));
}
