using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Numbers = System.Runtime.Intrinsics.Vector512<double>;

namespace Zautograd.Plans;

/// <summary><see cref="LogSumExp"/> over lanes. The slopes stay from a block's forward to its backward.</summary>
internal sealed class LogSumExpInstruction(Operand[] terms, int result) : Instruction
{
    readonly double[] slopes = new double[terms.Length * Layout.BlockSize]; // a row for each term

    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        ref double row = ref MemoryMarshal.GetArrayDataReference(slopes);
        for (int v = 0; v < frame.Vectors; v++)
        {
            var greatest = Load(ref values, terms[0].Offset + v * terms[0].Step);
            foreach (var term in terms)
                greatest = Vector512.Max(greatest, Load(ref values, term.Offset + v * term.Step));
            Numbers ties = Numbers.Zero,
                others = Numbers.Zero; // apart: beside 1 their digits would be lost
            for (int i = 0; i < terms.Length; i++)
            {
                var x = Load(ref values, terms[i].Offset + v * terms[i].Step);
                var isTie = Vector512.Equals(x, greatest);
                var weight = Vector512.ConditionalSelect(isTie, Numbers.One, Lanes.Exp(x - greatest));
                Store(weight, ref row, SlopeAt(i, v));
                ties += Vector512.ConditionalSelect(isTie, Numbers.One, Numbers.Zero);
                others += Vector512.ConditionalSelect(isTie, Numbers.Zero, weight);
            }
            var sum = ties + others;
            for (int i = 0; i < terms.Length; i++)
                Store(Load(ref row, SlopeAt(i, v)) / sum, ref row, SlopeAt(i, v));
            Store(greatest + LaneRules.LogP1.Value(ties - Numbers.One + others), ref values, result + v * Lanes.Count);
        }
    }

    internal override void Backward(Frame frame)
    {
        ref double adjoints = ref frame.Adjoints;
        ref double row = ref MemoryMarshal.GetArrayDataReference(slopes);
        for (int v = 0; v < frame.Vectors; v++)
        {
            var adjoint = Load(ref adjoints, result + v * Lanes.Count);
            for (int i = 0; i < terms.Length; i++)
                if (terms[i] is { Wanted: true } term)
                    Add(ref adjoints, term.Offset + v * term.Step, Load(ref row, SlopeAt(i, v)), adjoint, frame.Strong, term.IsFirst);
        }
    }

    static int SlopeAt(int term, int v) => term * Layout.BlockSize + v * Lanes.Count;
}
