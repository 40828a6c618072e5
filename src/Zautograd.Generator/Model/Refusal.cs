// A row of the table of diagnostics: what is said of a piece of code that cannot be differentiated, why, and what to write instead.
using Microsoft.CodeAnalysis;

namespace Zautograd.Generator.Model;

internal sealed record Refusal(int Number, string Title, string Message, string Reason, string WayOut, bool IsWarning = false)
{
    public string Id { get; } = $"ZAG{Number:0000}";

    /// <summary>Where the documentation speaks of it.</summary>
    public string HelpLink => $"docs/generator.md#{Id.ToLowerInvariant()}";

    public DiagnosticDescriptor Descriptor { get; } =
        new(
            $"ZAG{Number:0000}",
            Title,
            $"{Message}: {Reason}. {WayOut}.",
            "Zautograd",
            IsWarning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error,
            isEnabledByDefault: true,
            description: $"{Reason}. {WayOut}.",
            helpLinkUri: $"docs/generator.md#zag{Number:0000}"
        );

    public bool Equals(Refusal? other) => other is not null && other.Number == Number;

    public override int GetHashCode() => Number;
}
