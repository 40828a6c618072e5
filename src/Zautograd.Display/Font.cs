using ScottPlot;
using SkiaSharp;

namespace Zautograd.Display;

/// <summary>The font that the library carries: a container has none, and then text would come out blank.</summary>
sealed class Font : IFontResolver
{
    internal const string Name = "Zautograd Sans";
    static readonly Lazy<bool> registered = new(() =>
    {
        Fonts.FontResolvers.Insert(0, new Font());
        return true;
    });

    /// <summary>Makes the font known to the drawing library, once: its list of fonts belongs to the process.</summary>
    internal static void Register() => _ = registered.Value;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing)
    {
        if (fontName != Name)
        {
            return null;
        }

        using var file = typeof(Font).Assembly.GetManifestResourceStream("DejaVuSans-Latin.ttf")!;
        return SKTypeface.FromStream(file);
    }

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);
}
