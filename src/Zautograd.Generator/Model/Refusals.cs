// THE TABLE of diagnostics. The documentation and the tests walk it; a number is never given twice.
using System.Reflection;

namespace Zautograd.Generator.Model;

internal static class Refusals
{
    // csharpier-ignore-start
    // where the generated methods go
    public static readonly Refusal NotPartial          = new(1, "The class is not partial", "'{0}' is not partial", "the generated methods become part of it", "Write 'partial class'");
    public static readonly Refusal NotStatic           = new(2, "The method is not static", "'{0}' is an instance method", "an object may hold state that its derivative would have to follow", "Make it static, and hand it what it needs");
    public static readonly Refusal NoBody              = new(3, "The method has no body", "'{0}' has no body", "there is nothing to differentiate", "Give it a body");
    public static readonly Refusal NothingActive       = new(4, "Nothing to differentiate for", "'{0}' has no parameter with a derivative", "each of them is [Constant], or holds no double", "Take a double, or an array or span of doubles");
    public static readonly Refusal NoResult            = new(5, "Nothing to differentiate", "'{0}' has no result with a derivative", "it returns no double and writes to no array or span", "Return a double, or write to a span");
    public static readonly Refusal NestedInGeneric     = new(6, "The class is generic", "'{0}' stands in a generic type", "its type arguments are not known here", "Move the method to a class that is not generic");
    public static readonly Refusal LocalFunctionAsked  = new(7, "A local function is marked", "'{0}' is a local function", "nobody could call its derivative", "Make it a method");
    public static readonly Refusal NameTaken           = new(8, "The name is taken", "'{0}' exists already", "the generated method would have this name", "Rename one of the two");
    public static readonly Refusal BadOrder            = new(9, "The order is not supported", "an order of {0} is not supported", "derivatives are of first or second order", "Write Order = 1 or Order = 2");
    public static readonly Refusal FileLocal           = new(10, "The class is local to its file", "'{0}' is local to its file", "generated methods stand in another file", "Take the modifier 'file' from it");
    public static readonly Refusal OrderOfMany         = new(11, "Second derivatives of many results", "'{0}' does not return one double", "a Hessian is that of one number", "Write Order = 1, or return one double");

    // types
    public static readonly Refusal Type                = new(20, "The type is not supported", "'{0}' is of type '{1}'", "variables are numbers, bools, enums, structs and tuples of them, and arrays and spans of doubles, floats or ints", "Use one of these");
    public static readonly Refusal HalfType            = new(21, "Half is not supported", "'{0}' is a Half", "each operation on halves rounds to 11 bits, and slopes would have none left", "Use float or double");
    public static readonly Refusal LongType            = new(22, "The whole number is not supported here", "'{0}' is of type '{1}'", "arrays, refs and results hold ints, and results longs as well; whole numbers of other types are followed where they are locals, parameters and fields", "Use int there");
    public static readonly Refusal DecimalType         = new(23, "decimal is not supported", "'{0}' is a decimal", "decimals are no binary numbers", "Use double");
    public static readonly Refusal TextType            = new(24, "Texts are not supported", "'{0}' is a {1}", "a text has no derivative", "Keep texts outside of the method");
    public static readonly Refusal ClassType           = new(25, "Objects are not supported", "'{0}' is an object of class '{1}'", "an object on the heap has state that others share", "Use doubles, arrays, tuples or a readonly struct");
    public static readonly Refusal InterfaceType       = new(26, "Interfaces are not supported", "'{0}' is of the interface '{1}'", "which object stands behind it is not known when compiling", "Use an array, a span or a struct");
    public static readonly Refusal DynamicType         = new(27, "dynamic is not supported", "'{0}' is dynamic", "what is called is not known when compiling", "Use double");
    public static readonly Refusal NullableType        = new(28, "Nullable values are not supported", "'{0}' is of type '{1}'", "a value that may be absent has no derivative", "Use a double, and a bool beside it");
    public static readonly Refusal PointerType         = new(29, "Pointers are not supported", "'{0}' is of the pointer type '{1}'", "what a pointer points to is not known when compiling", "Use a span");
    public static readonly Refusal JaggedType          = new(30, "The row of an array of arrays is not supported", "'{0}' is no row that is made once", "the rows lie one behind the other, so each is made once, in the statements behind 'new double[n][]', of a length that is known there", "Make each with 'new double[m]', in a loop over all of them or one by one");
    public static readonly Refusal MutableStruct       = new(31, "The struct is not plain", "'{0}' has the field '{1}'", "a struct is taken apart into its fields, which are numbers, bools or such structs", "Keep other things out of it");
    public static readonly Refusal ListType            = new(32, "Lists are not supported", "'{0}' is of type '{1}'", "a list is an object that grows", "Use an array or a span");
    public static readonly Refusal FixedField          = new(34, "The field cannot be set", "'{0}' has the field '{1}', which generated code cannot set", "a gradient of numbers of several types is made field by field", "Give it a setter or 'init', make it a public field that is not readonly, or let all fields be doubles");
    public static readonly Refusal PrivateField        = new(33, "The field is private", "'{0}' has the field '{1}', which generated code cannot read", "the method takes its argument apart before it calls the derivative", "Make the field public, or take the numbers one by one");

    // calls
    public static readonly Refusal VirtualCall         = new(40, "The call is virtual", "'{0}' is virtual", "which method runs is not known when compiling", "Call a static method");
    public static readonly Refusal NoSource            = new(41, "The method has no source here", "'{0}' is compiled elsewhere", "only methods of this compilation and those of Math and double can be followed", "Write it here");
    public static readonly Refusal Linq                = new(42, "LINQ is not supported", "'{0}' is of LINQ", "it works on sequences of objects", "Write a loop");
    public static readonly Refusal NoSlope             = new(43, "The function has no rule", "'{0}' is not in the table of derivative rules", "its slope is not known", "Write it with functions of the table: {1}");
    public static readonly Refusal DelegateCall        = new(44, "A delegate is called", "'{0}' is a delegate", "what it calls is not known when compiling", "Call a method, or a lambda that stands in the method and is assigned once");
    public static readonly Refusal Recursion           = new(45, "The recursion cannot be followed", "'{0}' calls itself", "it returns an array or takes a function, so it is put in the place of its calls, without end", "Let it write to a span that it is given");
    public static readonly Refusal ReturnsArray        = new(46, "The array comes back too early", "'{0}' returns an array in the middle", "which array the caller gets must not depend on the way taken", "Return it at the end, or write to a span that the method is given");
    public static readonly Refusal InstanceCall        = new(47, "The method belongs to an object", "'{0}' is a method of an object", "an object may hold state that its derivative would have to follow", "Call a static method, or one of a struct");
    public static readonly Refusal Randomness          = new(48, "Random numbers are not supported", "'{0}' gives random numbers", "a derivative must see the numbers that the value saw", "Draw them before, and hand them over as [Constant]");
    public static readonly Refusal Output              = new(49, "Input and output are not supported", "'{0}' reads or writes", "the derivative would do it again", "Do it outside of the method");
    public static readonly Refusal SameArrayTwice      = new(50, "The method changes what it is given", "'{0}' is given the same place twice, and changes it", "what it computes would depend on the order inside", "Give it different variables");
    public static readonly Refusal GenericCall         = new(51, "The generic method is not supported", "'{0}' has type parameters", "only those constrained to numbers of System.Numerics can be followed, with double or float for each of them", "Write it for double, or constrain them");

    // statements
    public static readonly Refusal Syntax              = new(60, "The syntax is not supported", "'{0}' is not supported ({1})", "it is no part of the language that can be differentiated", "Write it with loops, branches and assignments");
    public static readonly Refusal Throw               = new(61, "Exceptions are not supported", "an exception is thrown", "a derivative has no place to throw from", "Check before the call, or return double.NaN");
    public static readonly Refusal Try                 = new(62, "Exceptions are not supported", "an exception is caught", "what happened before it would have to be undone", "Check before");
    public static readonly Refusal Async               = new(63, "async is not supported", "'{0}' is awaited", "a derivative runs at once", "Wait outside of the method");
    public static readonly Refusal Iterator            = new(64, "Iterators are not supported", "values are yielded", "a derivative runs at once", "Write to a span");
    public static readonly Refusal Unsafe              = new(65, "unsafe code is not supported", "memory is reached by address", "what an address points to is not known when compiling", "Use spans");
    public static readonly Refusal Goto                = new(66, "goto is not supported", "'{0}' jumps", "loops and branches only can be run backwards", "Use a loop with break or continue");
    public static readonly Refusal Lock                = new(67, "Locks are not supported", "a lock is taken", "the derivative would take it again", "Lock outside of the method");
    public static readonly Refusal Using               = new(68, "using is not supported", "an object is disposed of", "objects on the heap are no part of the language", "Do it outside of the method");
    public static readonly Refusal ForEach             = new(69, "The sequence is not supported", "foreach runs over '{0}'", "only arrays and spans are of known length", "Use an array or a span");
    public static readonly Refusal SwitchExit          = new(70, "The way out of the switch is not supported", "'{0}' leaves the switch in the middle", "another jump in the same switch leaves the loop around it", "Use if and else");
    public static readonly Refusal ArrayAgain          = new(71, "The array variable is assigned again", "'{0}' becomes another array", "which array it is must not depend on the way taken", "Copy the elements");
    public static readonly Refusal RefLocal            = new(72, "The reference is not supported", "'{0}' is a reference", "a variable with two names cannot be followed", "Use the index");
    public static readonly Refusal Query               = new(73, "Query expressions are not supported", "a query is run", "it works on sequences of objects", "Write a loop");
    public static readonly Refusal DerivativeOfArrays  = new(74, "The derivative cannot be called here", "'{0}' is a derivative of a method of arrays, or of more than a number", "within a differentiated method, only derivatives of methods of numbers are followed", "Hand it numbers");
    public static readonly Refusal DerivativeArguments = new(75, "The arguments do not fit the derivative", "'{0}' does not have the arguments of the derivative", "a gradient takes the parameters and gives an out slope for each; a tangent takes tangents after the parameters and gives one out tangent", "Write them all, in this order, without names");
    public static readonly Refusal DerivativeOfItself  = new(76, "A method's derivative is called in itself", "'{0}' calls its own derivative, itself or by way of others", "the derivative would never end", "Split the method in two");

    // expressions
    public static readonly Refusal Checked             = new(80, "Checked arithmetic is not supported", "'{0}' is checked for overflow", "the derivative program does not check", "Take it out of 'checked'");
    public static readonly Refusal Conversion          = new(81, "The conversion is not supported", "'{0}' becomes '{1}'", "it is cut or rounded in a way that the derivative program does not know", "Go by way of int, long or double");
    public static readonly Refusal Operator            = new(82, "The operator is not supported", "'{0}' is not supported for '{1}'", "it has no slope in the table of derivative rules", "Write it with + - * / and the functions of Math");
    public static readonly Refusal MutableField        = new(83, "The field may change", "'{0}' is a field that may change", "a derivative must see the value that was seen", "Make it const or static readonly, or a parameter");
    public static readonly Refusal Property            = new(84, "The property is not supported", "'{0}' is a property without source here", "what it computes is not known", "Hand its value over as a parameter");
    public static readonly Refusal NewObject           = new(85, "Objects are not created", "'{0}' is created", "objects on the heap are no part of the language", "Use a struct, a tuple or an array");
    public static readonly Refusal BitOperator         = new(86, "Quotients of ulongs are not supported", "'{0}' of ulongs", "the derivative program divides signed numbers", "Use long, or shift by a power of two");
    public static readonly Refusal Pattern             = new(88, "The pattern is not supported", "the pattern '{0}'", "patterns are constants, comparisons, and, or, not, and discards", "Use if and comparisons");
    public static readonly Refusal NoDiscardArm        = new(89, "The switch expression may fail", "no arm takes all that is left", "a derivative does not throw", "Add an arm '_ => ...'");
    public static readonly Refusal NullValue           = new(90, "null is not supported", "'{0}' may be null", "a value that may be absent has no derivative", "Check before the call");
    public static readonly Refusal Reflection          = new(91, "Types are not asked for", "'{0}' asks for a type", "a derivative follows numbers only", "Do it outside of the method");
    public static readonly Refusal CannotDifferentiate = new(95, "The method cannot be differentiated", "'{0}' cannot be differentiated", "{1}", "Rewrite it as said");
    public static readonly Refusal Internal            = new(96, "The generator failed", "the generator failed at '{0}'", "{1}", "This is a fault of Zautograd: report it with this method");
    public static readonly Refusal TooDeep             = new(97, "The expression is too deep", "'{0}...' is nested too deep", "it would be read by a recursion without end", "Use locals");
    public static readonly Refusal LengthAtTop         = new(98, "The array cannot be followed", "'{0}' is an array", "it is not known which array that is", "Declare it with 'new double[n]' or as a span of a parameter");
    public static readonly Refusal Square              = new(100, "A square is written as a power", "'{0}' is a square", "the derivative program multiplies, whose last digit may differ from that of Math.Pow", "Write x * x", IsWarning: true);
    public static readonly Refusal Cut                 = new(101, "The cast cuts the derivative off", "'{0}' becomes an int", "a whole number does not follow small changes, so the derivative does not pass through it", "Mark what it is made of as [Constant], or compute with doubles", IsWarning: true);

    // users' own rules
    public static readonly Refusal RuleForNothing      = new(110, "The rule is for no method", "'{0}' has no static method '{1}' with these parameters", "a rule takes the parameters of its method, with gradients behind them if it writes them", "Give it the same parameters, or name the type, too");
    public static readonly Refusal RuleShape           = new(111, "The rule does not give the slopes", "'{0}' does not give the slopes of '{1}'", "each double that is not [Constant] has one; a static method returns them, or writes them to out doubles and Spans behind its parameters", "Write '{2}'");
    public static readonly Refusal RuleResult          = new(112, "The method cannot have a rule", "'{0}' does not return one double, or is generic", "a rule gives the slopes of one number", "Write a rule for a method that returns a double");
    public static readonly Refusal RuleParameter       = new(113, "The parameter cannot have a rule", "'{0}' is of type '{1}'", "a method with a rule is called as it is, with doubles, ints, bools and ReadOnlySpans of doubles or ints", "Use one of these");
    public static readonly Refusal RuleUnreachable     = new(114, "The method cannot be reached", "'{0}' is private", "generated code calls it, in another class", "Make it internal");
    public static readonly Refusal RuleTwice           = new(115, "A method has two rules", "'{0}' has a rule already, '{1}'", "one of them would be forgotten", "Remove one");
    public static readonly Refusal RuleOfFirstOrder    = new(116, "The rule is of first order", "the slopes of '{0}' come from '{1}', which cannot be differentiated itself", "its source is not here or cannot be followed, and it has no rule of its own", "Write a rule for the slopes, or ask for first derivatives only");
    public static readonly Refusal RuleConstant        = new(117, "The rule takes it for constant", "'{0}' is [Constant] for '{1}', but depends on what is differentiated", "its slope would be missing", "Let the rule give it a slope, or hand over a constant");
    public static readonly Refusal RuleReadsField      = new(118, "The rule reads a field", "'{0}' reads '{1}'", "a rule that writes gradients sees nothing but its parameters", "Hand it over as a parameter");
    // csharpier-ignore-end

    /// <summary>Whether a row speaks of the type of a variable or a value.</summary>
    public static bool IsOfType(Refusal row) => row.Number is >= 20 and < 40 || row == Conversion || row == LengthAtTop;

    /// <summary>Every row, by its number.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
    [
        .. typeof(Refusals)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null))
            .OfType<Refusal>()
            .OrderBy(row => row.Number),
    ];
}
