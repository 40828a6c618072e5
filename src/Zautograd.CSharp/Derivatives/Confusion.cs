using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.FSharp.Core;

namespace Zautograd;

/// <summary>
/// Refuses what would confuse two derivatives: an inner function that uses a variable of the outer one, where both run on the same number type,
/// would take the outer tangent for its own.
/// </summary>
/// <remarks>
/// What the delegate or the struct holds is looked at. Where that cannot be seen through - an object of a class of the user's - it is refused only
/// inside another derivative over the same numbers: there alone can the variables of one come from.
/// </remarks>
internal static class Confusion
{
    /// <summary>Until disposed, functions on these numbers run inside this one. The function may hold no number of the type it is about to run on.</summary>
    public static Scope<TNumber> Enter<TFunction, TNumber>(TFunction f)
        where TFunction : notnull
    {
        var sight = Seen<TFunction, TNumber>.Sight;
        if (sight is Sight.Unknown or Sight.Functions && Scope<TNumber>.Depth > 0)
            sight = Captured<TNumber>.Look(f, static _ => true);
        if (sight == Sight.Numbers)
            Throw<TNumber>($"{typeof(TFunction).Name} holds");
        if (sight == Sight.Unknown && Scope<TNumber>.Depth > 0)
            Throw<TNumber>($"{typeof(TFunction).Name} holds an object, which may hold");
        Scope<TNumber>.Depth++;
        return default;
    }

    /// <summary>Until disposed, functions on these numbers run inside this one. The delegate may hold constants, but no active number.</summary>
    public static Scope<TNumber> Enter<TNumber>(Delegate f, Func<TNumber, bool> isActive)
    {
        Check(f, isActive);
        Scope<TNumber>.Depth++;
        return default;
    }

    /// <summary>The delegate may hold constants, but no active number.</summary>
    public static void Check<TNumber>(Delegate f, Func<TNumber, bool> isActive)
    {
        ArgumentNullException.ThrowIfNull(f);
        if (f.Target is not { } target)
            return;
        var sight = Captured<TNumber>.Of(target.GetType());
        if (sight >= Sight.Functions)
            sight = Captured<TNumber>.Look(target, isActive);
        if (sight == Sight.Numbers)
            Throw<TNumber>("the function uses");
        if (sight == Sight.Unknown && Scope<TNumber>.Depth > 0)
            Throw<TNumber>($"the function is a method of {target.GetType().Name}, or holds an object, and may use");
    }

    [DoesNotReturn]
    static void Throw<TNumber>(string what) =>
        throw new InvalidOperationException(
            $"Two derivatives would be confused: {what} a number of another derivative, which runs on the same number type ({Name(typeof(TNumber))}). "
                + "Differentiate it at points of that type - an inner derivative at a Dual<double> runs on Dual<Dual<double>> - or make the function static."
        );

    static string Name(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;

    internal struct Scope<TNumber> : IDisposable
    {
        [ThreadStatic]
        internal static int Depth;

        public readonly void Dispose() => Depth--;
    }

    static class Seen<TFunction, TNumber>
    {
        internal static readonly Sight Sight = Captured<TNumber>.Of(typeof(TFunction));
    }
}

/// <summary>What can be seen of the numbers in an object.</summary>
internal enum Sight
{
    /// <summary>There are none.</summary>
    Nothing,

    /// <summary>It is of a class that is not looked into.</summary>
    Unknown,

    /// <summary>Functions, each with a closure of its own.</summary>
    Functions,

    /// <summary>There are some.</summary>
    Numbers,
}

/// <summary>What functions capture: in the closures that the compilers of C# and F# make, in structs and in arrays.</summary>
internal static class Captured<TNumber>
{
    static readonly ConcurrentDictionary<Type, Sight> Known = new();

    /// <summary>What an object of this type may hold.</summary>
    public static Sight Of(Type type) => Known.TryGetValue(type, out var sight) ? sight : Known.GetOrAdd(type, Find(type, 0));

    /// <summary>What this object does hold: numbers, if an active one is among them.</summary>
    public static Sight Look(object target, Func<TNumber, bool> isActive)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance); // a closure may hold a function that holds the closure
        return Look(target);

        Sight Look(object? held)
        {
            switch (held)
            {
                case null:
                    return Sight.Nothing;
                case TNumber number:
                    return isActive(number) ? Sight.Numbers : Sight.Nothing;
                case Delegate inner:
                    return Look(inner.Target);
                case Array array when seen.Add(array):
                    return array.Cast<object?>().Select(Look).DefaultIfEmpty().Max();
            }

            var type = held.GetType();
            return Of(type) == Sight.Nothing || !seen.Add(held) ? Sight.Nothing
                : !IsTransparent(type) ? Sight.Unknown
                : Fields(type).Select(field => Look(field.GetValue(held))).DefaultIfEmpty().Max();
        }
    }

    const int DeepEnough = 8;

    static Sight Find(Type type, int depth) =>
        type == typeof(TNumber) ? Sight.Numbers
        : type.IsPrimitive || type.IsEnum || type.IsPointer || type == typeof(string) || type == typeof(decimal) ? Sight.Nothing
        : type == typeof(Replay) ? Sight.Nothing // plain numbers
        : depth > DeepEnough ? Sight.Unknown
        : type.IsArray ? Find(type.GetElementType()!, depth + 1)
        : typeof(Delegate).IsAssignableFrom(type) || IsFunction(type) && type.IsAbstract ? Sight.Functions
        : IsTransparent(type) ? Fields(type).Select(field => Find(field.FieldType, depth + 1)).DefaultIfEmpty().Max()
        : Sight.Unknown;

    static bool IsTransparent(Type type) =>
        type.IsValueType || IsFunction(type) || IsWrapped(type) || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    // what F# makes of a function where a delegate is asked for
    static bool IsWrapped(Type type) =>
        type.GetCustomAttribute<CompilationMappingAttribute>(inherit: false)?.SourceConstructFlags == SourceConstructFlags.Closure;

    static bool IsFunction(Type type) =>
        type.BaseType is { } parent && (parent.Name.StartsWith("FSharpFunc") || IsFunction(parent)) || type.Name.StartsWith("FSharpFunc");

    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2070",
        Justification = "The fields of a closure are used by its method, so they stay; what stays unseen is refused where it could do harm, by Depth."
    )]
    static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
}
