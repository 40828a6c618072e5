// Writes methods on all cores: each is begun as soon as it is read, while the compiler binds the next, and the pipeline asks for its file later.
using System.Collections.Concurrent;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Writer;

internal sealed class Press
{
    // by the name of the file: what is read again is written again only where it changed
    readonly ConcurrentDictionary<string, (MethodModel Method, Lazy<Writing> Writing)> begun = new();

    /// <summary>The methods go to whoever is free.</summary>
    public Reading Begin(Reading reading)
    {
        foreach (var method in reading.Methods)
        {
            var writing = Of(method);
            if (!writing.IsValueCreated)
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

    Lazy<Writing> Of(MethodModel method) =>
        begun
            .AddOrUpdate(
                method.Hint,
                _ => (method, new(() => FileWriter.Write(method))),
                (_, known) => known.Method.Equals(method) ? known : (method, new(() => FileWriter.Write(method)))
            )
            .Writing;
}
