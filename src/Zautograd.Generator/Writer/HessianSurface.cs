// LossHessianVector: the Hessian times a direction, as the tangent of the adjoint.
using Zautograd.Generator.Model;

namespace Zautograd.Generator.Writer;

using Program = Zautograd.Programs.Program;

internal sealed class HessianSurface(MethodModel method, Program program) : Surface(method, program)
{
    protected override string Suffix => "HessianVector";

    protected override string Summary => $"The value of {Method.Display}, and its Hessian times a direction; the inputs stay as they are.";

    protected override string Returns => Method.Result!.Type;

    protected override string Callee => Derivatives.TangentOf(Derivatives.AdjointOf(Method.Program.Functions.Head.Name));

    protected override void Prepare()
    {
        foreach (var parameter in Method.Parameters)
        {
            Signature.Add($"{parameter.Type} {parameter.Name}");
            Pass(parameter, shared: false);
        }
        PassGlobals();
        var active = Method.Parameters.Where(parameter => parameter.IsActive).ToArray();
        var arrays = active.Where(parameter => parameter.Form is Form.Vector or Form.Matrix or Form.Rows).ToArray();
        // the gradient is worked out, too
        foreach (var parameter in arrays)
        {
            var gradient = Fresh(Plain(parameter) + "Gradient");
            Before.Add($"var {gradient} = {Memory("double")}.Zeros({Length(parameter)});");
            Arguments.Add(gradient);
        }
        Arguments.Add("1.0");
        foreach (var parameter in active)
            Direction(parameter);
        foreach (var parameter in arrays)
            Product(parameter);
        Arguments.Add("0.0");

        ReturnValue();
        var scalars = active.SelectMany(parameter => parameter.Leaves.Where(leaf => leaf is { IsActive: true, IsArray: false })).Count();
        Results.AddRange(Enumerable.Repeat("_", scalars + 1));
        foreach (var parameter in active)
            if (parameter.Form == Form.Scalar)
            {
                Signature.Add($"out {parameter.Type} {Plain(parameter)}Product");
                Results.Add(Back(parameter.Type, $"{Plain(parameter)}Product"));
            }
            else if (parameter.Form == Form.Parts)
                OfParts(parameter);
        Docs.Add("<remarks>A direction has the place of its parameter, and so has its product, which is overwritten.</remarks>");
    }

    static string Length(Given parameter) =>
        parameter.Form == Form.Rows ? $"{Plain(parameter)}Rows.Length"
        : parameter.Width > 1 ? $"{parameter.Width} * {parameter.Name}.Length"
        : $"{parameter.Name}.Length";

    void Direction(Given parameter)
    {
        var (name, direction) = (parameter.Name, Plain(parameter) + "Direction");
        var like = parameter with { IsArrayObject = false };
        switch (parameter.Form)
        {
            case Form.Scalar:
                Signature.Add($"{parameter.Type} {direction}");
                Arguments.Add(direction);
                break;
            case Form.Parts:
                Signature.Add($"{parameter.Type} {direction}");
                Arguments.AddRange(parameter.Leaves.Where(leaf => leaf.IsActive).Select(leaf => direction + leaf.Path));
                break;
            case Form.Rows:
                Signature.Add($"{parameter.Type} {direction}");
                Before.Add($"{Runtime}Flat.SameRows({direction}, {name}, nameof({direction}), nameof({name}));");
                Before.Add($"var {direction}Rows = {Runtime}Flat.Joined({direction}, {Memory("double")});");
                Arguments.Add($"{direction}Rows");
                break;
            default:
                Signature.Add($"{(parameter.Form == Form.Vector ? $"ReadOnlySpan<{parameter.Element}>" : parameter.Type)} {direction}");
                Before.Add(Same(parameter, direction));
                Watch(direction, like, isWritten: false);
                Arguments.Add(
                    like.IsSingle ? Widened(direction, like)
                    : parameter.IsWritten ? Copy(direction, like)
                    : Span(direction, like)
                );
                break;
        }
    }

    static string Same(Given parameter, string other) =>
        parameter.Form == Form.Vector
            ? $"{Runtime}Arguments.SameLength({other}.Length, {parameter.Name}.Length, nameof({other}), nameof({parameter.Name}));"
            : $"{Runtime}Flat.SameShape({other}, {parameter.Name}, nameof({other}), nameof({parameter.Name}));";

    void Product(Given parameter)
    {
        var product = Plain(parameter) + "Product";
        var like = parameter with { IsArrayObject = false };
        if (parameter.Form == Form.Rows)
        {
            Signature.Add($"{parameter.Type} {product}");
            Before.Add($"{Runtime}Flat.SameRows({product}, {parameter.Name}, nameof({product}), nameof({parameter.Name}));");
            Before.Add($"var {product}Rows = {Memory("double")}.Zeros({Length(parameter)});");
            Arguments.Add($"{product}Rows");
            After.Add($"{Runtime}Flat.Part{(parameter.IsSingle ? "" : "<double>")}({product}Rows, {product});");
            return;
        }
        Signature.Add($"{(parameter.Form == Form.Vector ? $"Span<{parameter.Element}>" : parameter.Type)} {product}");
        Before.Add(Same(parameter, product));
        Watch(product, like, isWritten: true);
        if (like.IsSingle)
        {
            Arguments.Add(WideZeros(product, like));
            Narrow(product, like);
            return;
        }
        Before.Add(Zeroed(product, parameter));
        Arguments.Add(Span(product, like));
    }

    void OfParts(Given parameter)
    {
        var product = Plain(parameter) + "Product";
        Signature.Add($"out {parameter.Type} {product}");
        var scalars = parameter.Leaves.Select((leaf, i) => leaf.IsActive ? Fresh($"{product}{i + 1}") : "default").ToArray();
        Results.AddRange(scalars.Where(scalar => scalar != "default").Select(scalar => "var " + scalar));
        var lines = new List<string>();
        lines.Add($"{product} = {Composed(parameter, Cast(parameter, scalars), lines)};");
        After.InsertRange(0, lines);
    }
}
