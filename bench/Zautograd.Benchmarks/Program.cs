using Zautograd.Benchmarks;

// "quick" measures in seconds what the harness measures in minutes.
if (args is ["quick"])
    MoonsStep.Quick();
else if (args is ["quick", "chain"])
    TapeChain.Quick();
else if (args is ["quick", "heston"])
    MonteCarlo.Quick();
else if (args is ["quick", "compiled"])
    CompiledGradient.Quick();
else if (args is ["quick", "programs"])
    ProgramGradients.Quick();
else if (args is ["quick", "generator"])
    GeneratorTimes.Quick();
else if (args is ["quick", "sparse"])
    SparseRosenbrock.Quick();
else
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(MoonsStep).Assembly).Run(args);
