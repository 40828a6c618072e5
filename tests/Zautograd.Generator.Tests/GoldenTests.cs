namespace Zautograd.Generator.Tests;

/// <summary>What is written for 40 methods, word for word. To accept changes: GOLDEN=write, and read the difference.</summary>
public sealed class GoldenTests
{
    const int Count = 40;

    static string Folder([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "Golden");

    [Fact]
    public void WhatIsWrittenStaysAsItIs()
    {
        var sources = Directory.GetFiles(ConformanceTests.Folder, "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText).ToArray();
        var files = Generated.From(sources).Files.OrderBy(file => file.Key, StringComparer.Ordinal).ToArray();
        var step = files.Length / Count;
        var chosen = files.Where((_, i) => i % step == 0).Take(Count).ToArray();
        Assert.Equal(Count, chosen.Length);
        var isWriting = Environment.GetEnvironmentVariable("GOLDEN") == "write";
        if (isWriting)
        {
            Directory.CreateDirectory(Folder());
            foreach (var old in Directory.GetFiles(Folder()))
                File.Delete(old);
        }
        foreach (var (name, text) in chosen)
        {
            var path = Path.Combine(Folder(), name.Replace("Zautograd.Generator.Tests.Methods.", "") + ".txt");
            if (isWriting)
                File.WriteAllText(path, text);
            Assert.True(File.Exists(path), $"{path} is missing: run with GOLDEN=write");
            Assert.Equal(File.ReadAllText(path), text);
        }
    }
}
