namespace Zautograd;

internal static class Placeholder;
