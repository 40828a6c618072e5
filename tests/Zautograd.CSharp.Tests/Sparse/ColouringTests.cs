namespace Zautograd.Tests;

/// <summary>Colourings against what they must satisfy, and against numbers from the literature.</summary>
public sealed class ColouringTests
{
    static readonly ColouringOrder[] Orders = Enum.GetValues<ColouringOrder>();

    static SparsePattern Symmetric(int n, IEnumerable<(int, int)> edges) =>
        SparsePattern.Of(
            n,
            n,
            [.. edges, .. edges.Select(edge => (edge.Item2, edge.Item1)), .. Enumerable.Range(0, n).Select(i => (i, i))]
        );

    static SparsePattern Band(int n, int half) =>
        SparsePattern.Of(
            n,
            n,
            from i in Enumerable.Range(0, n)
            from j in Enumerable.Range(i - half, 2 * half + 1)
            where j >= 0 && j < n
            select (i, j)
        );

    static SparsePattern Arrow(int n, int hub) => Symmetric(n, Enumerable.Range(0, n).Where(i => i != hub).Select(i => (hub, i)));

    static SparsePattern Grid(int side) =>
        Symmetric(
            side * side,
            from i in Enumerable.Range(0, side)
            from j in Enumerable.Range(0, side)
            from neighbour in new[] { (i + 1, j), (i, j + 1) }
            where neighbour.Item1 < side && neighbour.Item2 < side
            select (i * side + j, neighbour.Item1 * side + neighbour.Item2)
        );

    static SparsePattern Random(int rows, int columns, int entries, Random random) =>
        SparsePattern.Of(rows, columns, Enumerable.Range(0, entries).Select(_ => (random.Next(rows), random.Next(columns))));

    static SparsePattern RandomSymmetric(int n, int edges, Random random) =>
        Symmetric(n, [.. Enumerable.Range(0, edges).Select(_ => (random.Next(n), random.Next(n)))]);

    // By the definitions, the obvious way.
    static bool SeparatesColumns(SparsePattern pattern, Colouring colouring) =>
        Enumerable
            .Range(0, pattern.Rows)
            .All(row =>
                pattern.Row(row).ToArray().Select(column => colouring.Colours[column]).Distinct().Count() == pattern.Row(row).Length
            );

    static bool HasStars(SparsePattern pattern, Colouring colouring)
    {
        int[] Neighbours(int v) => [.. pattern.Row(v).ToArray().Where(w => w != v)];
        for (int a = 0; a < pattern.Rows; a++)
            foreach (int b in Neighbours(a))
            {
                if (colouring.Colours[a] == colouring.Colours[b])
                    return false;
                foreach (int c in Neighbours(b).Where(c => c != a && colouring.Colours[c] == colouring.Colours[a]))
                    if (Neighbours(c).Any(d => d != b && colouring.Colours[d] == colouring.Colours[b]))
                        return false;
            }
        return true;
    }

    [Fact]
    public void Random_matrices_are_coloured_as_the_definitions_ask()
    {
        var random = new Random(1);
        for (int round = 0; round < 60; round++)
        {
            int n = 1 + random.Next(40);
            var matrix = Random(1 + random.Next(40), n, random.Next(150), random);
            var symmetric = RandomSymmetric(n, random.Next(100), random);
            foreach (var order in Orders)
            {
                Assert.True(SeparatesColumns(matrix, Colouring.OfColumns(matrix, order)));
                Assert.True(SeparatesColumns(matrix.Transpose(), Colouring.OfRows(matrix, order)));
                var stars = Colouring.OfStars(symmetric, order);
                Assert.True(
                    HasStars(symmetric, stars),
                    $"round {round}, {order}:\n{symmetric}\n{string.Join(" ", stars.Colours.ToArray())}"
                );
                Assert.All(stars.Colours.ToArray(), colour => Assert.InRange(colour, 0, stars.Count - 1));
            }
        }
    }

    // Coleman and Moré, 1983/84: a band needs as many groups as its width; an arrow's Hessian two, where a Jacobian's columns need all.
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    [InlineData(5, 11)]
    public void A_band_needs_as_many_colours_as_it_is_wide(int half, int width)
    {
        var band = Band(10_000, half);
        Assert.Equal(width, Colouring.OfColumns(band).Count);
        Assert.Equal(width, Colouring.OfRows(band).Count);
        Assert.Equal(width, Colouring.OfStars(band).Count);
    }

    [Theory]
    [InlineData(10_000, 0)]
    [InlineData(2_000, 1_999)]
    [InlineData(2_000, 1_000)]
    public void An_arrow_needs_two_colours_as_a_Hessian(int n, int hub)
    {
        var arrow = Arrow(n, hub);
        foreach (var order in Orders)
            Assert.Equal(2, Colouring.OfStars(arrow, order).Count);
    }

    [Fact]
    public void An_arrows_columns_need_a_colour_each() => Assert.Equal(300, Colouring.OfColumns(Arrow(300, 0)).Count);

    // The five-point stencil: 5 is the least for the columns (Goldfarb and Toint, 1984), and for stars (Fertin, Raspaud and Reed, 2004).
    [Fact]
    public void The_five_point_stencil_stays_near_the_known_least()
    {
        var grid = Grid(40);
        int columns = Orders.Min(order => Colouring.OfColumns(grid, order).Count),
            stars = Orders.Min(order => Colouring.OfStars(grid, order).Count);
        Assert.InRange(columns, 5, 7);
        Assert.InRange(stars, 5, 7);
        Assert.True(HasStars(grid, Colouring.OfStars(grid)));
    }

    [Fact]
    public void Paths_and_cycles_need_three_colours_for_stars_and_a_complete_graph_all()
    {
        var path = Symmetric(50, Enumerable.Range(0, 49).Select(i => (i, i + 1)));
        var complete = Symmetric(7, from i in Enumerable.Range(0, 7) from j in Enumerable.Range(0, i) select (i, j));
        Assert.Equal(3, Colouring.OfStars(path).Count);
        Assert.Equal(7, Colouring.OfStars(complete).Count);
        Assert.Equal(1, Colouring.OfStars(Symmetric(9, [])).Count);
        Assert.Equal(0, Colouring.OfColumns(SparsePattern.Of(3, 0, [])).Count);
    }

    [Fact]
    public void A_star_colouring_is_of_a_symmetric_pattern() =>
        Assert.Throws<ArgumentException>(() => Colouring.OfStars(SparsePattern.Of(2, 2, [(0, 1)])));

    [Fact]
    public void A_pattern_and_its_matrix_hold_what_they_were_given()
    {
        var random = new Random(2);
        var pattern = Random(7, 9, 20, random);
        var matrix = new SparseRows(pattern, [.. Enumerable.Range(1, pattern.Count).Select(i => (double)i)]);
        var full = matrix.ToArray();
        var other = matrix.ToMathNet();
        for (int i = 0; i < 7; i++)
        for (int j = 0; j < 9; j++)
        {
            Assert.Equal(full[i, j], matrix[i, j]);
            Assert.Equal(full[i, j], other[i, j]);
            Assert.Equal(full[i, j] != 0, pattern.Contains(i, j));
            Assert.Equal(pattern.Contains(i, j), pattern.Transpose().Contains(j, i));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => SparsePattern.Of(2, 2, [(2, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[7, 0]);
        Assert.Throws<ArgumentException>(() => new SparseRows(pattern, [1]));
    }
}
