using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Zautograd.Display;

/// <summary>Draws training runs into PNG files.</summary>
/// <remarks>All text is drawn with a font that the library carries, so a picture looks the same on a machine without any.</remarks>
/// <example><code>
/// var run = Training.Run(model, data, objective, new Sgd(model.Parameters, rate: 0.5), steps: 2);
/// Pictures.LossCurve([.. run.Select(step => step.Loss)], Path.Combine(folder, "loss.png"));
/// Pictures.DecisionBoundary((x, y) => model.Score([x, y]).Data, data.Points, data.Labels, Path.Combine(folder, "boundary.png"));
/// </code></example>
public static class Pictures
{
    const int Grid = 120;
    static readonly Color Positive = Color.FromHex("#d95f02");
    static readonly Color Negative = Color.FromHex("#1f5fa8");

    /// <summary>Draws the loss over the steps of a run, with a running mean where there are many.</summary>
    /// <param name="losses">The loss at each step; at least one, all finite.</param>
    /// <param name="path">The PNG file to write; its folder is made if it is not there.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">The picture's height in pixels.</param>
    /// <returns>The full path of the file.</returns>
    /// <example><code>
    /// var file = Pictures.LossCurve([0.9, 0.5, 0.3], Path.Combine(folder, "loss.png"));
    /// File.Exists(file)   // -> true
    /// </code></example>
    public static string LossCurve(IReadOnlyList<double> losses, string path, int width = 800, int height = 500)
    {
        ArgumentNullException.ThrowIfNull(losses);
        if (losses.Count == 0)
        {
            throw new ArgumentException("at least one loss is needed", nameof(losses));
        }

        double[] ys = [.. losses];
        if (Array.FindIndex(ys, loss => !double.IsFinite(loss)) is >= 0 and var bad)
        {
            throw new ArgumentException($"the loss at step {bad + 1} is not finite", nameof(losses));
        }

        double[] steps = [.. Enumerable.Range(1, ys.Length)];
        using var plot = Plain("Loss over the training steps", "step", "loss");
        var line = plot.Add.ScatterLine(steps, ys, Negative);
        line.LegendText = "loss of the step";
        line.LineWidth = 2;
        var window = ys.Length / 50;
        if (window >= 10) // that many steps are small batches, whose losses jump about
        {
            line.LineWidth = 1;
            line.Color = Negative.WithAlpha(0.35);
            var mean = plot.Add.ScatterLine(steps, RunningMean(ys, window), Positive);
            mean.LegendText = string.Create(CultureInfo.InvariantCulture, $"mean of the last {window}");
            mean.LineWidth = 2.5f;
        }

        plot.Axes.SetLimits(Math.Min(1, ys.Length - 1), ys.Length, Math.Min(0.0, 1.05 * ys.Min()), Math.Max(1.05 * ys.Max(), 1e-12));
        plot.ShowLegend(Alignment.UpperRight);
        return Save(plot, path, width, height);
    }

    /// <summary>Draws the score of a classifier over the plane, the line where it is 0, and the points it learnt from.</summary>
    /// <param name="score">The score at a point: positive for the class +1.</param>
    /// <param name="points">The points, two coordinates each.</param>
    /// <param name="labels">-1 or +1 per point.</param>
    /// <param name="path">The PNG file to write; its folder is made if it is not there.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">The picture's height in pixels.</param>
    /// <returns>The full path of the file.</returns>
    /// <example><code>
    /// var file = Pictures.DecisionBoundary((x, y) => y - x * x, data.Points, data.Labels, Path.Combine(folder, "boundary.png"));
    /// File.Exists(file)   // -> true
    /// </code></example>
    public static string DecisionBoundary(
        Func<double, double, double> score,
        IReadOnlyList<double[]> points,
        IReadOnlyList<int> labels,
        string path,
        int width = 800,
        int height = 600
    )
    {
        ArgumentNullException.ThrowIfNull(score);
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(labels);
        if (points.Count == 0 || points.Count != labels.Count)
        {
            throw new ArgumentException(
                $"as many labels as points are needed, at least one: there are {points.Count} points and {labels.Count} labels",
                nameof(labels)
            );
        }

        if (points.FirstOrDefault(point => point.Length != 2) is { } wrong)
        {
            throw new ArgumentException($"a point in the plane has 2 coordinates, this one has {wrong.Length}", nameof(points));
        }

        using var plot = Plain("Decision boundary", "x", "y");
        var area = Around(points);
        var scores = Scores(score, area);
        AddHeat(plot, scores, LargestScore(score, points));
        var boundary = plot.Add.ContourLines(scores);
        boundary.ContourLineLevels = [0.0];
        boundary.Update(scores);
        boundary.LineColor = Colors.Black;
        boundary.LineWidth = 2.5f;
        boundary.LabelStyle.IsVisible = false;
        AddPoints(plot, points, labels, 1, Positive, MarkerShape.FilledCircle);
        AddPoints(plot, points, labels, -1, Negative, MarkerShape.FilledSquare);
        plot.Axes.SetLimits(area.Left, area.Right, area.Bottom, area.Top);
        plot.Legend.ManualItems.Add(
            new LegendItem
            {
                LabelText = "score 0",
                LineColor = Colors.Black,
                LineWidth = 2.5f,
            }
        );
        plot.ShowLegend(Alignment.UpperRight);
        return Save(plot, path, width, height);
    }

    static void AddHeat(Plot plot, Coordinates3d[,] scores, double size)
    {
        var (rows, columns) = (scores.GetLength(0), scores.GetLength(1));
        var heat = new double[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                heat[rows - 1 - row, column] = scores[row, column].Z; // a picture's first row is the top one
            }
        }

        var map = plot.Add.Heatmap(heat);
        map.Extent = new(scores[0, 0].X, scores[0, columns - 1].X, scores[0, 0].Y, scores[rows - 1, 0].Y);
        map.CellAlignment = Alignment.MiddleCenter;
        map.Colormap = new ScottPlot.Colormaps.CustomInterpolated([
            Negative.MixedWith(Colors.White, 0.35),
            Colors.White,
            Positive.MixedWith(Colors.White, 0.35),
        ]);
        map.ManualRange = new(-size, size);
        map.Smooth = true;
        var bar = plot.Add.ColorBar(map);
        bar.Label = "score";
        bar.MinimumSize = 90; // else the label stands on the numbers
        bar.Axis.TickGenerator = Ticks();
        bar.LabelStyle.FontName = Font.Name;
    }

    static void AddPoints(Plot plot, IReadOnlyList<double[]> points, IReadOnlyList<int> labels, int label, Color color, MarkerShape shape)
    {
        double[][] chosen = [.. points.Where((_, i) => labels[i] == label)];
        var markers = plot.Add.ScatterPoints(chosen.Select(p => p[0]).ToArray(), chosen.Select(p => p[1]).ToArray(), color);
        markers.MarkerStyle = new(shape, 9, color) { OutlineColor = Colors.White, OutlineWidth = 1 };
        markers.LegendText = string.Create(CultureInfo.InvariantCulture, $"label {label:+0;-0}");
    }

    static Coordinates3d[,] Scores(Func<double, double, double> score, CoordinateRect area)
    {
        var scores = new Coordinates3d[Grid, Grid];
        for (var row = 0; row < Grid; row++)
        {
            for (var column = 0; column < Grid; column++)
            {
                var x = area.Left + area.Width * column / (Grid - 1);
                var y = area.Bottom + area.Height * row / (Grid - 1);
                scores[row, column] = new(x, y, score(x, y));
            }
        }

        return scores;
    }

    // the size of score that gets full colour: chosen where the points are, for a score may grow without bound away from them
    static double LargestScore(Func<double, double, double> score, IReadOnlyList<double[]> points)
    {
        var largest = points.Max(p => Math.Abs(score(p[0], p[1])));
        return largest == 0.0 ? 1.0 : largest;
    }

    static CoordinateRect Around(IReadOnlyList<double[]> points)
    {
        const double margin = 0.5;
        return new(
            points.Min(p => p[0]) - margin,
            points.Max(p => p[0]) + margin,
            points.Min(p => p[1]) - margin,
            points.Max(p => p[1]) + margin
        );
    }

    static double[] RunningMean(double[] numbers, int window) =>
        [.. numbers.Select((_, i) => numbers[Math.Max(0, i + 1 - window)..(i + 1)].Average())];

    static Plot Plain(string title, string x, string y)
    {
        Font.Register();
        var plot = new Plot();
        plot.Font.Set(Font.Name);
        plot.Title(title);
        plot.XLabel(x);
        plot.YLabel(y);
        plot.Legend.FontName = Font.Name;
        plot.Axes.Title.Label.Bold = plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickGenerator = Ticks();
        plot.Axes.Left.TickGenerator = Ticks();
        return plot;
    }

    // the library's own labels follow the machine's culture
    static NumericAutomatic Ticks() => new() { LabelFormatter = tick => Math.Round(tick, 10).ToString(CultureInfo.InvariantCulture) };

    static string Save(Plot plot, string path, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        plot.SavePng(full, width, height);
        return full;
    }
}
