// The core's language in C#: short names for what the reader builds.
using Microsoft.FSharp.Collections;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal static class Terms
{
    public static readonly Term True = Term.NewTruth(true);
    public static readonly Term False = Term.NewTruth(false);
    public static readonly Term Zero = Term.NewWhole(0);
    public static readonly Term One = Term.NewWhole(1);

    public static Term Number(double value) => Term.NewNumber(value);

    public static Term Whole(int value) => Term.NewWhole(value);

    public static Term Variable(string name) => Term.NewVariable(name);

    public static Term Formula(Op op, params Term[] arguments) => Term.NewFormula(op, List(arguments));

    public static Term Plus(Term a, Term b) =>
        (a, b) switch
        {
            (Term.Whole { Item: 0 }, _) => b,
            (_, Term.Whole { Item: 0 }) => a,
            (Term.Whole x, Term.Whole y) => Whole(unchecked(x.Item + y.Item)),
            (_, Term.Whole { Item: < 0 and > int.MinValue } y) => Integer(Arithmetic.Minus, a, Whole(-y.Item)),
            _ => Integer(Arithmetic.Plus, a, b),
        };

    public static Term Minus(Term a, Term b) =>
        (a, b) switch
        {
            (_, Term.Whole { Item: 0 }) => a,
            (Term.Whole x, Term.Whole y) => Whole(unchecked(x.Item - y.Item)),
            _ when a.Equals(b) => Zero,
            // (a + b) - a
            (Term.Integer { Item1.IsPlus: true } sum, _) when sum.Item2.Equals(b) => sum.Item3,
            _ => Integer(Arithmetic.Minus, a, b),
        };

    public static Term Times(Term a, Term b) =>
        (a, b) switch
        {
            (Term.Whole { Item: 1 }, _) => b,
            (_, Term.Whole { Item: 1 }) => a,
            (Term.Whole x, Term.Whole y) => Whole(unchecked(x.Item * y.Item)),
            _ => Integer(Arithmetic.Times, a, b),
        };

    public static Term Product(IEnumerable<Term> factors) => factors.Aggregate(One, Times);

    public static Term Integer(Arithmetic op, Term a, Term b) => Term.NewInteger(op, a, b);

    /// <summary>Bits of ints; what is known is worked out.</summary>
    public static Term Bits(Arithmetic op, Term a, Term b) =>
        (a, b) is (Term.Whole x, Term.Whole y) ? Whole(TermModule.integer(op, x.Item, y.Item)) : Integer(op, a, b);

    public static Term Long(long value) => Term.NewWide(LongOp.NewLiteral(value), List<Term>([]));

    public static Term Long(LongOp op, params Term[] arguments) => TermModule.wide(op, List(arguments));

    public static Term Long(Arithmetic op, Term a, Term b) => Long(LongOp.NewBasic(op), a, b);

    /// <summary>The nearest float.</summary>
    public static Term Single(Term a) =>
        a switch
        {
            Term.Number number => Number((float)number.Item),
            Term.Formula { Item1.IsSingle: true } or Term.Formula { Item1.IsSingleOf: true } => a,
            _ => Formula(Op.Single, a),
        };

    public static Term Less(Term a, Term b) => Term.NewCompare(Comparison.Less, a, b);

    public static Term LessOrEqual(Term a, Term b) => Term.NewCompare(Comparison.LessOrEqual, a, b);

    public static Term Equal(Term a, Term b) => Term.NewCompare(Comparison.Equal, a, b);

    public static Term Not(Term a) => a is Term.Not inner ? inner.Item : Term.NewNot(a);

    public static Term And(Term a, Term b) =>
        a.Equals(True) ? b
        : b.Equals(True) ? a
        : Term.NewAnd(a, b);

    public static Term Or(Term a, Term b) =>
        a.Equals(False) ? b
        : b.Equals(False) ? a
        : Term.NewOr(a, b);

    public static Term Choose(Term condition, Term a, Term b) => Term.NewChoose(condition, a, b);

    public static Term ToReal(Term a) => a is Term.Whole whole ? Number(whole.Item) : Term.NewToReal(a);

    public static Term ToInt(Term a) => Term.NewToInt(a);

    public static FSharpList<T> List<T>(IEnumerable<T> items) => ListModule.OfSeq(items);

    /// <summary>What a variable of a kind holds before anything is assigned.</summary>
    public static Term Default(Kind kind) => TermModule.zero(kind);

    /// <summary>Every part of a term, itself first.</summary>
    public static IEnumerable<Term> All(Term term) => new[] { term }.Concat(TermModule.parts(term).SelectMany(All));

    /// <summary>Whether it costs nothing to write it twice.</summary>
    public static bool IsAtom(Term term) =>
        term.IsNumber || term.IsWhole || term.IsTruth || term.IsVariable || term.IsLength || term is Term.Wide { Item1.IsLiteral: true };
}
