// Reads a method and all that it calls into a program of the core.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.FSharp.Collections;
using Zautograd.Generator.Model;
using Zautograd.Generator.Writer;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class ProgramReader(Compilation compilation, ImmutableArray<IMethodSymbol> around, CancellationToken cancel)
{
    readonly Dictionary<ISymbol, Body?> bodies = new(SymbolEqualityComparer.Default);
    readonly Dictionary<string, Routine> routines = [];
    readonly List<Routine> ordered = [];
    readonly HashSet<string> taken = [];

    public CancellationToken Cancel => cancel;

    public IReadOnlyList<Routine> Routines => ordered;

    /// <summary>What is refused, and why nothing is written.</summary>
    public List<Finding> Refused { get; } = [];

    /// <summary>Variables whose declaration is refused.</summary>
    public HashSet<ISymbol> Lost { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>What is differentiated, but should be looked at.</summary>
    public List<Finding> Warnings { get; } = [];

    /// <summary>The body of a method whose source is in this compilation.</summary>
    public Body? Body(IMethodSymbol method, SyntaxNode? syntax = null)
    {
        method = method.OriginalDefinition;
        method = method.PartialImplementationPart ?? method;
        if (bodies.TryGetValue(method, out var known))
            return known;
        var node = syntax ?? method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancel);
        var body =
            node is null || !compilation.ContainsSyntaxTree(node.SyntaxTree)
                ? null
                : Generator.Reader.Body.Of(compilation.GetSemanticModel(node.SyntaxTree).GetOperation(node, cancel));
        bodies[method] = body;
        return body;
    }

    /// <summary>A body, and those of the local functions and lambdas that it calls.</summary>
    public IReadOnlyList<Body> WithLocalFunctions(Body body)
    {
        var found = new List<Body> { body };
        for (int i = 0; i < found.Count; i++)
            foreach (var call in found[i].Block.Descendants().OfType<IInvocationOperation>())
                if (
                    call.TargetMethod.MethodKind == MethodKind.LocalFunction
                    && Body(call.TargetMethod) is { } local
                    && !found.Contains(local)
                )
                    found.Add(local);
        return found;
    }

    public HashSet<ISymbol> AssignedIn(IOperation part)
    {
        var block = part as IBlockOperation;
        var assigned = block is not null
            ? new Body(block).Assigned
            : new(part.DescendantsAndSelf().SelectMany(Generator.Reader.Body.TargetsOf), SymbolEqualityComparer.Default);
        foreach (var call in part.DescendantsAndSelf().OfType<IInvocationOperation>())
            if (call.TargetMethod.MethodKind == MethodKind.LocalFunction && Body(call.TargetMethod) is { } local)
                foreach (var inner in WithLocalFunctions(local))
                    assigned.UnionWith(inner.Assigned);
        return assigned;
    }

    public string KeyOf(IMethodSymbol method) =>
        method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction
            ? $"{method.DeclaringSyntaxReferences[0].SyntaxTree.FilePath}@{method.DeclaringSyntaxReferences[0].Span}|"
            : method.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)
                + string.Join(",", method.Parameters.Select(parameter => parameter.Type.ToDisplayString()))
                + "|";

    /// <summary>The function for a method and such arguments: made once, and known before its body is read, so that it may call itself.</summary>
    public Routine Routine(string key, IMethodSymbol method, Action<Routine> read)
    {
        if (routines.TryGetValue(key, out var known))
            return known;
        var routine = new Routine(Name(method), method);
        routines[key] = routine;
        ordered.Add(routine);
        read(routine);
        return routine;
    }

    /// <summary>The instance of a marked method whose derivative takes arguments of these types.</summary>
    public SpecialType InstanceFor(IMethodSymbol method, IEnumerable<SpecialType> arguments)
    {
        var types = arguments.ToArray();
        var isOfFloats = types.Contains(SpecialType.System_Single) && !types.Contains(SpecialType.System_Double);
        return Placement.Instances(method, compilation).Last(number => isOfFloats || number == SpecialType.System_Double);
    }

    /// <summary>A marked method by itself, whose derivative is called here.</summary>
    public (MethodModel Model, ProgramReader Reader) Model(IMethodSymbol method, SpecialType number, IOperation at)
    {
        if (around.Contains(method, SymbolEqualityComparer.Default))
            throw new RefusedException(Finding.At(at.Syntax.GetLocation(), Refusals.DerivativeOfItself, method.Name));
        var node = method.DeclaringSyntaxReferences[0].GetSyntax(cancel);
        var program = new ProgramReader(compilation, around.Add(method), cancel);
        var model = EntryReader.Model(method, number, node, EntryReader.MarkOf(method)!, program, compilation, cancel);
        if (program.FirstOrderOnly is { } only)
            throw new RefusedException(Finding.At(at.Syntax.GetLocation(), only.Refusal, [.. only.Arguments]));
        return (model, program);
    }

    /// <summary>The derivative of a method that was read elsewhere: functions of this program, the first of which is returned.</summary>
    public Routine Derivative(IMethodSymbol method, MethodModel model, ProgramReader elsewhere, bool isReverse, Location at)
    {
        var key = (isReverse ? "gradient of " : "tangent of ") + model.Hint;
        if (routines.TryGetValue(key, out var known))
            return known;
        var (made, name) = isReverse ? Derivatives.Adjoint(model) : Derivatives.Tangent(model);
        var (renamed, names) = Renamed(made, elsewhere, at);
        ordered.AddRange(renamed.Functions.Select(function => Generator.Reader.Routine.Of(function, method)));
        return routines[key] = ordered.First(routine => routine.Name == names[name]);
    }

    string Name(IMethodSymbol method)
    {
        var wish = method.MethodKind switch
        {
            MethodKind.AnonymousFunction => "Lambda",
            MethodKind.PropertyGet => method.AssociatedSymbol!.Name,
            MethodKind.Constructor => "New" + method.ContainingType.Name,
            MethodKind.UserDefinedOperator => method.Name.Replace("op_", ""),
            _ => method.Name,
        };
        return Free(wish);
    }

    string Free(string wish)
    {
        var name = wish;
        for (int number = 2; !taken.Add(name); number++)
            name = $"{wish}{number}";
        return name;
    }

    /// <summary>Static readonly fields whose values a method or what it calls reads.</summary>
    public IReadOnlyList<IFieldSymbol> GlobalsOf(IMethodSymbol method, Body body)
    {
        var found = new List<IFieldSymbol>();
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { method };
        var waiting = new Stack<Body>([body]);
        while (waiting.Count > 0)
            foreach (var operation in waiting.Pop().Block.Descendants())
            {
                if (
                    operation is IFieldReferenceOperation { Field: { IsStatic: true, IsConst: false, IsReadOnly: true } field }
                    && Shape.TryOf(field.Type) is not null
                    && KnownValue(field) is null
                    && !found.Contains(field, SymbolEqualityComparer.Default)
                )
                    found.Add(field);
                if (MayBeNaN(operation) && !found.Contains(NaN, SymbolEqualityComparer.Default))
                    found.Add(NaN);
                foreach (var callee in Callees(operation))
                    if (RuleFor(callee) is null && seen.Add(callee.OriginalDefinition) && Body(callee) is { } next)
                        waiting.Push(next);
            }
        return [.. found.OrderBy(field => field.ToDisplayString(), StringComparer.Ordinal)];
    }

    /// <summary>double.NaN.</summary>
    public IFieldSymbol NaN { get; } = (IFieldSymbol)compilation.GetSpecialType(SpecialType.System_Double).GetMembers("NaN").Single();

    static bool MayBeNaN(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: double.NaN }
        || operation is IPropertyReferenceOperation { Property: var property } && Generics.IsNaN(property)
        || operation is IInvocationOperation { TargetMethod: { Name: "Log", Parameters.Length: 2 } };

    static IEnumerable<IMethodSymbol> Callees(IOperation operation)
    {
        var callee = operation switch
        {
            IInvocationOperation call => call.TargetMethod,
            IPropertyReferenceOperation property => property.Property.GetMethod,
            IBinaryOperation binary => binary.OperatorMethod,
            IUnaryOperation unary => unary.OperatorMethod,
            ICompoundAssignmentOperation compound => compound.OperatorMethod,
            IConversionOperation conversion => conversion.OperatorMethod,
            IObjectCreationOperation creation => creation.Constructor,
            IMethodReferenceOperation method => method.Method,
            _ => null,
        };
        return callee is null ? [] : [callee];
    }

    /// <summary>What a static readonly field holds, where that stands there as a constant.</summary>
    public Value? KnownValue(IFieldSymbol field)
    {
        if (SymbolEqualityComparer.Default.Equals(field, NaN))
            return null;
        var hasConstructor = field.ContainingType.StaticConstructors.Any(constructor => !constructor.IsImplicitlyDeclared);
        var constant = !hasConstructor && Initializer(field) is { } value ? MethodReader.Constant(value) : null;
        // 'static readonly double k = 2' is given an int
        return constant is Scalar { Kind.IsInt: true } whole && field.Type.SpecialType == SpecialType.System_Double
            ? new Scalar(Terms.ToReal(whole.Term), Kind.Real)
            : constant;
    }

    /// <summary>What a field is initialized with.</summary>
    public IOperation? Initializer(IFieldSymbol field)
    {
        var node = (field.AssociatedSymbol ?? field).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancel);
        var value = node switch
        {
            VariableDeclaratorSyntax declarator => declarator.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        };
        return value is null || !compilation.ContainsSyntaxTree(value.SyntaxTree)
            ? null
            : compilation.GetSemanticModel(value.SyntaxTree).GetOperation(value, cancel);
    }

    /// <summary>Whether the compiler itself finds fault with a piece of source.</summary>
    public bool IsBroken(SyntaxNode node) =>
        compilation
            .GetSemanticModel(node.SyntaxTree)
            .GetDiagnostics(node.Span, cancel)
            .Any(found => found.Severity == DiagnosticSeverity.Error);

    public RefusedException? Unknown(IMethodSymbol method, IOperation at) => UnknownMethod.Refusal(method, at);
}
