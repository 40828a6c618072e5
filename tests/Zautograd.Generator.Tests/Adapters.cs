using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zautograd.Generator.Tests;

/// <summary>
/// Methods with spans, called with arrays: for each method of a compilation one that takes and gives objects. Of a generic method,
/// that is its instance for double; the one for duals is called NameOfDuals, the one for floats NameOfFloats, as its derivatives are.
/// </summary>
sealed class Adapters
{
    readonly Dictionary<string, Func<object?[], object?[]>> calls = [];
    readonly Dictionary<string, IMethodSymbol> methods = [];
    readonly Assembly assembly;

    public Adapters(Compilation compilation, Func<Compilation, Assembly> load)
    {
        var text = new StringBuilder("#nullable disable\nusing System;\npublic static class Adapters\n{\n");
        foreach (var (key, method) in Methods(compilation.Assembly.GlobalNamespace).SelectMany(method => Instances(method, compilation)))
        {
            var name = $"M{methods.Count}";
            methods[key] = method;
            text.Append(Text(method, name));
        }
        text.Append("}\n");
        var tree = CSharpSyntaxTree.ParseText(text.ToString(), new(LanguageVersion.Latest), "adapters.cs");
        assembly = load(compilation.AddSyntaxTrees(tree));
        var home = assembly.GetType("Adapters")!;
        foreach (var (key, i) in methods.Keys.Select((key, i) => (key, i)))
            calls[key] = home.GetMethod($"M{i}")!.CreateDelegate<Func<object?[], object?[]>>();
    }

    static readonly string[] suffixes = ["Gradient", "Adjoint", "Tangent", "HessianVector"];

    static string Key(IMethodSymbol method)
    {
        var home = method.ContainingType.ToDisplayString() + ".";
        if (method.ContainingType.GetMembers(method.Name).Length == 1 || !method.Parameters.Any(parameter => IsOfFloats(parameter.Type)))
            return home + method.Name;
        var suffix = suffixes.FirstOrDefault(method.Name.EndsWith, "");
        return home + method.Name[..^suffix.Length] + OfFloats + suffix;
    }

    public const string OfFloats = "OfFloats";

    static bool IsOfFloats(ITypeSymbol type) =>
        type switch
        {
            { SpecialType: SpecialType.System_Single } => true,
            IArrayTypeSymbol array => IsOfFloats(array.ElementType),
            INamedTypeSymbol { TypeArguments: var arguments } => arguments.Any(IsOfFloats),
            _ => false,
        };

    static IEnumerable<(string Key, IMethodSymbol Method)> Instances(IMethodSymbol method, Compilation compilation)
    {
        if (!method.IsGenericMethod)
            return [(Key(method), method)];
        var single = compilation.GetSpecialType(SpecialType.System_Single);
        var real = compilation.GetSpecialType(SpecialType.System_Double);
        var dual = compilation.GetTypeByMetadataName(typeof(Dual<>).FullName!)!.Construct(real);
        IMethodSymbol of(ITypeSymbol type) => method.Construct([.. method.TypeParameters.Select(_ => type)]);
        return [(Key(method), of(real)), (Key(method) + "OfDuals", of(dual)), (Key(method) + OfFloats, of(single))];
    }

    /// <summary>Static methods that a generator would see or make.</summary>
    static IEnumerable<IMethodSymbol> Methods(INamespaceSymbol home) =>
        home.GetNamespaceMembers()
            .SelectMany(Methods)
            .Concat(
                home.GetTypeMembers()
                    .Where(type => type.DeclaredAccessibility == Accessibility.Public && !type.IsFileLocal)
                    .SelectMany(type => type.GetMembers().OfType<IMethodSymbol>())
                    .Where(method =>
                        method is { IsStatic: true, MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public }
                    )
            );

    static string Text(IMethodSymbol method, string name)
    {
        var arguments = method.Parameters.Select(
            (parameter, i) =>
                parameter.RefKind switch
                {
                    RefKind.Out => $"out var o{i}",
                    RefKind.Ref => $"ref r{i}",
                    _ => Cast(parameter.Type, i),
                }
        );
        var refs = method
            .Parameters.Where(parameter => parameter.RefKind == RefKind.Ref)
            .Select(parameter => $"var r{parameter.Ordinal} = {Cast(parameter.Type, parameter.Ordinal)}; ");
        var outs = method
            .Parameters.Where(parameter => parameter.RefKind is RefKind.Out or RefKind.Ref)
            .Select(parameter => $", {(parameter.RefKind == RefKind.Out ? "o" : "r")}{parameter.Ordinal}");
        var types = method.IsGenericMethod
            ? $"<{string.Join(", ", method.TypeArguments.Select(type => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)))}>"
            : "";
        var call =
            $"{method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}.@{method.Name}{types}({string.Join(", ", arguments)});";
        return $"    public static object[] {name}(object[] a) {{ {string.Concat(refs)}{(method.ReturnsVoid ? "object result = null; " : "object result = ")}{call} return new object[] {{ result{string.Concat(outs)} }}; }}\n";
    }

    static string Cast(ITypeSymbol type, int i)
    {
        var target = type is INamedTypeSymbol { Name: "Span" or "ReadOnlySpan" } span
            ? span.TypeArguments[0].ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "[]"
            : type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return $"({target})a[{i}]";
    }

    public bool Has(string name) => methods.ContainsKey(name);

    public IMethodSymbol Method(string name) => methods[name];

    /// <summary>The types of a method's parameters; those behind refs.</summary>
    public Type[] Types(string name)
    {
        var method = methods[name];
        var info = assembly.GetType(method.ContainingType.ToDisplayString())!.GetMethod(method.Name)!;
        if (info.IsGenericMethod)
            info = info.MakeGenericMethod([.. method.TypeArguments.Select(TypeOf)]);
        return
        [
            .. info.GetParameters()
                .Select(parameter => parameter.ParameterType is { IsByRef: true } type ? type.GetElementType()! : parameter.ParameterType),
        ];
    }

    static Type TypeOf(ITypeSymbol type) =>
        type.SpecialType switch
        {
            SpecialType.System_Double => typeof(double),
            SpecialType.System_Single => typeof(float),
            _ => typeof(Dual<double>),
        };

    public IEnumerable<string> Marked =>
        methods
            .Where(pair => pair.Value.GetAttributes().Any(found => found.AttributeClass!.Name == "DifferentiableAttribute"))
            .Where(pair => !pair.Key.EndsWith("OfDuals", StringComparison.Ordinal))
            .Select(pair => pair.Key);

    /// <summary>The result, then what refs and outs are afterwards.</summary>
    public object?[] Call(string name, params object?[] arguments) => calls[name](arguments);

    /// <summary>The delegate itself.</summary>
    public Func<object?[], object?[]> Delegate(string name) => calls[name];
}
