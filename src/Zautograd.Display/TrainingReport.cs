using System.Globalization;
using Spectre.Console;
using Zautograd.Nn;

namespace Zautograd.Display;

/// <summary>Shows how a training run comes on: a progress bar on a terminal, plain lines in a file or a pipe.</summary>
/// <example><code>
/// var optimizer = new Sgd(model.Parameters, rate: 0.5);
/// var run = TrainingReport.Show("moons", report => Training.Run(model, data, objective, optimizer, steps: 2, progress: report));
/// </code></example>
public static class TrainingReport
{
    const int Lines = 10;

    /// <summary>Runs a training and shows its progress.</summary>
    /// <typeparam name="T">What the training returns.</typeparam>
    /// <param name="title">What is trained.</param>
    /// <param name="train">The training; it is handed what to call after each step.</param>
    /// <param name="console">Where to show it; the process's own console if left out.</param>
    /// <returns>What the training returned.</returns>
    /// <example><code>
    /// var result = TrainingReport.Show("a step", report =>
    /// {
    ///     report(new TrainingProgress(Step: 1, Steps: 1, Loss: 0.5, Accuracy: 1.0));
    ///     return "done";
    /// });
    /// result   // -> done
    /// </code></example>
    public static T Show<T>(string title, Func<Action<TrainingProgress>, T> train, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(train);
        console ??= AnsiConsole.Console;
        return console.Profile.Capabilities is { Interactive: true, Ansi: true }
            ? Bar(title, train, console)
            : train(progress => WriteLine(title, progress, console.Profile.Out.Writer));
    }

    static T Bar<T>(string title, Func<Action<TrainingProgress>, T> train, IAnsiConsole console) =>
        console
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                return train(progress =>
                {
                    task.MaxValue = progress.Steps;
                    task.Value = progress.Step;
                    task.Description = Markup.Escape($"{title}: {Numbers(progress)}");
                });
            });

    static void WriteLine(string title, TrainingProgress progress, TextWriter output)
    {
        var every = Math.Max(1, progress.Steps / Lines);
        if (progress.Step == 1 || progress.Step == progress.Steps || progress.Step % every == 0)
        {
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{title}: step {progress.Step}/{progress.Steps}, {Numbers(progress)}")
            );
        }
    }

    static string Numbers(TrainingProgress progress) =>
        string.Create(CultureInfo.InvariantCulture, $"loss {progress.Loss:0.0000}, accuracy {100.0 * progress.Accuracy:0.0} %");
}
