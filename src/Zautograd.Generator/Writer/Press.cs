// Writes methods on all cores: each is begun as soon as it is read, while the compiler binds the next, and the pipeline asks for its file later.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Writer;

internal sealed class Press
{
    // by reference: the pipeline hands on the model that it knows as long as an equal one is read
    readonly ConditionalWeakTable<MethodModel, Lazy<Writing>> writings = new();

    // by the name of the file; weak, so that of what the pipeline has forgotten no more than the name is left
    readonly ConcurrentDictionary<string, WeakReference<MethodModel>> latest = new();

    /// <summary>The methods that are new or have changed go to whoever is free.</summary>
    public Reading Begin(Reading reading)
    {
        foreach (var method in reading.Methods)
        {
            if (latest.TryGetValue(method.Hint, out var last) && last.TryGetTarget(out var known) && known.Equals(method))
                continue;
            latest[method.Hint] = new(method);
            var writing = Of(method);
            ThreadPool.QueueUserWorkItem(_ => _ = writing.Value);
        }
        return reading;
    }

    /// <summary>The file of a method, written here and now if nobody has begun it.</summary>
    public Writing Write(MethodModel method, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Of(method).Value;
    }

    Lazy<Writing> Of(MethodModel method) => writings.GetValue(method, static fresh => new(() => FileWriter.Write(fresh)));
}
