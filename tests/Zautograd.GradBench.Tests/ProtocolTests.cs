using System.Text.Json.Nodes;

namespace Zautograd.GradBench.Tests;

/// <summary>The suite's protocol: one answer a line, in order, whatever the message.</summary>
public class ProtocolTests
{
    [Theory]
    [InlineData("""{"id": 0, "kind": "start", "eval": "gmm"}""", """{"id":0,"tool":"zautograd"}""")]
    [InlineData("""{"id": 1, "kind": "define", "module": "gmm"}""", """{"id":1,"success":true}""")]
    [InlineData("""{"id": 3, "kind": "analysis", "of": 2, "valid": true}""", """{"id":3}""")]
    [InlineData("""{"id": 4, "kind": "whatever"}""", """{"id":4}""")]
    public void Messages_are_answered_as_the_suite_says(string message, string answer) => Assert.Equal(answer, Tool.Answer(message));

    [Theory]
    [InlineData("""{"id": 1, "kind": "define", "module": "gm"}""", "'gm' is not an eval here")]
    [InlineData(
        """{"id": 2, "kind": "evaluate", "module": "lse", "function": "hessian", "input": {"x": [1]}}""",
        "'hessian' is not a function of lse"
    )]
    [InlineData("""{"id": 2, "kind": "evaluate", "module": "lse", "function": "primal", "input": null}""", "is null")]
    [InlineData("""{"id": 2, "kind": "evaluate", "module": 3}""", "no text named 'module'")]
    [InlineData("""{"id": 2}""", "no text named 'kind'")]
    [InlineData("""not json""", "invalid")]
    public void What_is_wrong_is_said_and_the_tool_goes_on(string message, string error)
    {
        var answer = JsonNode.Parse(Tool.Answer(message))!;
        Assert.False((bool)answer["success"]!);
        Assert.Contains(error, (string)answer["error"]!);
    }

    [Fact]
    public void A_function_runs_as_often_as_asked()
    {
        var answer = JsonNode.Parse(
            Tool.Answer(
                """{"id": 2, "kind": "evaluate", "module": "lse", "function": "primal", "input": {"x": [1, 2], "min_runs": 7, "min_seconds": 0}}"""
            )
        )!;
        Assert.Equal(7, answer["timings"]!.AsArray().Count(timing => (string)timing!["name"]! == "evaluate"));
    }

    [Fact]
    public void The_session_ends_with_its_input()
    {
        using var output = new StringWriter();
        new Tool().Run(new StringReader("{\"id\": 0, \"kind\": \"start\"}\n\n{\"id\": 1, \"kind\": \"x\"}\n"), output);
        Assert.Equal(
            ["{\"id\":0,\"tool\":\"zautograd\"}", "{\"id\":1}"],
            output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
        );
    }
}
