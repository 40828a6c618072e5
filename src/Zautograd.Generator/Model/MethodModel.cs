// What the pipeline passes from the reader to the writer: values, nothing of the compiler.
using Zautograd.Programs;

namespace Zautograd.Generator.Model;

internal enum Form
{
    Scalar,
    Parts,
    Vector,
    Matrix,
    Rows,
}

internal enum Way
{
    In,
    Ref,
    Out,
}

/// <summary>A scalar or an array of the core's function, and what it is in terms of the user's parameter: "p.X" is ".X" behind p.</summary>
/// <remarks>A float is a real that is single; Passed says how it is handed over: "(int){0}" of an enum.</remarks>
internal sealed record Leaf(string Formal, bool IsReal, bool IsSingle, bool IsArray, bool IsActive, string Path, string Passed);

/// <summary>A parameter as the user wrote it.</summary>
internal sealed record Given(
    string Name,
    string Type,
    Form Form,
    Way Way,
    bool IsActive,
    bool IsWritten,
    bool IsArrayObject,
    string Element,
    int Width,
    int Rank,
    bool IsTuple,
    Many<Leaf> Leaves
)
{
    /// <summary>Whether its reals are floats, which are doubles in the code behind.</summary>
    public bool IsSingle => Form == Form.Scalar ? Type == "float" : Leaves.Any(leaf => leaf.IsSingle);

    /// <summary>Whether all its scalars are doubles, or all are floats, and lie in memory as an array of them does.</summary>
    public bool IsUniform => Leaves.All(leaf => leaf.IsReal && leaf.IsSingle == Leaves[0].IsSingle);

    /// <summary>Whether the elements are structs, were it of one number: their memory is that of their numbers.</summary>
    public bool IsOfStructs => Element is not ("double" or "float" or "int");

    public bool IsReal => Form == Form.Scalar ? Type is "float" or "double" : Leaves.Any(leaf => leaf.IsReal);
}

/// <summary>What the method returns: the type, and the scalars in it.</summary>
internal sealed record Result(string Type, bool IsTuple, Many<bool> AreReal, Many<bool> AreSingle);

/// <summary>A static readonly field that the method reads.</summary>
internal sealed record Global(string Expression, Form Form, Many<Leaf> Leaves);

/// <summary>A method to differentiate: where the derivatives go, what they are given, the program, and what users' own rules add to its derivatives.</summary>
internal sealed record MethodModel(
    string Hint,
    string Namespace,
    Many<string> Types,
    string Modifiers,
    string Name,
    string Display,
    Many<Given> Parameters,
    Many<Global> Globals,
    Result? Result,
    bool HasForward,
    bool HasReverse,
    int Order,
    Program Program,
    Program Rules,
    Place? Place
)
{
    /// <summary>A number, whose slopes are a gradient.</summary>
    public bool IsScalarValued =>
        Result is { AreReal: [true], IsTuple: false, Type: "double" or "float" } && Parameters.All(parameter => parameter.Way == Way.In);
}

/// <summary>What was found at one attribute: a method, or each instance of a generic one; or why not.</summary>
internal sealed record Reading(Many<MethodModel> Methods, Many<Finding> Findings);

/// <summary>What is written for a method: a file, or why not.</summary>
internal sealed record Writing(string Hint, string? Text, Many<Finding> Findings);
