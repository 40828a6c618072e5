namespace Zautograd.Tests;

public sealed class ValueTests
{
    [Fact]
    public void Two_and_two() => Assert.Equal(4, 2 + 2);
}
