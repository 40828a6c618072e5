// A diagnostic as a value: a refusal or a warning of the table, where, and what it is about.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Zautograd.Generator.Model;

internal sealed record Place(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static Place? Of(Location location) =>
        location.SourceTree is { } tree ? new(tree.FilePath, location.SourceSpan, location.GetLineSpan().Span) : null;
}

internal sealed record Finding(Refusal Refusal, Place? Place, Many<string> Arguments)
{
    public static Finding At(Location location, Refusal refusal, params string[] arguments) =>
        new(refusal, Place.Of(location), arguments.ToMany());

    /// <summary>As the compiler wants it; in the file of a compilation, so that a #pragma there counts.</summary>
    public Diagnostic ToDiagnostic(Compilation? compilation = null)
    {
        var tree = Place is null ? null : compilation?.SyntaxTrees.FirstOrDefault(tree => tree.FilePath == Place.Path);
        var location =
            Place is null ? Location.None
            : tree is not null && tree.Length >= Place.Span.End ? Location.Create(tree, Place.Span)
            : Location.Create(Place.Path, Place.Span, Place.Lines);
        // two diagnostics are equal, and told once, where their arguments are the same objects
        return Diagnostic.Create(Refusal.Descriptor, location, [.. Arguments.Select(string.Intern)]);
    }
}

/// <summary>Thrown by the reader where it meets what it does not support.</summary>
internal sealed class RefusedException(IReadOnlyList<Finding> findings) : Exception
{
    public RefusedException(Finding finding)
        : this([finding]) { }

    /// <summary>None where only the consequence of another refusal was met.</summary>
    public IReadOnlyList<Finding> Findings => findings;
}
