using System.Buffers.Binary;
using System.Globalization;
using SkiaSharp;
using Spectre.Console;
using Zautograd.Display;
using Zautograd.Nn;

namespace Zautograd.Tests;

public sealed class DisplayTests : IDisposable
{
    readonly string folder = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}");

    [Fact]
    public void A_loss_curve_is_a_png_of_the_asked_size()
    {
        var path = Pictures.LossCurve(
            [.. Enumerable.Range(1, 200).Select(i => 1.0 / i)],
            Path.Combine(folder, "deeper", "loss.png"),
            640,
            320
        );
        AssertPng(path, 640, 320);
    }

    [Fact]
    public void One_loss_is_enough_for_a_curve() => AssertPng(Pictures.LossCurve([0.5], Path.Combine(folder, "one.png")), 800, 500);

    [Fact]
    public void A_decision_boundary_has_both_colours_and_one_line_between_them()
    {
        // a slope in x: blue on the left, orange on the right, the line at x = 0 in the middle of the plane
        var path = Pictures.DecisionBoundary(
            (x, _) => 10.0 * x,
            [
                [-1.0, 0.0],
                [1.0, 0.0],
                [0.5, 1.0],
            ],
            [-1, 1, 1],
            Path.Combine(folder, "boundary.png"),
            700,
            500
        );
        AssertPng(path, 700, 500);

        using var picture = SKBitmap.Decode(path);
        SKColor[] row = [.. Enumerable.Range(0, picture.Width).Select(x => picture.GetPixel(x, picture.Height * 2 / 5))];
        Assert.Contains(row, pixel => pixel.Blue > pixel.Red + 50);
        Assert.Contains(row, pixel => pixel.Red > pixel.Blue + 50);

        // dark pixels: the frame on the left, the line, the frame on the right, the two sides of the colour bar
        var blue = Array.FindIndex(row, pixel => pixel.Blue > pixel.Red + 50);
        var orange = Array.FindIndex(row, pixel => pixel.Red > pixel.Blue + 50);
        var dark = row[blue..orange].Select(pixel => pixel.Red + pixel.Green + pixel.Blue < 200).ToArray();
        Assert.Single(Enumerable.Range(1, dark.Length - 1), i => dark[i] && !dark[i - 1]);
    }

    [Fact]
    public void A_score_that_is_zero_everywhere_can_be_drawn() =>
        AssertPng(
            Pictures.DecisionBoundary(
                (_, _) => 0.0,
                [
                    [0.0, 0.0],
                ],
                [1],
                Path.Combine(folder, "flat.png")
            ),
            800,
            600
        );

    [Fact]
    public void Text_needs_no_font_on_the_machine()
    {
        Font.Register();
        using var face = ScottPlot.Fonts.GetTypeface(
            Font.Name,
            ScottPlot.FontWeight.Normal,
            ScottPlot.FontSlant.Upright,
            ScottPlot.FontSpacing.Normal
        );
        Assert.Equal("DejaVu Sans", face.FamilyName);
        Assert.True(face.ContainsGlyphs("Loss over the training steps: 0123456789 +-.,()"));
    }

    [Fact]
    public void Pictures_of_nothing_are_refused()
    {
        Assert.Contains("at least one loss", Assert.Throws<ArgumentException>(() => Pictures.LossCurve([], "never.png")).Message);
        Assert.Contains(
            "step 2 is not finite",
            Assert.Throws<ArgumentException>(() => Pictures.LossCurve([1.0, double.NaN], "never.png")).Message
        );
        Assert.Contains(
            "1 points and 2 labels",
            Assert
                .Throws<ArgumentException>(() =>
                    Pictures.DecisionBoundary(
                        (_, _) => 0.0,
                        [
                            [1.0, 2.0],
                        ],
                        [1, 1],
                        "never.png"
                    )
                )
                .Message
        );
        Assert.Contains(
            "has 3",
            Assert
                .Throws<ArgumentException>(() =>
                    Pictures.DecisionBoundary(
                        (_, _) => 0.0,
                        [
                            [1.0, 2.0, 3.0],
                        ],
                        [1],
                        "never.png"
                    )
                )
                .Message
        );
    }

    [Fact]
    public void A_redirected_report_is_plain_lines_in_any_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            var output = new StringWriter();
            var result = TrainingReport.Show("[moons]", Steps(30), Console(output, interactive: false));
            Assert.Equal(30, result);
            var lines = output.ToString().Split(output.NewLine, StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("[moons]: step 1/30, loss 1.0000, accuracy 3.3 %", lines[0]);
            Assert.Equal("[moons]: step 30/30, loss 0.0333, accuracy 100.0 %", lines[^1]);
            Assert.Equal(11, lines.Length);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void A_terminal_gets_a_progress_bar()
    {
        var output = new StringWriter();
        var result = TrainingReport.Show("[moons]", Steps(5), Console(output, interactive: true));
        Assert.Equal(5, result);
        Assert.Contains("[moons]: loss 0.2000, accuracy 100.0 %", output.ToString());
        Assert.Contains("━", output.ToString());
        Assert.Contains("\e[", output.ToString());
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static Func<Action<TrainingProgress>, int> Steps(int steps) =>
        report =>
        {
            for (var step = 1; step <= steps; step++)
            {
                report(new(step, steps, 1.0 / step, (double)step / steps));
            }

            return steps;
        };

    static IAnsiConsole Console(StringWriter output, bool interactive)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = interactive ? AnsiSupport.Yes : AnsiSupport.No,
                Interactive = interactive ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Capabilities.Unicode = true;
        console.Profile.Width = 120;
        return console;
    }

    static void AssertPng(string path, int width, int height)
    {
        var bytes = File.ReadAllBytes(path);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a], bytes[..8]);
        Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)));
        Assert.Equal(height, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(20)));
    }
}
