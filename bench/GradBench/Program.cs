// The suite talks to it on standard input; "measure [part of a name] [recorded/ht.jsonl]" prints times beside those of its C++ tools.
using Zautograd.GradBench;

if (args is ["measure", ..])
    Measure.Print(args.ElementAtOrDefault(1) ?? "", args.ElementAtOrDefault(2));
else
    new Tool().Run(Console.In, Console.Out);
