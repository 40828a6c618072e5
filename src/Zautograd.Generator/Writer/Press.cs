// Writes methods on all cores: the pipeline asks for one file after another, and the first that is new has all new ones written.
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Writer;

internal sealed class Press
{
    // by reference: the pipeline hands on the model that it knows as long as an equal one is read
    readonly ConditionalWeakTable<MethodModel, Writing> written = new();

    public Writing Write(MethodModel method, ImmutableArray<MethodModel> all, CancellationToken cancel)
    {
        Writing Written(MethodModel model) => written.GetValue(model, fresh => FileWriter.Write(fresh, cancel));
        if (!written.TryGetValue(method, out _))
            Parallel.ForEach(all, new ParallelOptions { CancellationToken = cancel }, model => Written(model));
        return Written(method);
    }

    /// <summary>A method is written again only where it changed itself, whatever the others do.</summary>
    public sealed class ByMethod : IEqualityComparer<(MethodModel Left, ImmutableArray<MethodModel> Right)>
    {
        public bool Equals(
            (MethodModel Left, ImmutableArray<MethodModel> Right) one,
            (MethodModel Left, ImmutableArray<MethodModel> Right) other
        ) => one.Left.Equals(other.Left);

        public int GetHashCode((MethodModel Left, ImmutableArray<MethodModel> Right) pair) => pair.Left.GetHashCode();
    }
}
