// The methods of arrays and spans that move or fill elements.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>A call of such a method; nothing for another one.</summary>
    Value? ArrayCall(IInvocationOperation operation)
    {
        var method = operation.TargetMethod;
        var home = method.ContainingType;
        var isArray = home.SpecialType == SpecialType.System_Array;
        var isSpan = Shape.IsSpan(home);
        var isExtensions = home is { Name: "MemoryExtensions", ContainingNamespace.Name: "System" };
        if (!isArray && !isSpan && !isExtensions && !(home is { Name: "Object" } && method.Name == "Clone"))
            return null;
        var operands = operation.Arguments.OrderBy(argument => argument.Parameter!.Ordinal).Select(argument => argument.Value);
        if (operation.Instance is { } owner)
            operands = operands.Prepend(owner);
        var given = operands.Select(Bare).ToArray();
        var name = arrayName;
        arrayName = null;
        if (!Knows(method.Name, isSpan, isArray))
            throw Refuse(operation, home is { Name: "MemoryExtensions" } ? Refusals.NoSource : Refusals.Syntax, method.Name, "call");
        var read = InOrder(given);
        arrayName = name;
        return ArrayCall(operation, method.Name, read);
    }

    static bool IsOfArray(IInvocationOperation operation) =>
        operation.TargetMethod is { Name: "Clone" }
        || operation.TargetMethod.ContainingType is { SpecialType: SpecialType.System_Array } or { Name: "MemoryExtensions" };

    static bool Knows(string name, bool isSpan, bool isArray) =>
        name switch
        {
            "AsSpan" or "CopyTo" => true,
            "Slice" or "ToArray" => isSpan,
            "Clear" or "Fill" => isSpan || isArray,
            "GetLength" or "Copy" or "Clone" => isArray,
            _ => false,
        };

    static IOperation Bare(IOperation operation) =>
        operation is IConversionOperation { IsImplicit: true, Type: { } type } conversion
        && (type.SpecialType == SpecialType.System_Array || type.SpecialType == SpecialType.System_Object)
            ? conversion.Operand
            : operation;

    Value ArrayCall(IOperation at, string name, Value[] read)
    {
        var view = read[0] as View ?? throw Refuse(at, Refusals.LengthAtTop, Text(at));
        switch (name, read)
        {
            case ("AsSpan", [_]):
                return view;
            case ("Slice" or "AsSpan", [_, Scalar { Kind.IsInt: true } start]):
                var from = code.Atom(start.Term, Kind.Int, "start");
                return Slice(view, from, Terms.Minus(view.Length, from), at);
            case ("Slice" or "AsSpan", [_, Scalar { Kind.IsInt: true } start, Scalar count]):
                return Slice(view, start.Term, count.Term, at);
            case ("ToArray" or "Clone", [_]) when view.Starts is null:
                return Copied(view);
            case ("GetLength", [_, Scalar { Term: Term.Whole index }]) when index.Item >= 0 && index.Item < view.Extents.Length:
                return new Scalar(view.Extents[index.Item], Kind.Int);
            case ("Clear", [_]):
                Fill(view, Zero(view.Shape.Element, at), at);
                return Nothing.Instance;
            case ("Clear", [_, Scalar start, Scalar count]):
                Fill(Slice(view, start.Term, count.Term, at), Zero(view.Shape.Element, at), at);
                return Nothing.Instance;
            case ("Fill", [_, not View and not Callable and { } value]):
                Fill(view, value, at);
                return Nothing.Instance;
            case ("Fill", [_, not View and not Callable and { } value, Scalar start, Scalar count]):
                Fill(Slice(view, start.Term, count.Term, at), value, at);
                return Nothing.Instance;
            case ("CopyTo", [_, View target]):
                Require(Terms.LessOrEqual(view.Length, target.Length));
                CopyElements(view, target, ScalarsIn(view));
                return Nothing.Instance;
            case ("Copy", [_, View target, Scalar count]):
                return Copy(Slice(view, Terms.Zero, count.Term, at), Slice(target, Terms.Zero, count.Term, at));
            case ("Copy", [_, Scalar start, View target, Scalar goal, Scalar count]):
                var length = code.Atom(count.Term, Kind.Int, "length");
                return Copy(Slice(view, start.Term, length, at), Slice(target, goal.Term, length, at));
            default:
                throw Refuse(at, Refusals.Syntax, Text(at), "call");
        }
    }

    Value Copy(View from, View to)
    {
        CopyElements(from, to, ScalarsIn(from));
        return Nothing.Instance;
    }

    void Fill(View view, Value value, IOperation at)
    {
        if (view.Starts is not null)
            throw Refuse(at, Refusals.JaggedType, Text(at));
        var settled = (View)Settle(view);
        var words = Words(Converted(value, view.Shape.Element));
        Loop(
            "i",
            Terms.Zero,
            settled.Length,
            1,
            i =>
            {
                int next = 0;
                var first = Terms.Plus(settled.Offset, Terms.Times(i, Terms.Whole(settled.Stride)));
                Store(At(settled.Array, settled.Shape.Element, first, ref next), words, at.Syntax);
            }
        );
    }
}
