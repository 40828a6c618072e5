using System.Runtime.Intrinsics;
using Numbers = System.Runtime.Intrinsics.Vector512<double>;

namespace Zautograd.Plans;

/// <summary>A comparison that must come out as it was recorded.</summary>
internal sealed class GuardInstruction(Operation operation, Operand a, Operand b, bool outcome) : Instruction
{
    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int v = 0; v < frame.Vectors; v++)
        {
            Numbers x = Load(ref values, a.Offset + v * a.Step),
                y = Load(ref values, b.Offset + v * b.Step);
            var found = operation switch
            {
                Operation.Less => Vector512.LessThan(x, y),
                Operation.LessOrEqual => Vector512.LessThanOrEqual(x, y),
                _ => Vector512.Equals(x, y),
            };
            ulong holds = found.ExtractMostSignificantBits();
            frame.Failed |= (outcome ? ~holds & 0xFF : holds) << v * Lanes.Count;
        }
    }
}

/// <summary>A sum of any number of terms.</summary>
internal sealed class SumInstruction(Operand[] terms, int result) : Instruction
{
    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int v = 0; v < frame.Vectors; v++)
        {
            var sum = Numbers.Zero;
            foreach (var term in terms)
                sum += Load(ref values, term.Offset + v * term.Step);
            Store(sum, ref values, result + v * Lanes.Count);
        }
    }

    internal override void Backward(Frame frame)
    {
        ref double adjoints = ref frame.Adjoints;
        for (int v = 0; v < frame.Vectors; v++)
        {
            var adjoint = Load(ref adjoints, result + v * Lanes.Count);
            foreach (var term in terms)
                if (term.Wanted)
                {
                    int at = term.Offset + v * term.Step;
                    Store(term.IsFirst ? adjoint : Load(ref adjoints, at) + adjoint, ref adjoints, at);
                }
        }
    }
}

/// <summary>A dot product of any two lists, and a bias if the arguments are odd in number.</summary>
internal sealed class DotInstruction(Operand[] arguments, int result) : Instruction
{
    readonly int pairs = arguments.Length / 2;

    internal override void Forward(Frame frame)
    {
        ref double values = ref frame.Values;
        for (int v = 0; v < frame.Vectors; v++)
        {
            // two sums in turn, so that a product need not wait for the one before
            Numbers even = Numbers.Zero,
                odd = arguments.Length % 2 == 0 ? Numbers.Zero : Load(ref values, arguments[^1].Offset + v * arguments[^1].Step);
            for (int pair = 0; pair < pairs; pair++)
            {
                Operand a = arguments[2 * pair],
                    b = arguments[2 * pair + 1];
                Numbers x = Load(ref values, a.Offset + v * a.Step),
                    y = Load(ref values, b.Offset + v * b.Step);
                (even, odd) = (odd, Vector512.FusedMultiplyAdd(x, y, even));
            }
            Store(even + odd, ref values, result + v * Lanes.Count);
        }
    }

    internal override void Backward(Frame frame)
    {
        ref double values = ref frame.Values;
        ref double adjoints = ref frame.Adjoints;
        for (int v = 0; v < frame.Vectors; v++)
        {
            var adjoint = Load(ref adjoints, result + v * Lanes.Count);
            for (int pair = 0; pair < pairs; pair++)
            {
                Operand a = arguments[2 * pair],
                    b = arguments[2 * pair + 1];
                int atA = a.Offset + v * a.Step,
                    atB = b.Offset + v * b.Step;
                if (atA == atB)
                {
                    if (a.Wanted)
                        Add(ref adjoints, atA, Lanes.Of(2) * Load(ref values, atA), adjoint, frame.Strong, isFirst: a.IsFirst);
                    continue;
                }
                if (a.Wanted)
                    Add(ref adjoints, atA, Load(ref values, atB), adjoint, frame.Strong, isFirst: a.IsFirst);
                if (b.Wanted)
                    Add(ref adjoints, atB, Load(ref values, atA), adjoint, frame.Strong, isFirst: b.IsFirst);
            }
            if (arguments.Length % 2 != 0 && arguments[^1] is { Wanted: true } bias)
                Add(ref adjoints, bias.Offset + v * bias.Step, Numbers.One, adjoint, strong: false, isFirst: bias.IsFirst);
        }
    }
}
