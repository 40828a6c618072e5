// Reads handwritten digits: dotnet run samples/digits.cs [--quick] [folder for the pictures]
#:project ../src/Zautograd.Display/Zautograd.Display.csproj

using System.Diagnostics;
using System.Globalization;
using Zautograd.Display;
using Zautograd.Nn;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var here = AppContext.GetData("EntryPointFileDirectoryPath") as string ?? "samples";
var quick = args.Contains("--quick");
var pictures = args.FirstOrDefault(arg => !arg.StartsWith('-')) ?? Path.Combine(here, "pictures");
var clock = Stopwatch.StartNew();

// Images of 8 by 8 pixels, from 0 to 1; the network never sees the held-back fifth while it learns.
var random = new Random(1);
var (learn, held) = Datasets.Digits(Path.Combine(here, "data", "digits.csv.gz")).Scale(1.0 / 16.0).Split(0.8, random);

// 64 inputs are many: weights in [-1, 1] would make sums so large that softmax is sure of itself before it knows anything.
var model = new MLP(64, [32, 10], random, weights: InitialWeights.ScaledByInputs);
var objective = Objective.SoftmaxCrossEntropy(penalty: 1e-4);
var optimizer = new Adam(model.Parameters, rate: 0.01);

const int batch = 32;
var epochs = quick ? 3 : 30;
var steps = epochs * ((learn.Count + batch - 1) / batch);
Console.WriteLine(
    $"{model.Parameters.Count} parameters, {learn.Count} images to learn from, {held.Count} held back, {epochs} times through"
);

var run = TrainingReport.Show(
    "digits",
    report =>
        Training.Run(
            model,
            learn,
            objective,
            optimizer,
            steps,
            batch,
            shuffle: random,
            progress: report,
            rate: step => 0.01 * (1.0 - (step - 1.0) / steps)
        )
);

var accuracy = Training.Accuracy(model, held, objective);
Console.WriteLine(
    $"held-back images read rightly: {100.0 * accuracy:0.0} % (the others: {100.0 * Training.Accuracy(model, learn, objective):0.0} %)"
);
Console.WriteLine();
Console.WriteLine("      read as   0   1   2   3   4   5   6   7   8   9");
var readings = held.Points.Select(image => objective.Classify(model.Call(image))).ToArray();
for (var digit = 0; digit < 10; digit++)
{
    var counts = Enumerable.Range(0, 10).Select(reading => readings.Where((r, i) => r == reading && held.Labels[i] == digit).Count());
    Console.WriteLine($"written {digit}    {string.Concat(counts.Select(count => count == 0 ? "   ." : $"{count, 4}"))}");
}

Console.WriteLine();
Console.WriteLine(
    $"loss curve: {Pictures.LossCurve([.. run.Select(progress => progress.Loss)], Path.Combine(pictures, "digits-loss.png"))}"
);
Console.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} seconds");
return accuracy >= (quick ? 0.8 : 0.95) ? 0 : 1;
