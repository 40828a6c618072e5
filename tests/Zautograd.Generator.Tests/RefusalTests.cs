using Microsoft.CodeAnalysis;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Tests;

/// <summary>What cannot be differentiated is refused by its number, at the very place.</summary>
public sealed class RefusalTests(ITestOutputHelper output)
{
    const string Before = """
        using System.Collections.Generic; using System.Threading.Tasks; using System.IO;
        public class Thing { public double Value; public virtual double Get() => Value; public double Plain() => Value; }
        public sealed class Child : Thing { public override double Get() => 1; }
        public interface IShape { double Area(); }
        public readonly struct Fixed(double x, int n) { public readonly double X = x; public readonly int N = n; }
        public struct Tally { public double Sum; public void Add(double x) => Sum += x; }
        public struct Odd { public string Name; public double X; }
        public readonly struct Hidden { readonly double x; public Hidden(double x) => this.x = x; public double X => x; }
        public static partial class C { static double state; static readonly Thing thing = new(); static readonly double[] table = [1, 2]; static double Outer(double x) => x; static double Two(ref double a, ref double b) { a = b; b = 2 * a; return a; }
        static double[] Make(double x) { if (x > 1) return new double[2]; return new double[3]; } static double[] Endless(double x) => Endless(x + 1); static T Same<T>(T x) => x; static double Call(Func<double, double> f, double x) => f(x);
        """;

    const string Twice =
        " static T Twice<T>(T x) where T : System.Numerics.INumber<T> => x + x; static double Pair(double x, double y) => x * y; static T Both<T, TOther>(T x, TOther y) where T : System.Numerics.INumber<T> where TOther : System.Numerics.INumber<TOther> => x;";

    static readonly (int Id, string Method)[] cases =
    [
        (2, "[Differentiable] public double [|F|](double x) => x; }\npublic partial class D : Thing { "),
        (3, "[Differentiable] public static extern double [|F|](double x);"),
        (4, "[Differentiable] public static double [|F|]([Constant] double x) => x;"),
        (4, "[Differentiable] public static double [|F|](int n) => n;"),
        (5, "[Differentiable] public static int [|F|](double x) => x > 1 ? 1 : 0;"),
        (5, "[Differentiable] public static void [|F|](double x) { }"),
        (8, "[Differentiable] public static double F(double x) => x; public static double [|FGradient|](double x) => x;"),
        (9, "[[|Differentiable(Order = 3)|]] public static double F(double x) => x;"),
        (20, "[Differentiable] public static double F(bool[] [|x|], double y) => y;"),
        (21, "[Differentiable] public static double F(double x, Half [|h|]) => x;"),
        (22, "[Differentiable] public static double F(double x, long[] [|n|]) => x * n[0];"),
        (22, "[Differentiable] public static double F(double x) { nint [|n = 3|]; return x * n; }"),
        (22, "[Differentiable] public static double F(double x, out ulong [|n|]) { n = 1; return x; }"),
        (81, "[Differentiable] public static double F(double x, ulong n) => x * [|(float)n|];"),
        (81, "[Differentiable] public static double F(double x) => x * [|(byte)x|];"),
        (81, "[Differentiable] public static double F(double x) => x * [|(ulong)x|];"),
        (80, "[Differentiable] public static double F(double x, long n) => x * checked([|n * 2|]);"),
        (80, "[Differentiable] public static double F(double x, long n) => x * checked([|(int)n|]);"),
        (86, "[Differentiable] public static double F(double x, ulong n) => x * ([|n / 3|]);"),
        (86, "[Differentiable] public static double F(double x, ulong n) { [|n %= 3|]; return x * n; }"),
        (43, "[Differentiable] public static float F(float x) => [|MathF.ReciprocalEstimate(x)|];"),
        (
            30,
            "[Differentiable] public static double F(double x) { var t = new double[2][]; t[0] = new double[3]; [|t[1] = t[0]|]; return x; }"
        ),
        (
            30,
            "[Differentiable] public static double F(double x, int n) { var t = new double[n][]; for (int i = 1; i < n; i++) [|t[i] = new double[2]|]; return x; }"
        ),
        (
            30,
            "[Differentiable] public static double F(double x, int n) { int m = n; var t = new double[n][]; for (int i = 0; i < n; i++) { [|t[i] = new double[m]|]; m++; } return x; }"
        ),
        (
            30,
            "[Differentiable] public static double F(double x) { var t = new double[2][]; for (int i = 0; i < 2; i++) { t[i] = new double[2]; } [|t[1] = new double[3]|]; return x; }"
        ),
        (30, "[Differentiable] public static double F(double x) { double[] r = [x, x]; double[][] t = [[|r|], r]; return t[0][0]; }"),
        (22, "[Differentiable] public static byte [|F|](double x) => 1;"),
        (22, "[Differentiable] public static double F(double x, ref byte [|b|]) => x * b;"),
        (22, "[Differentiable] public static double F(double x, byte[] [|b|]) => x * b[0];"),
        (22, "[Differentiable] public static double F(double x, ReadOnlySpan<short> [|b|]) => x * b[0];"),
        (23, "[Differentiable] public static double F(double x, decimal [|d|]) => x;"),
        (24, "[Differentiable] public static double F(double x, string [|s|]) => x;"),
        (24, "[Differentiable] public static double F(double x) { var [|s = $\"{x}\"|]; return x; }"),
        (25, "[Differentiable] public static double F(double x, Thing [|t|]) => x;"),
        (26, "[Differentiable] public static double F(double x, IShape [|s|]) => x;"),
        (27, "[Differentiable] public static double F(double x, dynamic [|d|]) => x;"),
        (28, "[Differentiable] public static double F(double? [|x|]) => x ?? 0;"),
        (29, "[Differentiable] public static unsafe double F(double* [|x|]) => *x;"),
        (30, "[Differentiable] public static double F(double x) { var t = [|new double[3][]|]; return x; }"),
        (31, "[Differentiable] public static double F(Odd [|o|]) => o.X;"),
        (32, "[Differentiable] public static double F(List<double> [|x|]) => x[0];"),
        (32, "[Differentiable] public static double F(double x) { var [|list = new List<double>()|]; return x; }"),
        (33, "[Differentiable] public static double F(Hidden [|h|]) => h.X;"),
        (34, "[Differentiable] public static double F(Fixed [|h|]) => h.X * h.N;"),
        (
            60,
            "[Differentiable] public static double F(double x, bool b) { Tally p = default, q = default; ([|b ? ref p : ref q|]).Add(x); return p.Sum; }"
        ),
        (40, "[Differentiable] public static double F(double x) => x * [|thing.Get()|];"),
        (41, "[Differentiable] public static double F(double x) => BitConverter.Int64BitsToDouble([|BitConverter.DoubleToInt64Bits(x)|]);"),
        (42, "[Differentiable] public static double F(double[] x) => [|x.Sum()|];"),
        (43, "[Differentiable] public static double F(double x) => [|Math.ReciprocalEstimate(x)|];"),
        (43, "[Differentiable] public static double F(double x) => [|Math.ReciprocalSqrtEstimate(x)|];"),
        (43, "[Differentiable] public static double F(double x) => [|double.MultiplyAddEstimate(x, x, x)|];"),
        (43, "[Differentiable] public static double F(double x) => [|double.ClampNative(x, 0, 2)|];"),
        (44, "[Differentiable] public static double F(double x, Func<double, double> [|f|]) => f(x);"),
        (44, "[Differentiable] public static double F(double x) { Func<double, double> [|f = Outer|]; f = v => v; return f(x); }"),
        (45, "[Differentiable] public static double F(double x) => Endless(x)[0]; // [||]"),
        (46, "[Differentiable] public static double F(double x) => Make(x)[0]; // [||]"),
        (48, "[Differentiable] public static double F(double x) => x * [|Random.Shared.NextDouble()|];"),
        (49, "[Differentiable] public static double F(double x) { [|Console.WriteLine(x)|]; return x; }"),
        (50, "[Differentiable] public static double F(double x) { double y = x; return [|Two(ref y, ref y)|]; }"),
        (
            50,
            "[Differentiable] public static double F(double x) { double y = x; double g(ref double a) { for (int i = 0; i < 2; i++) a *= 2; return y; } return [|g(ref y)|]; }"
        ),
        (83, "[Differentiable] public static double [|F|](double x) { table[0] = 2; return x * table[1]; }"),
        (51, "[Differentiable] public static double F(double x) => [|Same(x)|];"),
        (51, "[Differentiable] public static T [|F|]<T>(T x) where T : System.Numerics.IBinaryInteger<T> => x;"),
        (51, "[Differentiable] public static T [|F|]<T>(T x) where T : class, System.Numerics.INumber<T> => x;"),
        (51, "[Differentiable] public static T [|F|]<T, TOther>(T x, TOther y) where T : System.Numerics.INumber<T> => x;"),
        (51, "[Differentiable] public static T [|F|]<T>(T x) where T : System.Numerics.INumber<T>, IShape => x;"),
        (51, "[Differentiable] public static double F(double x, int n) => x * [|Twice(n)|];" + Twice),
        (51, "[Differentiable] public static double F(double x) => Pair([|Both(x, 2)|], x);" + Twice),
        (
            8,
            "[Differentiable] public static T [|F|]<T>(T x, double y) where T : System.Numerics.INumber<T> => x; [Differentiable] public static T F<T>(double x, T y) where T : System.Numerics.INumber<T> => y;"
        ),
        (
            43,
            "[Differentiable] public static T F<T>(T x) where T : System.Numerics.IFloatingPointIeee754<T> => [|T.ReciprocalEstimate(x)|];"
        ),
        (43, "[Differentiable] public static T F<T>(T x) where T : System.Numerics.INumber<T> => [|T.MultiplyAddEstimate(x, x, x)|];"),
        (
            43,
            "[Differentiable] public static T F<T>(T x) where T : System.Numerics.INumber<T> => x * T.CreateChecked([|int.CreateChecked(x)|]);"
        ),
        (84, "[Differentiable] public static T F<T>(T x) where T : System.Numerics.INumber<T> => x * T.CreateChecked([|T.Radix|]);"),
        (
            91,
            "[Differentiable] public static T F<T>(T x) where T : System.Numerics.INumber<T> => [|typeof(T)|] == typeof(double) ? x : T.One;"
        ),
        (25, "[Differentiable] public static T F<T>(T x) where T : System.Numerics.INumber<T> => [|(T)((object)x)|];"),
        (61, "[Differentiable] public static double F(double x) { if (x < 0) [|throw new ArgumentException();|] return x; }"),
        (61, "[Differentiable] public static double F(double x) => x > 0 ? x : [|throw new Exception()|];"),
        (62, "[Differentiable] public static double F(double x) { [|try { return x; } catch { return 0; }|] }"),
        (63, "[Differentiable] public static async Task<double> [|F|](double x) { await Task.Yield(); return x; }"),
        (65, "[Differentiable] public static unsafe double F(double x) { double y = [|*&x|]; return y; }"),
        (66, "[Differentiable] public static double F(double x) { [|again: x *= 2;|] if (x < 3) goto again; return x; }"),
        (66, "[Differentiable] public static double F(double x) { if (x > 1) [|goto end;|] x *= 2; end: return x; }"),
        (67, "[Differentiable] public static double F(double x) { [|lock (thing) { return x; }|] }"),
        (68, "[Differentiable] public static double F(double x) { [|using var s = new MemoryStream();|] return x; }"),
        (68, "[Differentiable] public static double F(double x) { [|using (new MemoryStream()) return x;|] }"),
        (69, "[Differentiable] public static double F(double x) { foreach (var i in [|Enumerable.Range(0, 3)|]) x *= 2; return x; }"),
        (
            70,
            "[Differentiable] public static double F(double x, int n) { for (int i = 0; i < n; i++) { switch (n) { case 1: if (x > 1) break; if (x > 2) [|continue;|] x *= 2; break; } } return x; }"
        ),
        (71, "[Differentiable] public static double F(double[] x, double[] y) { double[] t = x; [|t = y|]; return t[0]; }"),
        (72, "[Differentiable] public static double F(double x) { ref double [|y = ref x|]; return y; }"),
        (72, "[Differentiable] public static double F(Span<double> x) { foreach (ref [|var|] item in x) item *= 2; return x[0]; }"),
        (73, "[Differentiable] public static double F(double[] x) { foreach (var i in [|from a in x select a * 2|]) { } return x[0]; }"),
        (80, "[Differentiable] public static double F(double x, int n) { n = checked([|n + 1|]); return x * n; }"),
        (80, "[Differentiable] public static double F(double x) => x * checked([|(int)x|]);"),
        (83, "[Differentiable] public static double F(double x) => x * [|state|];"),
        (83, "[Differentiable] public static double F(double x) { [|state|] = x; return x; }"),
        (85, "[Differentiable] public static double F(double x) => x * [|new Thing()|].Value;"),
        (88, "[Differentiable] public static double F((double, double) x) => x is [|(1, 2) p|] ? 1 : x.Item1;"),
        (89, "[Differentiable] public static double F(double x, int n) => [|n switch { 0 => x, 1 => x * x }|];"),
        (90, "[Differentiable] public static double F(double[]? x) => [|x?.Length ?? 0|];"),
        (91, "[Differentiable] public static double F(double x) => x * ([|typeof(int)|] == null ? 1 : 2);"),
        (98, "[Differentiable] public static double F(double x) { double[] [|t|]; t = new double[2]; return x; }"),
        (46, "[Differentiable] public static double[] [|F|](double x) => [x];"),
        (11, "[Differentiable(Order = 2)] public static (double, double) [|F|](double x) => (x, x);"),
        (7, "public static double G(double x) { [Differentiable] static double [|H|](double v) => v; return H(x); }"),
        (60, "[Differentiable] public static double F(double[] x) => [|Array.IndexOf(x, 1.0)|] * x[0];"),
        (71, "[Differentiable] public static double F(double[] x, double[] y, bool b) { var t = [|b ? x : y|]; return t[0]; }"),
        (110, "[[|DerivativeOf(\"Nope\")|]] static double G(double x) => x;"),
        (110, "[[|DerivativeOf(nameof(Known))|]] static double G(int n) => n;" + Known),
        (110, "[[|DerivativeOf(nameof(G))|]] static double G(double x) => x;"),
        (110, "[[|DerivativeOf(typeof(Math), \"Nope\")|]] static double G(double x) => x;"),
        (111, "[[|DerivativeOf(nameof(Known))|]] static float G(double x) => 1;" + Known),
        (111, "[[|DerivativeOf(nameof(Known))|]] static double G([Constant] double x) => x;" + Known),
        (111, "[[|DerivativeOf(nameof(Known))|]] static void G(double x, ref double slope) => slope = x;" + Known),
        (111, "[[|DerivativeOf(nameof(Math.Atan2))|]] static double G(double y, double x) => x;" + Known),
        (111, "[[|DerivativeOf(typeof(Math), nameof(Math.Atan2))|]] static (double, int) G(double y, double x) => (x, 1);"),
        (111, "[[|DerivativeOf(nameof(Sum))|]] static double G(ReadOnlySpan<double> x) => 1;" + Known),
        (111, "[[|DerivativeOf(nameof(Sum))|]] static void G(ReadOnlySpan<double> x, double[] slopes) { }" + Known),
        (112, "internal static (double, double) P(double x) => (x, x); [[|DerivativeOf(nameof(P))|]] static double G(double x) => 1;"),
        (112, "internal static double P<T>(double x) => x; [[|DerivativeOf(nameof(P))|]] static double G(double x) => 1;"),
        (113, "internal static double P(double[] x) => x[0]; [[|DerivativeOf(nameof(P))|]] static double G(double[] x) => 1;"),
        (113, "internal static double P(Hidden x) => 0; [[|DerivativeOf(nameof(P))|]] static double G(Hidden x) => 1;"),
        (114, "[[|DerivativeOf(nameof(Outer))|]] static double G(double x) => 1;"),
        (
            114,
            "[Differentiable] public static double F(double x) => Known(x); [DerivativeOf(nameof(Known))] static double [|G|](double x) => x > 0 ? 1 : throw new Exception();"
                + Known
        ),
        (
            115,
            "[DerivativeOf(nameof(Known))] static double G(double x) => 1; [[|DerivativeOf(nameof(Known))|]] static double H(double x) => 1;"
                + Known
        ),
        (
            116,
            "[Differentiable(Order = 2)] public static double F(double x) => x * [|Known(x)|]; [DerivativeOf(nameof(Known))] internal static double G(double x) => x > 0 ? 1 : throw new Exception();"
                + Known
        ),
        (
            117,
            "[Differentiable] public static double F(double x) => [|Two(x, x)|]; [DerivativeOf(nameof(Two))] static double G(double x, [Constant] double t) => t;"
                + Known
        ),
        (
            118,
            "[Differentiable] public static double F(double x) => Known(x); [DerivativeOf(nameof(Known))] static void [|G|](double x, out double slope) => slope = table[0];"
                + Known
        ),
        (
            61,
            "[Differentiable] public static double F(double x) => Known(x); [DerivativeOf(nameof(Known))] static void G(double x, out double slope) => slope = x > 0 ? 1 : [|throw new Exception()|];"
                + Known
        ),
    ];

    const string Known =
        " internal static double Known(double x) => Math.Exp(x); internal static double Atan2(double y, double x) => y; internal static double Sum(ReadOnlySpan<double> x) => x[0]; internal static double Two(double x, double t) => x * t;";

    static readonly (int[] Ids, string Method)[] several =
    [
        (
            [23, 40, 49, 66, 43, 83, 66],
            "[Differentiable] public static double F(double x, decimal [|d|]) { double y = x * [|thing.Get()|]; [|Console.WriteLine(y + (double)d)|]; for (int i = 0; i < 3; i++) { [|goto end;|] } if ([|Math.ReciprocalEstimate(x)|] > 1) { [|state|] = x; } [|end: return y;|] }"
        ),
        (
            [48, 43, 83],
            "[Differentiable] public static double F(double x) => [|Random.Shared.NextDouble()|] * [|Math.ReciprocalEstimate(x)|] + [|state|];"
        ),
        (
            [43, 61],
            "[Differentiable] public static double F(double x) { return x > 1 ? [|Math.ReciprocalEstimate(x)|] : [|throw new Exception()|]; }"
        ),
        (
            [32, 81, 81],
            "[Differentiable] public static double F(double x, int n) { var [|list = new List<double>()|]; double y = list[0] + x, z = [|(byte)x|]; y += list.Count; return y * z + ([|(sbyte)x|]); }"
        ),
        (
            [62, 49, 61, 49],
            "[Differentiable] public static double F(double x) { [|try { [|Console.Write(x)|]; } catch { [|throw;|] } finally { [|Console.Write(x)|]; }|] return x; }"
        ),
        (
            [48, 43],
            "[Differentiable] public static double F(double x) => Deep(x) + [|Environment.TickCount|]; static double Deep(double x) { var y = [|Math.ReciprocalEstimate(x)|]; return y; }"
        ),
        (
            [69, 43],
            "[Differentiable] public static double F(double x) { foreach (var i in [|Enumerable.Range(0, 3)|]) { if (i > 1) continue; x = [|Math.ReciprocalEstimate(x)|] + x % i; break; } return x; }"
        ),
        ([67, 83], "[Differentiable] public static double F(double x) { [|lock (thing) { return [|state|]; }|] }"),
    ];

    public static TheoryData<int> Several => [.. Enumerable.Range(0, several.Length)];

    [Theory, MemberData(nameof(Several))]
    public void AllThatIsRefusedIsToldAtOnce(int index)
    {
        var (ids, marked) = several[index];
        var (plain, spans) = Marked(Before + "\n" + marked + "\n}");
        var generated = Generated.From(plain);
        foreach (var found in generated.Diagnostics)
            output.WriteLine($"{found.Id} at '{plain.Substring(found.Location.SourceSpan.Start, found.Location.SourceSpan.Length)}'");
        Assert.Equal(ids.Select(id => $"ZAG{id:0000}"), generated.Diagnostics.Select(found => found.Id));
        Assert.Equal(spans, generated.Diagnostics.Select(found => found.Location.SourceSpan));
        Assert.Empty(generated.Files);
    }

    /// <summary>The text without its marks, and the spans between them, in the order of their beginnings.</summary>
    static (string Text, IReadOnlyList<Microsoft.CodeAnalysis.Text.TextSpan> Spans) Marked(string marked)
    {
        var text = new System.Text.StringBuilder();
        var open = new Stack<int>();
        var spans = new List<Microsoft.CodeAnalysis.Text.TextSpan>();
        for (int i = 0; i < marked.Length; i++)
            switch (marked.AsSpan(i))
            {
                case ['[', '|', ..]:
                    open.Push(text.Length);
                    i++;
                    break;
                case ['|', ']', ..] when open.TryPop(out var start):
                    spans.Add(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(start, text.Length));
                    i++;
                    break;
                default:
                    text.Append(marked[i]);
                    break;
            }
        return (text.ToString(), [.. spans.OrderBy(span => span.Start)]);
    }

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, cases.Length)];

    [Theory, MemberData(nameof(Cases))]
    public void IsRefusedAtItsPlace(int index)
    {
        var (id, marked) = cases[index];
        var source = Before + "\n" + marked.Replace("[|", "").Replace("|]", "") + "\n}";
        var generated = Generated.From(source);
        var found = generated.Diagnostics.FirstOrDefault(found => found.Id.StartsWith("ZAG", StringComparison.Ordinal));
        Assert.True(found is not null, "nothing is refused: " + marked);
        var place = found!.Location.SourceSpan;
        var text = source.Substring(place.Start, place.Length);
        output.WriteLine($"{found.Id} at '{text}': {found.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
        Assert.True($"ZAG{id:0000}" == found.Id, $"{found.Id} for {id}: {found} in {marked}");
        if (!marked.Contains("[||]"))
            Assert.Equal(marked.Split("[|")[1].Split("|]")[0], text);
        Assert.Empty(generated.Files);
    }

    [Fact]
    public void AClassThatIsNotPartialIsRefused()
    {
        var generated = Generated.From("public static class C { [Differentiable] public static double F(double x) => x; }");
        Assert.Equal("ZAG0001", Assert.Single(generated.Diagnostics).Id);
        Assert.Equal(
            "ZAG0006",
            Assert
                .Single(
                    Generated
                        .From("public static partial class C<T> { [Differentiable] public static double F(double x) => x; }")
                        .Diagnostics
                )
                .Id
        );
        Assert.Equal(
            "ZAG0010",
            Assert
                .Single(
                    Generated.From("file static partial class C { [Differentiable] public static double F(double x) => x; }").Diagnostics
                )
                .Id
        );
        Assert.Equal(
            "ZAG0051",
            Assert
                .Single(Generated.From("public static partial class C { [Differentiable] public static T F<T>(T x) => x; }").Diagnostics)
                .Id
        );
    }

    [Fact]
    public void ASquareWrittenAsAPowerIsWarnedOf()
    {
        var generated = Generated.From(
            "public static partial class C { [Differentiable] public static double F(double x) => Math.Pow(x, 2); }"
        );
        var found = Assert.Single(generated.Diagnostics);
        Assert.Equal(("ZAG0100", DiagnosticSeverity.Warning), (found.Id, found.Severity));
        Assert.Single(generated.Files);
    }

    [Theory]
    [InlineData("double F(double x) => x * [|(int)x|];")]
    [InlineData("double F(double x) { double y = Math.Exp(x); return x * [|(int)Math.Floor(y)|]; }")]
    [InlineData("double F(double x) => x * G(2 * x); static int G(double y) => [|(int)y|];")]
    [InlineData("double F(double x, [Constant] double y, int n) => x * (int)y * (int)(n / 2.0);")]
    [InlineData("double F(double x, [Constant] double y) => x * G(y); static int G(double y) => (int)y;")]
    public void ACastThatCutsADerivativeOffIsWarnedOf(string marked)
    {
        var source = "public static partial class C { [Differentiable] public static " + marked.Replace("[|", "").Replace("|]", "") + " }";
        var generated = Generated.From(source);
        Assert.Single(generated.Files);
        generated.Load();
        if (!marked.Contains("[|"))
            Assert.Empty(generated.Diagnostics);
        else
        {
            var found = Assert.Single(generated.Diagnostics);
            Assert.Equal(("ZAG0101", DiagnosticSeverity.Warning), (found.Id, found.Severity));
            var place = found.Location.SourceSpan;
            Assert.Equal(marked.Split("[|")[1].Split("|]")[0], source.Substring(place.Start, place.Length));
        }
    }

    [Fact]
    public void TheTableIsWellFormed()
    {
        Assert.Equal(Refusals.All.Count, Refusals.All.Select(row => row.Number).Distinct().Count());
        foreach (var row in Refusals.All)
        {
            Assert.False(
                row.Title.EndsWith('.') || row.Message.EndsWith('.') || row.Reason.EndsWith('.') || row.WayOut.EndsWith('.'),
                row.Id
            );
            Assert.EndsWith("#" + row.Id.ToLowerInvariant(), row.Descriptor.HelpLinkUri);
            Assert.Equal(row.IsWarning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error, row.Descriptor.DefaultSeverity);
        }
    }
}
