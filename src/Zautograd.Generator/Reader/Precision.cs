// Operations in doubles, or in floats: there each result is a float, and the functions are those of MathF.
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Term = Zautograd.Programs.Term;

internal sealed class Precision
{
    public static readonly Precision Double = new(isSingle: false);
    public static readonly Precision Single = new(isSingle: true);

    readonly bool isSingle;

    Precision(bool isSingle) => this.isSingle = isSingle;

    public Term Number(double value) => Terms.Number(isSingle ? (float)value : value);

    public Term Of(Op op, params Term[] arguments) =>
        !isSingle || IsExact(op) ? Terms.Formula(op, arguments)
        : IsRoundedOnce(op) ? Terms.Single(Terms.Formula(op, arguments))
        : Terms.Formula(Op.NewSingleOf(op), arguments);

    /// <summary>Of floats, these give a float.</summary>
    static bool IsExact(Op op) =>
        op.IsNeg || op.IsAbs || op.IsMax || op.IsMin || op.IsClamp || op.IsFloor || op.IsCeiling || op.IsRound || op.IsRem || op.IsSign;

    /// <summary>Of floats, the double nearest to the result is rounded to the float nearest to it.</summary>
    static bool IsRoundedOnce(Op op) => op.IsAdd || op.IsSub || op.IsMul || op.IsDiv || op.IsSqrt;
}
