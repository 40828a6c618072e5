using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Zautograd.Examples;

namespace Zautograd.Tests;

/// <summary>Every example of the documentation compiles, runs, and has the results it says; and everything public has one.</summary>
public class ExampleTests
{
    static readonly string[] assemblies = ["Zautograd", "Zautograd.Display"];

    // The core is written in F#, and so are its examples, but for those of what only C# is meant to call.
    static Example[] Documented =>
        [.. assemblies.SelectMany(assembly => Documentation.Examples(assembly)), .. Documentation.Examples("Zautograd.Core", "csharp")];

    [Fact]
    public void Every_example_of_the_documentation_does_what_it_says()
    {
        None(ExampleRunner.Problems(Documented));
        Assert.True(Documented.Length > 200, $"only {Documented.Length} examples were found");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    [InlineData("docs/plan.md")]
    public void A_page_does_what_it_says(string file)
    {
        var blocks = Documentation.Fenced(file, "csharp");
        Assert.NotEmpty(blocks);
        None(ExampleRunner.Problems(blocks));
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("fsharp")]
    [InlineData("sh")]
    public void Both_READMEs_have_the_same_code(string language)
    {
        var english = Documentation.Fenced("README.md", language).Select(WithoutRemarks);
        Assert.NotEmpty(english);
        Assert.Equal(english, Documentation.Fenced("README.zh-CN.md", language).Select(WithoutRemarks));
    }

    // Remarks are translated, results are not.
    static string WithoutRemarks(Example example) =>
        string.Join('\n', example.Lines.Select(line => $"{line.Code.Split(" // ")[0].TrimEnd()} -> {line.Expected}"));

    [Fact]
    public void Everything_public_has_a_summary() => None(Undocumented(_ => true, HasSummary));

    [Fact]
    public void Everything_public_that_can_be_called_has_an_example() => None(Undocumented(NeedsExample, HasExample));

    [Fact]
    public void An_example_with_a_wrong_result_is_found_and_shown()
    {
        var wrong = new Example("M:Some.Member", "var sum = 1 + 1;\nsum   // -> 3");
        Assert.Equal(
            "expected 3, but it is 2: M:Some.Member\n    var sum = 1 + 1;\n    sum   // -> 3",
            Assert.Single(ExampleRunner.Problems([wrong]))
        );
    }

    [Theory]
    [InlineData("x.Data   // -> 2")]
    [InlineData("Value x = 3;\nx.Data   // -> 3")]
    [InlineData("var z = x * y;   // -> Value(data=10, grad=0)")]
    [InlineData("x.Data = 4.5;   // -> 4.5")]
    [InlineData("Console.WriteLine(x.Data);   // -> 2")]
    [InlineData("x.Data / 3   // -> 0.6666…")]
    [InlineData("\"one\\ntwo\"\n// -> one\n// -> two")]
    [InlineData("new Value(1).CompareTo(\"one\")   // -> throws ArgumentException: A Value can only be …")]
    [InlineData("int Twice(int n) => 2 * n;\nTwice(3)   // -> 6")]
    [InlineData("new Own().Three   // -> 3\nclass Own { public int Three => 3; }")]
    public void Results_are_found_in_all_their_places(string code) => Assert.Empty(ExampleRunner.Problems([new("it", code)]));

    [Theory]
    [InlineData("x.Data   // -> 2.5")]
    [InlineData("var z = x * y;   // -> Value(data=11, grad=0)")]
    [InlineData("x.Data = 4.5;   // -> 4")]
    [InlineData("Console.WriteLine(x.Data);   // -> 3")]
    [InlineData("x.Data / 3   // -> 0.667…")]
    [InlineData("\"one\\ntwo\"\n// -> one\n// -> three")]
    [InlineData("new Value(1).CompareTo(new Value(1))   // -> throws ArgumentException: …")]
    [InlineData("throw new Exception(\"oh\");")]
    [InlineData("int z = \"no number\";")]
    [InlineData("var z = noSuchName;")]
    [InlineData("if (true)   // -> 3\n{\n}")]
    public void Each_kind_of_wrong_example_is_found(string code) => Assert.Single(ExampleRunner.Problems([new("it", code)]));

    [Theory]
    [InlineData("122451.58333333333", "122451.58333333334", true)]
    [InlineData("0.5", "0.50001", false)]
    [InlineData("0.5…", "0.50001", true)]
    [InlineData("0.5…", "0.49999", false)]
    [InlineData("-0.5…", "0.5", false)]
    [InlineData("3*x^2", "3*x^2", true)]
    [InlineData("3*x^2", "3*x^3", false)]
    [InlineData("1/x + y", "1/x + y + 1", false)]
    [InlineData("1/x…", "1/x + y", true)]
    [InlineData("NaN", "NaN", true)]
    [InlineData("0", "1E-17", false)]
    public void A_number_agrees_in_all_the_digits_that_are_shown(string expected, string actual, bool agrees) =>
        Assert.Equal(agrees, Result.Agrees(expected, actual));

    // Assert.Empty would show the first few, cut short.
    static void None(IEnumerable<string> problems)
    {
        if (string.Join("\n\n", problems) is not "" and var all)
        {
            Assert.Fail(all);
        }
    }

    static IEnumerable<string> Undocumented(
        Func<ISymbol, bool> asked,
        Func<XElement, IReadOnlyDictionary<string, XElement>, bool> documented
    )
    {
        var compilation = CSharpCompilation.Create("Zautograd.Examples.Names", [], ExampleRunner.References);
        foreach (var name in assemblies)
        {
            var all = Documentation.Members(name).ToDictionary(member => (string)member.Attribute("name")!);
            var reference = compilation.References.Single(r => Path.GetFileNameWithoutExtension(r.Display) == name);
            var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
            foreach (var symbol in Public(assembly.GlobalNamespace).Where(asked))
            {
                var id = symbol.GetDocumentationCommentId()!;
                if (!(all.TryGetValue(id, out var member) && documented(member, all)))
                {
                    yield return id;
                }
            }
        }
    }

    static IEnumerable<ISymbol> Public(INamespaceOrTypeSymbol parent) =>
        from member in parent.GetMembers()
        where member is INamespaceSymbol || IsPublic(member)
        from symbol in member is INamespaceOrTypeSymbol inner ? Public(inner).Prepend(inner) : [member]
        where symbol is not INamespaceSymbol
        select symbol;

    // What the compiler writes itself (of a record, an enum, a delegate, a default constructor) has no source to document.
    static bool IsPublic(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && !symbol.IsImplicitlyDeclared
        && !symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute")
        && symbol
            is not IMethodSymbol
            {
                MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.ExplicitInterfaceImplementation
            }
        && symbol is not IPropertySymbol { ExplicitInterfaceImplementations.IsEmpty: false }
        && !(symbol.ContainingType is { IsRecord: true } && symbol.Name == "Deconstruct")
        && !(
            symbol is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.IsEmpty: true }
            && (symbol.ContainingType.IsValueType || symbol.ContainingType.IsAbstract)
        )
        && symbol.ContainingType is not { TypeKind: TypeKind.Delegate };

    static bool NeedsExample(ISymbol symbol) =>
        symbol switch
        {
            INamedTypeSymbol => true,
            IMethodSymbol { MethodKind: MethodKind.Constructor } => symbol.DeclaredAccessibility == Accessibility.Public,
            IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } => false,
            IPropertySymbol { ContainingType.IsRecord: true } when IsParameter(symbol) => false,
            IMethodSymbol or IPropertySymbol => !symbol.IsOverride && !Implements(symbol),
            _ => false,
        };

    // A parameter of a record is documented with the record.
    static bool IsParameter(ISymbol property) =>
        property.ContainingType.Constructors.Any(constructor => constructor.Parameters.Any(parameter => parameter.Name == property.Name));

    static bool Implements(ISymbol symbol) =>
        symbol
            .ContainingType.AllInterfaces.SelectMany(type => type.GetMembers(symbol.Name))
            .Any(member =>
                SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(member), symbol)
            );

    static bool HasSummary(XElement member, IReadOnlyDictionary<string, XElement> all) =>
        member.Element("summary") is { } summary
            ? summary.Value.Trim() != "" || summary.HasElements
            : Inherits(member, all, HasSummary, otherwise: true);

    static bool HasExample(XElement member, IReadOnlyDictionary<string, XElement> all) =>
        Documentation.Code(member).Any() || Inherits(member, all, HasExample, otherwise: false);

    // Without a target, documentation comes from a base class or an interface of .NET.
    static bool Inherits(
        XElement member,
        IReadOnlyDictionary<string, XElement> all,
        Func<XElement, IReadOnlyDictionary<string, XElement>, bool> has,
        bool otherwise
    ) =>
        member.Element("inheritdoc") is { } inherit
        && ((string?)inherit.Attribute("cref") is { } cref ? all.TryGetValue(cref, out var target) && has(target, all) : otherwise);
}
