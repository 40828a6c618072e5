// Expressions: which file of the reader knows each of them.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    const int Deepest = 200;
    int depth;

    Value Read(IOperation operation)
    {
        program.Cancel.ThrowIfCancellationRequested();
        if (++depth > Deepest)
            throw Refuse(operation, Refusals.TooDeep, Text(operation));
        try
        {
            return Constant(operation) switch
            {
                Scalar { Term: Term.Number { Item: double.NaN } } => new Scalar(NaN(operation), Kind.Real),
                { } constant => constant,
                null => Expression(operation),
            };
        }
        finally
        {
            depth--;
        }
    }

    /// <summary>What is not a number comes from outside: in the core's terms it would be no equal of itself.</summary>
    Term NaN(IOperation at) =>
        slots.TryGetValue(program.NaN, out var slot)
            ? ((Scalar)Load(slot)).Term
            : throw Refuse(at, Refusals.CannotDifferentiate, Text(at), "a NaN stands where none was expected");

    public static Value? Constant(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: { } value }
        && operation.Type is { } type
        && Shape.TryOf(type) is ScalarShape shape
            ? value switch
            {
                double number => new Scalar(Terms.Number(number), shape.Kind),
                float number => new Scalar(Terms.Number(number), shape.Kind),
                int number => new Scalar(Terms.Whole(number), shape.Kind),
                long number => new Scalar(Terms.Long(number), shape.Kind),
                uint number => new Scalar(Terms.Long(number), shape.Kind),
                ulong number => new Scalar(Terms.Long(unchecked((long)number)), shape.Kind),
                byte or sbyte or short or ushort => new Scalar(
                    Terms.Whole(System.Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)),
                    shape.Kind
                ),
                bool truth => new Scalar(Term.NewTruth(truth), shape.Kind),
                _ => null,
            }
            : null;

    Value Expression(IOperation operation) =>
        operation switch
        {
            ILocalReferenceOperation { IsDeclaration: true } declared => DeclaredHere(declared.Local, declared),
            ILocalReferenceOperation local => Variable(local.Local, local),
            IParameterReferenceOperation parameter => Variable(parameter.Parameter, parameter),
            IInstanceReferenceOperation instance => Instance(instance),
            IFieldReferenceOperation field => Field(field),
            IPropertyReferenceOperation property => Property(property),
            IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation => Element(operation),
            IParenthesizedOperation inner => Read(inner.Operand),
            IBinaryOperation binary => Binary(binary),
            IUnaryOperation unary => Unary(unary),
            IConversionOperation conversion => Convert(conversion),
            IConditionalOperation { WhenFalse: not null } conditional => Conditional(conditional),
            IIncrementOrDecrementOperation step => Step(step),
            ICompoundAssignmentOperation compound => Compound(compound),
            ISimpleAssignmentOperation assignment => Assign(assignment),
            IDeconstructionAssignmentOperation deconstruction => Deconstruct(deconstruction),
            IDeclarationExpressionOperation declaration => Read(declaration.Expression),
            ITupleOperation tuple => Tuple(tuple),
            IObjectCreationOperation creation => Create(creation),
            IDefaultValueOperation absent => Default(absent),
            IWithOperation with => With(with),
            IInvocationOperation call => Call(call),
            IInvalidOperation unknown => Derivative(unknown),
            IArrayCreationOperation array => NewArray(array),
            ICollectionExpressionOperation collection => Collection(collection),
            IIsPatternOperation pattern => IsPattern(pattern),
            ISwitchExpressionOperation choice => SwitchExpression(choice),
            IDelegateCreationOperation created => Read(created.Target),
            IAnonymousFunctionOperation lambda => new Callable(lambda.Symbol, lambda.Syntax),
            IMethodReferenceOperation method => new Callable(method.Method, null),
            { Syntax: StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax } => StackArray(operation),
            _ => throw Hopeless(operation),
        };

    static RefusedException Hopeless(IOperation operation) =>
        operation switch
        {
            IThrowOperation => Refuse(operation, Refusals.Throw),
            IAwaitOperation await => Refuse(operation, Refusals.Async, Text(await.Operation)),
            ITranslatedQueryOperation => Refuse(operation, Refusals.Query),
            ITypeOfOperation or IIsTypeOperation => Refuse(operation, Refusals.Reflection, Text(operation)),
            IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicIndexerAccessOperation => Refuse(
                operation,
                Refusals.DynamicType,
                Text(operation)
            ),
            ICoalesceOperation or IConditionalAccessOperation or ICoalesceAssignmentOperation => Refuse(
                operation,
                Refusals.NullValue,
                Text(operation)
            ),
            IInterpolatedStringOperation => Refuse(operation, Refusals.TextType, Text(operation), "text"),
            IAddressOfOperation => Refuse(operation, Refusals.Unsafe),
            IAnonymousObjectCreationOperation => Refuse(operation, Refusals.NewObject, Text(operation)),
            ILiteralOperation { ConstantValue: { HasValue: true, Value: null } } => Refuse(operation, Refusals.NullValue, Text(operation)),
            { Type: { } type } when operation is ILiteralOperation => new(
                TypeRefusal.Of(type, Text(operation), operation.Syntax.GetLocation())
            ),
            {
                Syntax: PrefixUnaryExpressionSyntax { RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.PointerIndirectionExpression }
            } => Refuse(operation, Refusals.Unsafe),
            _ => NotSupported(operation),
        };

    Value Variable(ISymbol symbol, IOperation at)
    {
        if (callables.TryGetValue(symbol, out var callable))
            return callable;
        if (slots.TryGetValue(symbol, out var slot))
            return Load(slot);
        RequireKnown(symbol);
        var type = symbol is ILocalSymbol local ? local.Type : ((IParameterSymbol)symbol).Type;
        ShapeOf(type, symbol.Name, at.Syntax.GetLocation());
        throw Refuse(at, Refusals.LengthAtTop, symbol.Name);
    }

    Value DeclaredHere(ILocalSymbol local, IOperation at) =>
        Load(Declare(local, ShapeOf(local.Type, local.Name, at.Syntax.GetLocation()), null, at.Syntax));

    Value Conditional(IConditionalOperation operation) =>
        Choose(operation, ReadTerm(operation.Condition), () => Read(operation.WhenTrue), () => Read(operation.WhenFalse!));

    /// <summary>One of two values: a term where neither takes a statement, else a local that one of two branches assigns.</summary>
    Value Choose(IOperation at, Term condition, Func<Value> whenTrue, Func<Value> whenFalse)
    {
        if (condition is Term.Truth known)
            return known.Item ? whenTrue() : whenFalse();
        var branches = new List<(Code, Value)>();
        Each([whenTrue, whenFalse], read => branches.Add(Apart(read, inside: true)));
        var ((yes, a), (no, b)) = (branches[0], branches[1]);
        if (yes.IsEmpty && no.IsEmpty)
            return Choice(at, a is Scalar ? condition : code.Atom(condition, Kind.Bool, "condition"), a, b);
        var shape = ShapeOf(at.Type!, Text(at), at.Syntax.GetLocation());
        condition = code.Settle(condition, Kind.Bool, "condition");
        var result = Declare(code.Fresh("chosen", changes: true), shape, null, changes: true, at.Syntax);
        Further(yes, () => Store(result, a, at.Syntax));
        Further(no, () => Store(result, b, at.Syntax));
        code.Add(Statement.NewIf(condition, yes.Statements, no.Statements));
        return Load(result);
    }

    static Value Choice(IOperation at, Term condition, Value a, Value b) =>
        (a, b) switch
        {
            (Scalar yes, Scalar no) when yes.Kind.IsBool => new Scalar(BoolChoice(condition, yes.Term, no.Term), Kind.Bool),
            (Scalar yes, Scalar no) => yes with { Term = Terms.Choose(condition, yes.Term, no.Term) },
            (Parts yes, Parts no) => yes with { Items = [.. yes.Items.Zip(no.Items, (p, q) => Choice(at, condition, p, q))] },
            (View yes, View no) when yes.Equals(no) => yes,
            _ => throw Refuse(at, Refusals.ArrayAgain, Text(at)),
        };

    static Term BoolChoice(Term condition, Term yes, Term no) =>
        (yes, no) switch
        {
            (Term.Truth { Item: true }, _) => Terms.Or(condition, no),
            (_, Term.Truth { Item: false }) => Terms.And(condition, yes),
            _ => Terms.Or(Terms.And(condition, yes), Terms.And(Terms.Not(condition), no)),
        };

    Value Tuple(ITupleOperation operation)
    {
        var shape = (PartsShape)ShapeOf(operation.Type!, Text(operation), operation.Syntax.GetLocation());
        return new Parts(shape, [.. InOrder(operation.Elements)]);
    }

    Value Default(IOperation operation) => Zero(ShapeOf(operation.Type!, Text(operation), operation.Syntax.GetLocation()), operation);

    static Value Zero(Shape shape, IOperation at) => Zero(shape, Text(at), at.Syntax.GetLocation());

    public static Value Zero(Shape shape, string name, Location at) =>
        shape switch
        {
            ScalarShape scalar => new Scalar(Terms.Default(scalar.Kind), scalar.Kind),
            PartsShape parts => new Parts(parts, [.. parts.Parts.Select(part => Zero(part, name, at))]),
            _ => throw new RefusedException(Finding.At(at, Refusals.NullValue, name)),
        };
}
