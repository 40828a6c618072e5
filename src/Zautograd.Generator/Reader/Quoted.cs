// What the user wrote, as a comment or a message quotes it.
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Zautograd.Generator.Reader;

internal static class Quoted
{
    static readonly Regex spaces = new(@"\s+");

    public static string Of(SyntaxNode node) => spaces.Replace(node.ToString(), " ");

    public static string Short(SyntaxNode node)
    {
        var text = Of(node);
        return text.Length <= 60 ? text : text.Substring(0, 57) + "...";
    }

    /// <summary>A statement, without the blocks inside.</summary>
    public static string Head(SyntaxNode node) =>
        node switch
        {
            ForStatementSyntax s => Until(s, s.Statement),
            ForEachStatementSyntax s => Until(s, s.Statement),
            ForEachVariableStatementSyntax s => Until(s, s.Statement),
            WhileStatementSyntax s => Until(s, s.Statement),
            IfStatementSyntax s => Until(s, s.Statement),
            DoStatementSyntax s => $"do ... while ({Of(s.Condition)});",
            SwitchStatementSyntax s => $"switch ({Of(s.Expression)})",
            _ => Of(node),
        };

    static string Until(SyntaxNode node, SyntaxNode body) =>
        spaces.Replace(node.ToString().Substring(0, body.SpanStart - node.SpanStart), " ").Trim();
}
