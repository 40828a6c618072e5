// Two half moons told apart by a small network: dotnet run samples/moons.cs [folder for the pictures]
#:project ../src/Zautograd.Display/Zautograd.Display.csproj

using System.Globalization;
using Zautograd.Display;
using Zautograd.Nn;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var pictures = args.Length > 0 ? args[0] : Path.Combine(AppContext.GetData("EntryPointFileDirectoryPath") as string ?? ".", "pictures");

// 1. data: 100 points, labels -1 and +1
var random = new Random(1);
var data = Datasets.Moons(100, noise: 0.1, random);

// 2. model: 2 inputs, two hidden layers of 16, one score
var model = new MLP(2, [16, 16, 1], random);
Console.WriteLine($"a network with {model.Parameters.Count} parameters");

// 3 to 7. forward, loss, zero the gradients, backward, update; again and again
const int steps = 150;
var objective = Objective.Hinge(penalty: 1e-4);
var optimizer = new Sgd(model.Parameters, rate: 1.0);
var run = TrainingReport.Show("moons", report => Training.Run(
    model, data, objective, optimizer, steps, rate: step => 1.0 - 0.9 * (step - 1) / steps, progress: report));

var accuracy = Training.Accuracy(model, data, objective);
var firstPerfect = run.FirstOrDefault(progress => progress.Accuracy == 1.0)?.Step;
Console.WriteLine($"{100.0 * accuracy:0.0} % of the points are on the right side (all of them at step {firstPerfect} for the first time)");

var loss = Pictures.LossCurve([.. run.Select(progress => progress.Loss)], Path.Combine(pictures, "moons-loss.png"));
Pictures.DecisionBoundary((x, y) => model.Score([x, y]).Data, data.Points, data.Labels, Path.Combine(pictures, "moons-boundary.png"));
Console.WriteLine($"pictures: {Path.GetDirectoryName(loss)}");
return accuracy == 1.0 ? 0 : 1;
