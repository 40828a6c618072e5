using System.Globalization;
using System.Runtime.InteropServices;
using Zautograd.Benchmarks.Peers;

// One table, in Markdown, on standard output; a word as argument picks the rows whose name has it.
var rows = Moons
    .Rows()
    .Concat(Networks.Rows())
    .Concat(Rosenbrock.Rows())
    .Append(Chain.Row())
    .Append(Greeks.Row())
    .Where(row => args.Length == 0 || row.Name.Contains(args[0], StringComparison.OrdinalIgnoreCase));
Console.WriteLine(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.Now:yyyy-MM-dd}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores, one thread\n"
    )
);
Console.WriteLine("| what | ours | time | peer | time | peer / ours: median (spread) |");
Console.WriteLine("|---|---|---:|---|---:|---:|");
foreach (var row in rows)
{
    Console.WriteLine(row.Measure());
}
