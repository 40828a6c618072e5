using Zautograd.GradBench;

new Tool().Run(Console.In, Console.Out);
