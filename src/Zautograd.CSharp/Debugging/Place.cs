using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Zautograd;

/// <summary>Which line of the user's program runs now: the innermost that is neither ours nor the framework's.</summary>
internal static class Place
{
    static readonly ConcurrentDictionary<(MethodBase Method, int Offset), string> Known = new();

    /// <summary>"at Model.cs:42", or "in Model.Score" where the debugger's file is missing.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Where a method's name was trimmed away, no place is named.")]
    internal static string? Here()
    {
        var trace = new StackTrace(1, fNeedFileInfo: false);
        for (int i = 0; i < trace.FrameCount; i++)
        {
            var frame = trace.GetFrame(i)!;
            if (frame.GetMethod() is not { } method || !IsUsers(method))
                continue;
            var key = (method, frame.GetILOffset());
            if (!Known.TryGetValue(key, out var place)) // lines are dear to look up, and a loop comes by often
                Known[key] = place = Describe(new StackTrace(1, fNeedFileInfo: true).GetFrame(i)!, method);
            return place;
        }
        return null;
    }

    static bool IsUsers(MethodBase method) =>
        method.DeclaringType is { } type && type.Assembly != typeof(Place).Assembly && type.Namespace?.Split('.')[0] is not "System";

    static string Describe(StackFrame frame, MethodBase method) =>
        frame.GetFileName() is { } file
            ? $"at {Path.GetFileName(file)}:{frame.GetFileLineNumber()}"
            : $"in {method.DeclaringType!.Name}.{method.Name}";
}
