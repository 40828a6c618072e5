using System.Globalization;
using System.IO.Compression;
using System.Text;
using Zautograd.Nn;

namespace Zautograd.Tests;

public sealed class DatasetTests : IDisposable
{
    readonly string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv.gz");

    [Fact]
    public void Moons_without_noise_lie_on_two_half_circles()
    {
        var moons = Datasets.Moons(51, 0.0, new Random(1));
        Assert.Equal(25, moons.Labels.Count(label => label == -1));
        Assert.Equal(26, moons.Labels.Count(label => label == 1));
        for (var i = 0; i < moons.Count; i++)
        {
            var (x, y) = (moons.Points[i][0], moons.Points[i][1]);
            var (centre, level, side) = moons.Labels[i] == -1 ? (0.0, 0.0, 1.0) : (1.0, 0.5, -1.0);
            Assert.Equal(1.0, Math.Sqrt((x - centre) * (x - centre) + (y - level) * (y - level)), 1e-12);
            Assert.True(side * (y - level) >= -1e-12);
        }

        // from end to end: scikit-learn's linspace(0, pi)
        Assert.Equal((-1.0, 2.0), (moons.Points.Min(p => p[0]), moons.Points.Max(p => p[0])));
    }

    [Fact]
    public void Noise_has_the_asked_spread_and_the_seed_decides_it()
    {
        static double[] Flat(double noise, int seed) => [.. Datasets.Moons(4000, noise, new Random(seed)).Points.SelectMany(p => p)];
        Assert.Equal(Flat(0.1, 1), Flat(0.1, 1));
        Assert.NotEqual(Flat(0.1, 1), Flat(0.1, 2));

        // the same seed without noise makes the same draws, so the difference is the noise alone
        double[] noise = [.. Flat(0.1, 1).Zip(Flat(0.0, 1), (a, b) => a - b)];
        Assert.InRange(noise.Average(), -0.01, 0.01);
        Assert.InRange(Math.Sqrt(noise.Average(e => e * e)), 0.095, 0.105);
    }

    [Fact]
    public void A_split_deals_out_every_example_once_with_its_label()
    {
        var data = new Dataset([.. Enumerable.Range(0, 1797).Select(i => new double[] { i })], [.. Enumerable.Range(0, 1797)]);
        var (first, second) = data.Split(0.8, new Random(1));
        Assert.Equal((1438, 359), (first.Count, second.Count));
        Assert.Equal(data.Labels, first.Labels.Concat(second.Labels).Order());
        Assert.Equal(
            first.Labels.Concat(second.Labels).Select(label => (double)label),
            first.Points.Concat(second.Points).Select(p => p[0])
        );
        Assert.Equal(first.Labels, data.Split(0.8, new Random(1)).First.Labels);
        Assert.NotEqual(first.Labels, data.Split(0.8, new Random(2)).First.Labels);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Split(1.0, new Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Split(double.NaN, new Random(1)));
    }

    [Fact]
    public void Points_and_labels_that_do_not_fit_are_refused()
    {
        Assert.Contains(
            "1 points but 2 labels",
            Assert
                .Throws<ArgumentException>(() =>
                    new Dataset(
                        [
                            [1.0],
                        ],
                        [1, 2]
                    )
                )
                .Message
        );
        Assert.Contains(
            "point 1 has 2 inputs, point 0 has 1",
            Assert
                .Throws<ArgumentException>(() =>
                    new Dataset(
                        [
                            [1.0],
                            [1.0, 2.0],
                        ],
                        [1, 2]
                    )
                )
                .Message
        );
    }

    [Fact]
    public void The_digits_that_come_with_the_samples_load()
    {
        var digits = Datasets.Digits(Path.Combine(Root(), "samples", "data", "digits.csv.gz"));
        Assert.Equal(1797, digits.Count);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], digits.Labels.Take(10));
        Assert.Equal([0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0], digits.Points[0].Take(8));
        Assert.All(digits.Points, image => Assert.Equal(64, image.Length));
        Assert.Equal(1.0, digits.Scale(1.0 / 16.0).Points.Max(image => image.Max()));
    }

    [Theory]
    [InlineData(1, "5", "line 2, column 1: 65 numbers are needed, there are 1")]
    [InlineData(64, "3,1", "line 2, column 65: 65 numbers are needed, there are 66")]
    [InlineData(10, "17", "line 2, column 10: a pixel is a whole number from 0 to 16, not '17'")]
    [InlineData(3, "-1", "line 2, column 3: a pixel is a whole number from 0 to 16, not '-1'")]
    [InlineData(64, "x", "line 2, column 64: a pixel is a whole number from 0 to 16, not 'x'")]
    [InlineData(65, "10", "line 2, column 65: a digit is a whole number from 0 to 9, not '10'")]
    [InlineData(65, "", "line 2, column 65: a digit is a whole number from 0 to 9, not ''")]
    public void A_malformed_line_is_named_by_file_line_and_column(int column, string field, string problem)
    {
        var good = string.Join(',', Enumerable.Repeat("1", 65));
        var fields = good.Split(',');
        fields[column - 1] = field;
        var bad = field == "5" ? field : string.Join(',', fields);
        WriteGzip($"{good}\n{bad}\n{good}\n");
        Assert.Equal($"{file}: {problem}", Assert.Throws<InvalidDataException>(() => Datasets.Digits(file)).Message);
    }

    [Fact]
    public void An_empty_a_truncated_and_a_missing_file_are_named()
    {
        WriteGzip("");
        Assert.Contains(
            $"{file}: line 1, column 1: the file is empty",
            Assert.Throws<InvalidDataException>(() => Datasets.Digits(file)).Message
        );

        WriteGzip(
            string.Join('\n', Enumerable.Range(0, 500).Select(i => string.Join(',', Enumerable.Range(0, 65).Select(j => i * j % 7))))
        );
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^40]);
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => Datasets.Digits(file)).Message);

        File.Delete(file);
        Assert.Contains(file, Assert.Throws<FileNotFoundException>(() => Datasets.Digits(file)).Message);
    }

    [Fact]
    public void A_plain_file_loads_as_well_and_in_any_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            File.WriteAllText(file, string.Join(',', Enumerable.Repeat("16", 64).Append("9")));
            var data = Datasets.Digits(file);
            Assert.Equal([9], data.Labels);
            Assert.All(data.Points[0], pixel => Assert.Equal(16.0, pixel));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    public void Dispose() => File.Delete(file);

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Zautograd.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Zautograd.sln above the tests");
        }

        return folder;
    }

    void WriteGzip(string text)
    {
        using var gzip = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
    }
}
