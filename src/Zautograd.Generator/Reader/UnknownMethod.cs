// Which row of the table speaks of a method that cannot be followed.
using Microsoft.CodeAnalysis;
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Reader;

internal static class UnknownMethod
{
    public static RefusedException? Refusal(IMethodSymbol method, IOperation at)
    {
        var home = method.ContainingType;
        var row = (home.ContainingNamespace?.ToDisplayString(), home.Name) switch
        {
            ("System.Linq", _) => Refusals.Linq,
            ("System", "Random") or ("System", "Guid") or ("System.Security.Cryptography", _) => Refusals.Randomness,
            ("System", "Console") or ("System.IO", _) or ("System.Diagnostics", _) => Refusals.Output,
            _ when method.IsAsync || home.Name is "Task" or "ValueTask" => Refusals.Async,
            _ when method.IsVirtual || method.IsAbstract || method.IsOverride => Refusals.VirtualCall,
            _ when home.TypeKind == TypeKind.Class
                    && !method.IsStatic
                    && method.MethodKind is not (MethodKind.LocalFunction or MethodKind.AnonymousFunction) => Refusals.InstanceCall,
            _ => null,
        };
        return row is null ? null : new(Finding.At(at.Syntax.GetLocation(), row, method.Name));
    }
}
