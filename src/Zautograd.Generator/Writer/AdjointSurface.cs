// LossGradient: the value and the slopes of one number; or LossAdjoint: the slopes of weighted results.
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Writer;

using Program = Zautograd.Programs.Program;

internal sealed class AdjointSurface(MethodModel method, Program program) : Surface(method, program)
{
    protected override string Suffix => Method.IsScalarValued ? "Gradient" : "Adjoint";

    protected override string Summary =>
        Method.IsScalarValued
            ? $"The value of {Method.Display} and its gradient, which is overwritten; the inputs stay as they are."
            : $"The weights of the results of {Method.Display} times its Jacobian: gradients are overwritten, the inputs stay as they are.";

    protected override string Returns => Method.Result?.Type ?? "void";

    protected override string Callee => Derivatives.AdjointOf(Method.Program.Functions.Head.Name);

    // in the order of the parameters that they belong to
    readonly SortedDictionary<int, string> gradients = [];
    readonly List<string> seeds = [];

    protected override void Prepare()
    {
        foreach (var parameter in Method.Parameters)
        {
            Signature.Add($"{(parameter.Way == Way.Out ? "out " : "")}{parameter.Type} {parameter.Name}");
            Pass(parameter, shared: false);
        }
        PassGlobals();
        if (Method.Result is { } result && !Method.IsScalarValued && result.AreReal.Any(isReal => isReal))
            Seed(result);
        // what stands behind the method's own arguments, in the core's order: adjoints of arrays, then seeds
        foreach (var parameter in Method.Parameters)
            if (parameter.IsActive && parameter.Form is Form.Vector or Form.Matrix or Form.Rows)
                OfArray(parameter);
        foreach (var parameter in Method.Parameters)
            if (parameter.Way != Way.In && parameter is { Form: Form.Scalar, IsReal: true })
            {
                Signature.Add($"{parameter.Type} {Plain(parameter)}Seed");
                seeds.Add($"{Plain(parameter)}Seed");
            }
        Arguments.AddRange(Method.IsScalarValued ? ["1.0"] : seeds);
        ReturnValue();
        foreach (var parameter in Method.Parameters)
            if (parameter.Way != Way.In)
                Results.Add(parameter.Way == Way.Out ? Back(parameter.Type, parameter.Name) : "_");
        foreach (var parameter in Method.Parameters)
            if (parameter is { IsActive: true, Form: Form.Scalar } && parameter.Way != Way.Out)
            {
                AddGradient(parameter, $"out {parameter.Type} {Plain(parameter)}Gradient");
                Results.Add(Back(parameter.Type, $"{Plain(parameter)}Gradient"));
            }
            else if (parameter is { IsActive: true, Form: Form.Parts })
                OfParts(parameter);
        Signature.AddRange(gradients.Values);
        Docs.Add(
            "<remarks>A gradient has the place of its parameter; where there is none, the parameter is constant or no double.</remarks>"
        );
    }

    void AddGradient(Given parameter, string declared) => gradients.Add(Method.Parameters.ToList().IndexOf(parameter), declared);

    void Seed(Result result)
    {
        var seed = Fresh("seed");
        Signature.Add($"{result.Type} {seed}");
        for (int i = 0; i < result.AreReal.Count; i++)
            if (result.AreReal[i])
                seeds.Add(
                    result.IsTuple ? $"{seed}.Item{i + 1}"
                    : result.Type is "double" or "float" ? seed
                    : SeedPart(result, seed, i)
                );
    }

    string? seedParts;

    string SeedPart(Result result, string seed, int index)
    {
        if (seedParts is null)
        {
            seedParts = Fresh("seedParts");
            var real = result.AreSingle[index] ? "float" : "double";
            Before.Add($"var {seedParts} = MemoryMarshal.Cast<{result.Type}, {real}>(new ReadOnlySpan<{result.Type}>(in {seed}));");
        }
        return $"{seedParts}[{index}]";
    }

    void OfArray(Given parameter)
    {
        var (name, plain) = (parameter.Name, Plain(parameter));
        var (gradient, seed) = (plain + "Gradient", plain + "Seed");
        var hasSeed = parameter.IsWritten && !Method.IsScalarValued;
        var like = parameter with { IsArrayObject = false };
        void OfFloats()
        {
            Arguments.Add(hasSeed ? Widened(seed, like) : WideZeros(gradient, like));
            After.Insert(0, $"{Runtime}Flat.Narrowed({Wide(hasSeed ? seed : gradient)}, {Span(gradient, like)});");
        }
        if (hasSeed)
            Signature.Add($"{(parameter.Form == Form.Vector ? $"ReadOnlySpan<{parameter.Element}>" : parameter.Type)} {seed}");
        AddGradient(parameter, $"{(parameter.Form == Form.Vector ? $"Span<{parameter.Element}>" : parameter.Type)} {gradient}");
        switch (parameter.Form)
        {
            case Form.Vector:
                Before.Add($"{Runtime}Arguments.SameLength({gradient}.Length, {name}.Length, nameof({gradient}), nameof({name}));");
                if (hasSeed)
                    Before.Add($"{Runtime}Arguments.SameLength({seed}.Length, {name}.Length, nameof({seed}), nameof({name}));");
                if (parameter.IsSingle)
                    OfFloats();
                else
                {
                    Before.Add(hasSeed ? $"{seed}.CopyTo({gradient});" : Zeroed(gradient, parameter));
                    Arguments.Add(Span(gradient, parameter));
                }
                break;
            case Form.Matrix:
                Before.Add($"{Runtime}Flat.SameShape({gradient}, {name}, nameof({gradient}), nameof({name}));");
                if (hasSeed)
                    Before.Add($"{Runtime}Flat.SameShape({seed}, {name}, nameof({seed}), nameof({name}));");
                if (parameter.IsSingle)
                    OfFloats();
                else
                {
                    Before.Add(hasSeed ? $"Array.Copy({seed}, {gradient}, {name}.Length);" : Zeroed(gradient, parameter));
                    Arguments.Add(Span(gradient, parameter));
                }
                break;
            default:
                Before.Add($"{Runtime}Flat.SameRows({gradient}, {name}, nameof({gradient}), nameof({name}));");
                if (hasSeed)
                    Before.Add($"{Runtime}Flat.SameRows({seed}, {name}, nameof({seed}), nameof({name}));");
                var rows = Fresh(gradient + "Rows");
                Before.Add($"var {rows} = {Runtime}Flat.Joined({(hasSeed ? seed : gradient)}, {Memory("double")});");
                if (!hasSeed)
                    Before.Add($"{rows}.Fill(0);");
                Arguments.Add(rows);
                After.Insert(0, $"{Runtime}Flat.Part{(parameter.IsSingle ? "" : "<double>")}({rows}, {gradient});");
                break;
        }
        Watch(gradient, like, isWritten: true);
        if (hasSeed)
            Watch(seed, like, isWritten: false);
    }

    void OfParts(Given parameter)
    {
        var gradient = Plain(parameter) + "Gradient";
        AddGradient(parameter, $"out {parameter.Type} {gradient}");
        var scalars = parameter.Leaves.Select((leaf, i) => leaf.IsActive ? Fresh($"{gradient}{i + 1}") : "default").ToArray();
        Results.AddRange(scalars.Where(scalar => scalar != "default").Select(scalar => "var " + scalar));
        var lines = new List<string>();
        lines.Add($"{gradient} = {Composed(parameter, Cast(parameter, scalars), lines)};");
        After.InsertRange(0, lines);
    }
}
