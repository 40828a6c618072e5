// Local arrays of arrays: all rows lie in one array, and another one says where each begins. That takes rows that are made once each, of
// lengths that are known where the whole is declared.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Zautograd.Generator.Model;
using Zautograd.Programs;

namespace Zautograd.Generator.Reader;

using Kind = Zautograd.Programs.Type;
using Term = Zautograd.Programs.Term;

internal sealed partial class MethodReader
{
    /// <summary>Assignments rows[i] = new double[n] for which there is room already.</summary>
    readonly HashSet<IOperation> rowsMade = [];

    /// <summary>A row that is made: how long it is, and what it is filled with.</summary>
    static (IOperation? Length, ImmutableArray<IOperation> Items)? Made(IOperation row) =>
        Plain(row) switch
        {
            IArrayCreationOperation { DimensionSizes: [var length], Initializer: null } => (length, []),
            IArrayCreationOperation { DimensionSizes: [var length], Initializer.ElementValues: var items } => (length, items),
            ICollectionExpressionOperation { Elements: var items } when !items.Any(item => item is ISpreadOperation) => (null, items),
            _ => null,
        };

    static IOperation Plain(IOperation operation) =>
        operation is IConversionOperation { OperatorMethod: null } conversion ? Plain(conversion.Operand) : operation;

    Term LengthOf((IOperation? Length, ImmutableArray<IOperation> Items) made) =>
        made.Length is { } length && ReadScalar(length) is { Kind.IsInt: true } known ? known.Term : Terms.Whole(made.Items.Length);

    /// <summary>new double[][] { ... }, whose rows are made on the spot.</summary>
    View NewRows(ArrayShape shape, ImmutableArray<IOperation> rows, IOperation at)
    {
        var name = arrayName;
        arrayName = null;
        var made = rows.Select(row => Made(row) ?? throw NotOnce(row)).ToArray();
        var lengths = made.Select(row => code.Atom(LengthOf(row), Kind.Int, "length")).ToArray();
        var view = Rows(
            name,
            shape,
            Terms.Whole(rows.Length),
            starts =>
            {
                for (int i = 0; i < lengths.Length; i++)
                    Begin(starts, Terms.Whole(i), lengths[i]);
            }
        );
        for (int i = 0; i < made.Length; i++)
            FillRow(view, Terms.Whole(i), made[i].Items);
        return view;
    }

    void FillRow(View view, Term index, ImmutableArray<IOperation> items)
    {
        if (items.IsEmpty)
            return;
        var row = Row(view, index);
        for (int i = 0; i < items.Length; i++)
            Store(At(row, [Terms.Whole(i)]), Read(items[i]), items[i].Syntax);
    }

    /// <summary>All rows in one array, which is as long as they are together: that is known without adding up where they are of one length.</summary>
    View Rows(string? name, ArrayShape shape, Term count, Action<string> begin, Term? each = null)
    {
        Require(Terms.LessOrEqual(Terms.Zero, count));
        var all = code.Fresh(name ?? "rows");
        var starts = code.Fresh(all + "_starts");
        code.Add(Statement.NewDeclareArray(starts, Kind.Ints, Terms.Plus(count, Terms.One)));
        begin(starts);
        var total = Terms.Times(
            each is null ? Term.NewElement(starts, count) : Terms.Times(count, each),
            Terms.Whole(((ArrayShape)shape.Element).Element.Width)
        );
        code.Add(Statement.NewDeclareArray(all, shape.Store, total));
        return new View(all, shape, Terms.Zero, [count], IsRoot: true, starts);
    }

    void Begin(string starts, Term index, Term length)
    {
        Require(Terms.LessOrEqual(Terms.Zero, length));
        code.Add(Statement.NewStore(starts, Terms.Plus(index, Terms.One), Terms.Plus(Term.NewElement(starts, index), length)));
    }

    /// <summary>var rows = new double[n][], the rows of which are made in the statements behind it: one by one, or in a loop over all.</summary>
    View EmptyRows(ILocalSymbol local, ArrayShape shape, IArrayCreationOperation creation)
    {
        var group = creation.Ancestors().First(around => around is IVariableDeclarationGroupOperation or IForLoopOperation);
        if (group.Parent is not IBlockOperation block)
            throw NotOnce(creation);
        var after = block.Operations.SkipWhile(operation => operation != group).Skip(1).ToArray();
        var made = block
            .Descendants()
            .OfType<ISimpleAssignmentOperation>()
            .Where(assignment => assignment.Target is IArrayElementReferenceOperation element && Is(element.ArrayReference, local))
            .ToArray();
        if (made.FirstOrDefault(assignment => Made(assignment.Value) is null) is { } other)
            throw NotOnce(other);
        if (made.Length == 0 || ReadScalar(creation.DimensionSizes[0]) is not { Kind.IsInt: true } size)
            throw NotOnce(creation);
        var count = code.Atom(size.Term, Kind.Int, "count");
        rowsMade.UnionWith(made);
        var loop = after.OfType<IForLoopOperation>().FirstOrDefault(loop => made[0].Ancestors().Contains(loop));
        return loop is null ? RowsOneByOne(local, shape, creation, count, made, after)
            : made.Length > 1 ? throw NotOnce(made[1])
            : RowsInLoop(local, shape, creation, count, made[0], loop, after);
    }

    static RefusedException NotOnce(IOperation at) => Refuse(at, Refusals.JaggedType, Text(at));

    static bool Is(IOperation operation, ISymbol local) =>
        operation is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local);

    static IOperation IndexOf(ISimpleAssignmentOperation row) => ((IArrayElementReferenceOperation)row.Target).Indices[0];

    /// <summary>What a length is made of must be the same where the whole is declared as where the row is made.</summary>
    void RequireSteady(ISimpleAssignmentOperation row, IEnumerable<IOperation> between, ISymbol? counter)
    {
        if (Made(row.Value)!.Value.Length is { } length && !IsSteady(length, between, counter))
            throw NotOnce(row);
    }

    View RowsOneByOne(
        ILocalSymbol local,
        ArrayShape shape,
        IOperation creation,
        Term count,
        ISimpleAssignmentOperation[] made,
        IOperation[] after
    )
    {
        var rows = new SortedDictionary<int, ISimpleAssignmentOperation>();
        foreach (var row in made)
        {
            var place = Array.FindIndex(after, statement => IsStatement(statement, row));
            if (place < 0 || IndexOf(row).ConstantValue is not { HasValue: true, Value: int number } || rows.ContainsKey(number))
                throw NotOnce(row);
            RequireSteady(row, after.Take(place), null);
            rows[number] = row;
        }
        if (count is not Term.Whole { Item: var total } || !rows.Keys.SequenceEqual(Enumerable.Range(0, total)))
            throw NotOnce(creation);
        return Rows(
            local.Name,
            shape,
            count,
            starts =>
            {
                foreach (var row in rows)
                    Begin(starts, Terms.Whole(row.Key), LengthOf(Made(row.Value.Value)!.Value));
            }
        );
    }

    static bool IsStatement(IOperation statement, IOperation operation) =>
        statement is IExpressionStatementOperation own && own.Operation == operation;

    View RowsInLoop(
        ILocalSymbol local,
        ArrayShape shape,
        IArrayCreationOperation creation,
        Term count,
        ISimpleAssignmentOperation row,
        IForLoopOperation loop,
        IOperation[] after
    )
    {
        var before = after.TakeWhile(statement => statement != loop).ToArray();
        var body = loop.Body is IBlockOperation inner ? inner.Operations : [loop.Body];
        Term apart(IOperation operation) => Apart(() => ReadTerm(operation)).Read;
        // the loop runs over all rows
        bool isEnd(IOperation end) =>
            end is IPropertyReferenceOperation { Property.Name: "Length", Instance: { } whole } && Is(whole, local)
            || IsSteady(end, before, null) && apart(end).Equals(apart(creation.DimensionSizes[0]));
        if (
            IsCounted(loop, program.AssignedIn(loop.Body))
                is not { Step: 1, Beyond: 0, First.ConstantValue: { HasValue: true, Value: 0 } } counted
            || !body.Any(statement => IsStatement(statement, row))
            || !Is(IndexOf(row), counted.Counter)
            || !isEnd(counted.End)
        )
            throw NotOnce(row);
        RequireSteady(row, [.. before, loop], counted.Counter);
        var length = Made(row.Value)!.Value;
        var isSame = length.Length?.DescendantsAndSelf().Any(part => Is(part, counted.Counter)) != true;
        var each = isSame ? code.Atom(LengthOf(length), Kind.Int, "length") : null;
        return Rows(
            local.Name,
            shape,
            count,
            starts =>
                Loop(
                    counted.Counter.Name,
                    Terms.Zero,
                    count,
                    1,
                    i =>
                    {
                        slots[counted.Counter] = new FixedSlot(new Scalar(i, Kind.Int));
                        Begin(starts, i, each ?? LengthOf(length));
                        slots.Remove(counted.Counter);
                    }
                ),
            each
        );
    }

    /// <summary>Whether an int is the same before these statements as behind them: nothing that it reads is assigned there.</summary>
    bool IsSteady(IOperation length, IEnumerable<IOperation> statements, ISymbol? counter)
    {
        var between = statements.ToArray();
        var assigned = new HashSet<ISymbol>(between.SelectMany(program.AssignedIn), SymbolEqualityComparer.Default);
        var declared = new HashSet<ISymbol>(
            between
                .SelectMany(statement => statement.DescendantsAndSelf())
                .OfType<IVariableDeclaratorOperation>()
                .Select(own => own.Symbol),
            SymbolEqualityComparer.Default
        );
        foreach (var part in length.DescendantsAndSelf())
        {
            ISymbol? symbol = part switch
            {
                ILocalReferenceOperation local => local.Local,
                IParameterReferenceOperation parameter => parameter.Parameter,
                _ => null,
            };
            var isKnown = symbol is null
                ? part
                    is ILiteralOperation
                        or IBinaryOperation { OperatorMethod: null }
                        or IUnaryOperation { OperatorMethod: null }
                        or IConversionOperation { OperatorMethod: null }
                        or IParenthesizedOperation
                        or IFieldReferenceOperation { Field: { IsConst: true } or { IsStatic: true, IsReadOnly: true } }
                        or IPropertyReferenceOperation { Property.Name: "Length" }
                : SymbolEqualityComparer.Default.Equals(symbol, counter) || !assigned.Contains(symbol) && !declared.Contains(symbol);
            if (!isKnown)
                return false;
        }
        return true;
    }

    /// <summary>A row that is made where there is room for it: it begins as zeros, and gets what it is filled with.</summary>
    Value RowMade(ISimpleAssignmentOperation assignment)
    {
        var element = (IArrayElementReferenceOperation)assignment.Target;
        FillRow(ReadView(element.ArrayReference), ReadTerm(element.Indices[0]), Made(assignment.Value)!.Value.Items);
        return Nothing.Instance;
    }
}

internal static class Operations
{
    /// <summary>What an operation stands in, the nearest first.</summary>
    public static IEnumerable<IOperation> Ancestors(this IOperation operation)
    {
        for (var around = operation.Parent; around is not null; around = around.Parent)
            yield return around;
    }
}
