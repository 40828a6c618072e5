namespace Zautograd;

/// <summary>The sweeps for a coloured pattern: each gives the sum of the columns (or rows) of one colour, in which every entry stands alone.</summary>
internal static class Compressed
{
    internal static double[] Jacobian<TField>(TField f, double[] x, SparseJacobian.Plan plan)
        where TField : IVectorField
    {
        var values = new double[plan.Pattern.Count];
        if (!plan.IsForward)
        {
            Rows(f, x, plan, values);
            return values;
        }
        var work = new Columns<TField>(f, x, plan, values);
        Registers.Run(ref work, plan.Colouring.Count);
        return values;
    }

    internal static double[] Hessian<TField>(TField f, double[] x, SparseHessian.Plan plan)
        where TField : IScalarField
    {
        int colours = plan.Colouring.Count;
        var products = new double[x.Length * colours]; // row by row
        var work = new Products<TField>(f, x, plan, products);
        Registers.Run(ref work, colours);

        var pattern = plan.Pattern;
        var colourOf = plan.Colouring.Colours;
        var values = new double[pattern.Count];
        var owners = new int[colours];
        for (int row = 0, place = 0; row < x.Length; row++)
        {
            foreach (int column in pattern.Row(row))
                owners[colourOf[column]] = 0;
            foreach (int column in pattern.Row(row))
                owners[colourOf[column]]++;
            foreach (int column in pattern.Row(row)) // where two of a colour meet in this row, the other one's row shows the entry alone
                values[place++] =
                    owners[colourOf[column]] == 1 ? products[row * colours + colourOf[column]] : products[column * colours + colourOf[row]];
        }
        return values;
    }

    internal static double[] Jacobian(Func<Value[], Value[]> f, double[] x, SparseJacobian.Plan plan)
    {
        var variables = Array.ConvertAll(x, number => new Value(number));
        var results = f([.. variables]); // what it writes there is its own affair
        var values = new double[plan.Pattern.Count];
        for (int colour = 0; colour < plan.Colouring.Count; colour++)
        {
            Value.Sum([.. results.Where((_, row) => plan.Colouring.Colours[row] == colour)]).Backward();
            Scatter(plan, colour, Array.ConvertAll(variables, variable => variable.Grad), values);
            foreach (var variable in variables)
                variable.Grad = 0;
        }
        return values;
    }

    static void Rows<TField>(TField f, double[] x, SparseJacobian.Plan plan, double[] values)
        where TField : IVectorField
    {
        using var roll = new Roll<double>(x.Length);
        double[] adjoints = new double[plan.Pattern.Rows],
            sum = new double[x.Length];
        var results = ReverseMode.Run(roll, f, x, adjoints);
        for (int colour = 0; colour < plan.Colouring.Count; colour++)
        {
            for (int row = 0; row < adjoints.Length; row++)
                adjoints[row] = plan.Colouring.Colours[row] == colour ? 1 : 0;
            roll.Sweep(results, adjoints, sum);
            Scatter(plan, colour, sum, values);
        }
    }

    /// <summary>A sum of the rows of one colour: each column belongs to one of them at most.</summary>
    static void Scatter(SparseJacobian.Plan plan, int colour, double[] sum, double[] values)
    {
        var pattern = plan.Pattern;
        for (int row = 0; row < pattern.Rows; row++)
            if (plan.Colouring.Colours[row] == colour)
                for (int place = pattern.RowStarts[row]; place < pattern.RowStarts[row + 1]; place++)
                    values[place] = sum[pattern.ColumnIndices[place]];
    }

    readonly struct Columns<TField>(TField f, double[] x, SparseJacobian.Plan plan, double[] values) : ILaneWork
        where TField : IVectorField
    {
        public void Run<TRegister>()
            where TRegister : struct, IRegister<TRegister>
        {
            using var inside = Confusion.Enter<TField, Active<double, Lanes<TRegister>>>(f);
            var pattern = plan.Pattern;
            var colourOf = plan.Colouring.Colours;
            var results = new Active<double, Lanes<TRegister>>[pattern.Rows];
            Span<double> lanes = stackalloc double[TRegister.Count];
            for (int first = 0; first < plan.Colouring.Count; first += TRegister.Count)
            {
                f.Call<Active<double, Lanes<TRegister>>>(Seeded<TRegister>(x, plan.Colouring, first), results);
                for (int row = 0, place = 0; row < pattern.Rows; row++)
                {
                    results[row].Tangent.CopyTo(lanes);
                    foreach (int column in pattern.Row(row))
                    {
                        int lane = colourOf[column] - first;
                        if ((uint)lane < (uint)lanes.Length)
                            values[place] = lanes[lane];
                        place++;
                    }
                }
            }
        }
    }

    readonly struct Products<TField>(TField f, double[] x, SparseHessian.Plan plan, double[] products) : ILaneWork
        where TField : IScalarField
    {
        public void Run<TRegister>()
            where TRegister : struct, IRegister<TRegister>
        {
            using var inside = Confusion.Enter<TField, Active<double, Lanes<TRegister>>>(f);
            int colours = plan.Colouring.Count;
            var slopes = new Active<double, Lanes<TRegister>>[x.Length];
            Span<double> lanes = stackalloc double[TRegister.Count];
            for (int first = 0; first < colours; first += TRegister.Count)
            {
                ReverseMode.Gradient<TField, Active<double, Lanes<TRegister>>>(f, Seeded<TRegister>(x, plan.Colouring, first), slopes);
                int width = Math.Min(TRegister.Count, colours - first);
                for (int row = 0; row < x.Length; row++)
                {
                    slopes[row].Tangent.CopyTo(lanes);
                    lanes[..width].CopyTo(products.AsSpan(row * colours + first));
                }
            }
        }
    }

    /// <summary>The variables, each moving in the lane of its colour.</summary>
    static Active<double, Lanes<TRegister>>[] Seeded<TRegister>(double[] x, Colouring colouring, int first)
        where TRegister : struct, IRegister<TRegister>
    {
        var units = new Lanes<TRegister>[TRegister.Count];
        for (int lane = 0; lane < units.Length; lane++)
            units[lane] = Lanes<TRegister>.Unit(lane);
        var numbers = new Active<double, Lanes<TRegister>>[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int lane = colouring.Colours[i] - first;
            numbers[i] = new(x[i], (uint)lane < (uint)units.Length ? units[lane] : default);
        }
        return numbers;
    }
}
