using Xunit;
using Zautograd.Runtime;

namespace Zautograd.Tests;

/// <summary>What written code stands on: stacks and arrays that each thread keeps from call to call.</summary>
public class RuntimeTests
{
    [Fact]
    public void What_was_pushed_last_is_popped_first_however_the_stack_grows()
    {
        using var recording = Recording<int>.Rent();
        var expected = new Stack<int>();
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            if (expected.Count > 0 && random.Next(5) >= (i / 10_000 % 2 == 0 ? 4 : 3))
                Assert.Equal(expected.Pop(), recording.Pop());
            else
            {
                expected.Push(i);
                recording.Reserve(1);
                recording.Push(i);
            }
            Assert.Equal(expected.Count, recording.Count);
        }
        Assert.True(expected.Count > 10_000);
        while (expected.Count > 0)
            Assert.Equal(expected.Pop(), recording.Pop());
    }

    [Fact]
    public void Nothing_is_popped_from_an_empty_stack_and_nothing_pushed_where_there_is_no_room()
    {
        Assert.Throws<IndexOutOfRangeException>(() =>
        {
            using var recording = Recording<double>.Rent();
            recording.Pop();
        });
        Assert.Throws<IndexOutOfRangeException>(() =>
        {
            using var recording = Recording<short>.Rent();
            for (int i = 0; i < 10_000; i++)
                recording.Push(1);
        });
        var refused = Assert.Throws<InsufficientMemoryException>(() =>
        {
            using var recording = Recording<double>.Rent();
            recording.Reserve(3_000_000_000);
        });
        Assert.Contains("3000000000", refused.Message);
    }

    [Theory]
    [InlineData(0, 10, 5, 1, 2)]
    [InlineData(10, -1, -2, 3, 18)]
    [InlineData(0, 5000, 1, 2, 10_000)]
    [InlineData(3, 3, 1, 7, 0)]
    [InlineData(5, -2_000_000_000, 1, 7, 0)]
    [InlineData(-5, 2_000_000_000, -1, 7, 0)]
    public void A_loop_has_room_for_all_its_rounds(int first, int last, int step, int each, int pushed)
    {
        using var recording = Recording<float>.Rent();
        recording.Reserve(first, last, step, each);
        for (int i = 0; i < pushed; i++)
            recording.Push(i);
        Assert.Equal(pushed, recording.Count);
    }

    [Fact]
    public void A_stack_given_back_full_is_empty_for_the_next()
    {
        using (var recording = Recording<double>.Rent())
        {
            recording.Reserve(10_000);
            for (int i = 0; i < 10_000; i++)
                recording.Push(i);
        }
        using var again = Recording<double>.Rent();
        Assert.Equal(0, again.Count);
    }

    [Fact]
    public void Two_calls_at_once_have_two_stacks()
    {
        using var first = Recording<byte>.Rent();
        using var second = Recording<byte>.Rent();
        first.Push(1);
        second.Push(2);
        Assert.Equal(1, first.Pop());
        Assert.Equal(2, second.Pop());
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
        using var mine = Recording<long>.Rent();
        mine.Push(1);
        long other = 0;
        var thread = new Thread(() =>
        {
            using var recording = Recording<long>.Rent();
            recording.Push(2);
            other = recording.Pop();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(2, other);
        Assert.Equal(1, mine.Pop());
    }
}
