// LossTangent: the results, and how they change along one direction.
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Writer;

using Program = Zautograd.Programs.Program;

internal sealed class TangentSurface(MethodModel method, Program program) : Surface(method, program)
{
    protected override string Suffix => "Tangent";

    protected override string Summary => $"The results of {Method.Display}, and how they change along the tangents of its inputs.";

    protected override string Returns => Method.Result?.Type ?? "void";

    protected override string Callee => Derivatives.TangentOf(Method.Program.Functions.Head.Name);

    /// <summary>Whether the caller sees what the method writes to: it is a result where there is no number that is one.</summary>
    bool IsShared => !Method.IsScalarValued;

    protected override void Prepare()
    {
        foreach (var parameter in Method.Parameters)
        {
            var way = parameter.Way switch
            {
                Way.Ref => "ref ",
                Way.Out => "out ",
                _ => "",
            };
            Signature.Add($"{way}{parameter.Type} {parameter.Name}");
            Pass(parameter, IsShared);
        }
        PassGlobals();
        foreach (var parameter in Method.Parameters)
            if (parameter.IsActive)
                Direction(parameter);
        ReturnValue();
        foreach (var parameter in Method.Parameters)
            if (parameter.Way != Way.In)
                Results.Add(Back(parameter.Type, parameter.Name));
        if (Method.Result is { } result && result.AreReal.Any(isReal => isReal))
            Outcome(result);
        foreach (var parameter in Method.Parameters)
            if (parameter.Way != Way.In && parameter is { Form: Form.Scalar, IsReal: true })
            {
                var tangent = Plain(parameter) + "Tangent";
                if (parameter.Way == Way.Out)
                    Signature.Add($"out {parameter.Type} {tangent}");
                Results.Add(parameter.Way == Way.Ref && !parameter.IsActive ? "_" : Back(parameter.Type, tangent));
            }
        Docs.Add(
            "<remarks>A tangent has the place of its parameter; where there is none, the parameter is constant or no double.</remarks>"
        );
    }

    void Direction(Given parameter)
    {
        var (name, tangent) = (parameter.Name, Plain(parameter) + "Tangent");
        var isOut = parameter.IsWritten && IsShared;
        switch (parameter.Form)
        {
            case Form.Scalar:
                Signature.Add($"{(parameter.Way == Way.Ref ? "ref " : "")}{parameter.Type} {tangent}");
                Arguments.Add(tangent);
                break;
            case Form.Parts:
                Signature.Add($"{parameter.Type} {tangent}");
                Arguments.AddRange(parameter.Leaves.Where(leaf => leaf.IsActive).Select(leaf => tangent + leaf.Path));
                break;
            case Form.Vector:
                Signature.Add($"{(isOut ? "Span" : "ReadOnlySpan")}<{parameter.Element}> {tangent}");
                Before.Add($"{Runtime}Arguments.SameLength({tangent}.Length, {name}.Length, nameof({tangent}), nameof({name}));");
                Array(parameter, tangent, isOut);
                break;
            case Form.Matrix:
                Signature.Add($"{parameter.Type} {tangent}");
                Before.Add($"{Runtime}Flat.SameShape({tangent}, {name}, nameof({tangent}), nameof({name}));");
                Array(parameter, tangent, isOut);
                break;
            default:
                Signature.Add($"{parameter.Type} {tangent}");
                Before.Add($"{Runtime}Flat.SameRows({tangent}, {name}, nameof({tangent}), nameof({name}));");
                var rows = Fresh(tangent + "Rows");
                Before.Add($"var {rows} = {Runtime}Flat.Joined({tangent}, {Memory("double")});");
                Arguments.Add(rows);
                if (isOut)
                    After.Insert(0, $"{Runtime}Flat.Part{(parameter.IsSingle ? "" : "<double>")}({rows}, {tangent});");
                break;
        }
    }

    void Array(Given parameter, string tangent, bool isOut)
    {
        var like = parameter with { IsArrayObject = false };
        Watch(tangent, like, isOut);
        Arguments.Add(
            like.IsSingle ? Widened(tangent, like)
            : parameter.IsWritten && !isOut ? Copy(tangent, like)
            : Span(tangent, like)
        );
        if (like.IsSingle && isOut)
            Narrow(tangent, like);
    }

    void Outcome(Result result)
    {
        var tangent = Fresh("tangent");
        Signature.Add($"out {result.Type} {tangent}");
        if (result is { IsTuple: false, Type: "double" or "float" })
        {
            Results.Add(Back(result.Type, tangent));
            return;
        }
        var scalars = result.AreReal.Select((isReal, i) => isReal ? Fresh($"tangent{i + 1}") : "default").ToArray();
        Results.AddRange(scalars.Where(scalar => scalar != "default").Select(scalar => "var " + scalar));
        var lines = new List<string>();
        lines.Add($"{tangent} = {Composed(result.Type, result.IsTuple, Cast(result, scalars), lines)};");
        After.InsertRange(0, lines);
    }
}
