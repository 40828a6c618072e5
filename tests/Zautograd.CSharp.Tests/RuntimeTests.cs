using Xunit;
using Zautograd.Runtime;

namespace Zautograd.Tests;

/// <summary>What written code stands on: stacks and arrays that each thread keeps from call to call.</summary>
public class RuntimeTests
{
    [Fact]
    public void What_was_pushed_last_is_popped_first_across_all_chunks()
    {
        using var recording = Recording<int>.Rent();
        var expected = new Stack<int>();
        var random = new Random(1);
        // up and down over the borders of chunks, at last beyond several
        for (int i = 0; i < 100_000; i++)
        {
            if (expected.Count > 0 && random.Next(5) >= (i / 10_000 % 2 == 0 ? 4 : 3))
                Assert.Equal(expected.Pop(), recording.Pop());
            else
            {
                expected.Push(i);
                recording.Push(i);
            }
            Assert.Equal(expected.Count, recording.Count);
        }
        Assert.True(expected.Count > 10_000);
        while (expected.Count > 0)
            Assert.Equal(expected.Pop(), recording.Pop());
    }

    [Fact]
    public void Nothing_is_popped_from_an_empty_stack()
    {
        using var recording = Recording<double>.Rent();
        Assert.Throws<InvalidOperationException>(() => recording.Pop());
        recording.Push(1);
        Assert.Equal(1, recording.Pop());
    }

    [Fact]
    public void A_stack_given_back_full_is_empty_for_the_next()
    {
        Recording<double> left;
        using (var recording = Recording<double>.Rent())
        {
            for (int i = 0; i < 10_000; i++)
                recording.Push(i);
            left = recording;
        }
        using var again = Recording<double>.Rent();
        Assert.Same(left, again);
        Assert.Equal(0, again.Count);
    }

    [Fact]
    public void Two_calls_at_once_have_two_stacks_and_giving_back_twice_is_giving_back_once()
    {
        var first = Recording<bool>.Rent();
        using var second = Recording<bool>.Rent();
        Assert.NotSame(first, second);
        first.Dispose();
        first.Dispose();
        using var third = Recording<bool>.Rent();
        using var fourth = Recording<bool>.Rent();
        Assert.Same(first, third);
        Assert.NotSame(third, fourth);
    }

    [Fact]
    public void Arrays_are_zero_and_apart_whatever_was_in_the_memory_before()
    {
        for (int round = 0; round < 3; round++)
        {
            using var workspace = Workspace<int>.Rent();
            var first = workspace.Zeros(3);
            first.Fill(1);
            foreach (int length in new[] { 1000, 0, 5000, 7, 20_000 + round, 1020, 5 })
            {
                var array = workspace.Zeros(length);
                Assert.Equal(length, array.Length);
                Assert.Equal(-1, array.IndexOfAnyExcept(0));
                array.Fill(length);
            }
            Assert.Equal(-1, first.IndexOfAnyExcept(1));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => Workspace<int>.Rent().Zeros(-1));
    }

    [Fact]
    public void Threads_do_not_share_stacks()
    {
        var mine = Recording<long>.Rent();
        mine.Dispose();
        Recording<long>? other = null;
        var thread = new Thread(() => other = Recording<long>.Rent());
        thread.Start();
        thread.Join();
        Assert.NotSame(mine, other);
    }
}
