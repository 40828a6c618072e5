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
        int v = 0;
        for (; v + 2 <= frame.Vectors; v += 2) // two at a time: neither waits for the other's last product
        {
            var (left, right) = HasBias ? Two(ref values, arguments[^1], v) : (Numbers.Zero, Numbers.Zero);
            for (int pair = 0; pair < pairs; pair++)
            {
                var (x, nextX) = Two(ref values, arguments[2 * pair], v);
                var (y, nextY) = Two(ref values, arguments[2 * pair + 1], v);
                left = Vector512.FusedMultiplyAdd(x, y, left);
                right = Vector512.FusedMultiplyAdd(nextX, nextY, right);
            }
            Store(left, ref values, result + v * Lanes.Count);
            Store(right, ref values, result + (v + 1) * Lanes.Count);
        }
        for (; v < frame.Vectors; v++)
        {
            var sum = HasBias ? Load(ref values, arguments[^1].Offset + v * arguments[^1].Step) : Numbers.Zero;
            for (int pair = 0; pair < pairs; pair++)
            {
                Operand a = arguments[2 * pair],
                    b = arguments[2 * pair + 1];
                sum = Vector512.FusedMultiplyAdd(Load(ref values, a.Offset + v * a.Step), Load(ref values, b.Offset + v * b.Step), sum);
            }
            Store(sum, ref values, result + v * Lanes.Count);
        }
    }

    bool HasBias => arguments.Length % 2 != 0;

    static (Numbers, Numbers) Two(ref double values, Operand argument, int v)
    {
        int at = argument.Offset + v * argument.Step;
        return (Load(ref values, at), Load(ref values, at + argument.Step));
    }

    internal override void Backward(Frame frame)
    {
        ref double values = ref frame.Values;
        ref double adjoints = ref frame.Adjoints;
        for (int pair = 0; pair < pairs; pair++)
        {
            Operand a = arguments[2 * pair],
                b = arguments[2 * pair + 1];
            if (a.Offset == b.Offset)
                Propagate(frame, ref adjoints, ref values, a, a, Numbers.One + Numbers.One);
            else
            {
                Propagate(frame, ref adjoints, ref values, a, b, Numbers.One);
                Propagate(frame, ref adjoints, ref values, b, a, Numbers.One);
            }
        }
        if (!HasBias || arguments[^1] is not { Wanted: true } bias)
            return;
        for (int v = 0; v < frame.Vectors; v++)
        {
            var adjoint = Load(ref adjoints, result + v * Lanes.Count);
            Add(ref adjoints, bias.Offset + v * bias.Step, Numbers.One, adjoint, strong: false, isFirst: bias.IsFirst);
        }
    }

    /// <summary>What a factor gets: so many times the other one, times the result's adjoint.</summary>
    void Propagate(Frame frame, ref double adjoints, ref double values, Operand to, Operand other, Numbers times)
    {
        if (!to.Wanted)
            return;
        for (int v = 0; v < frame.Vectors; v++)
        {
            var adjoint = Load(ref adjoints, result + v * Lanes.Count);
            var slope = times * Load(ref values, other.Offset + v * other.Step);
            Add(ref adjoints, to.Offset + v * to.Step, slope, adjoint, frame.Strong, isFirst: to.IsFirst);
        }
    }
}
