using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zautograd.Generator.Tests;

public sealed class Probe
{
    [Fact]
    public void Each()
    {
        if (Environment.GetEnvironmentVariable("PROBE") is not { } path)
            return;
        var text = File.ReadAllText(path);
        var root = CSharpSyntaxTree.ParseText(text, cancellationToken: TestContext.Current.CancellationToken).GetRoot(TestContext.Current.CancellationToken);
        foreach (var method in root.DescendantNodes().OfType<MethodDeclarationSyntax>().Where(m => m.AttributeLists.ToString().Contains("Differentiable")).ToArray())
        {
            var others = root.DescendantNodes().OfType<MethodDeclarationSyntax>().Where(m => m != method && m.AttributeLists.ToString().Contains("Differentiable"));
            var one = root.ReplaceNodes(others, (m, _) => m.WithAttributeLists(default));
            var clock = Stopwatch.StartNew();
            var only = Environment.GetEnvironmentVariable("ONLY");
            if (only is not null && method.Identifier.Text != only) continue;
            File.AppendAllText("/tmp/probe.txt", method.Identifier.Text + " ");
            var g = Generated.From(one.ToFullString());
            File.AppendAllText("/tmp/probe.txt", clock.ElapsedMilliseconds + " ms " + string.Join("; ", g.Diagnostics.Take(2)) + "\n");
            if (only is not null) File.AppendAllText("/tmp/probe.txt", string.Join("\n", g.Files.Values));
        }
    }
}
