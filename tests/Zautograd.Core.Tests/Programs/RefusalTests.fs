/// What is not supported is refused by name: by the checker, by a transformation or by the interpreter, never mis-differentiated.
module Zautograd.Tests.Programs.RefusalTests

open Xunit
open Zautograd
open Zautograd.Programs
open Zautograd.Programs.Interpret
open Zautograd.Tests.Programs.Dsl

let private s = num 0.0
let private body statements = single [ x "x" ] 1 (statements @ [ ret [ v "x" ] ])
let private callee parameters results statements = func "g" parameters results statements
let private calling g statements = program [ g; func "f" [ xs "p"; io "q"; x "x" ] [ Real ] (statements @ [ ret [ v "x" ] ]) ]
let private void' parameters = callee parameters [] []
let private real1 = callee [ x "a" ] [ Real ] [ ret [ v "a" ] ]

/// What is wrong, the program, a part of the message.
let private illFormed: (string * Program * string) list =
    [
        "a name that nobody declared", body [ dec "t" (v "missing") ], "'missing' is not declared here"
        "a local of another block", body [ when' (v "x" <. s) [ dec "t" s ]; dec "u" (v "t") ], "'t' is not declared here"
        "a variable in its own declaration", body [ dec "t" (v "t") ], "'t' is not declared here"
        "two declarations in one scope", body [ dec "t" s; dec "t" s ], "'t' is declared already"
        "a declaration that hides another", body [ dec "t" s; upTo "i" 2 [ dec "t" s ] ], "'t' is declared already"
        "a local named as a parameter", body [ dec "x" s ], "'x' is declared already"
        "two parameters of one name", single [ x "x"; x "x" ] 1 [ ret [ v "x" ] ], "'x' is declared already"
        "a loop counter named as a local", body [ deci "i" (whole 0); upTo "i" 2 [] ], "'i' is declared already"
        "an int for a real", body [ Declare("t", Real, Whole 1) ], "'1' is an int, where a real is wanted"
        "a real for an int", body [ Declare("t", Int, Number 1.5) ], "'1.5' is a real, where an int is wanted"
        "a bool for a real", body [ Declare("t", Real, Truth true) ], "'true' is a bool, where a real is wanted"
        "an int added to a real", body [ dec "t" (v "x" + R(Whole 1)) ], "write real(...) round it"
        "a real assigned to an int", body [ deci "k" (whole 0); Assign("k", Number 1.0) ], "where an int is wanted"
        "a real as an index", single [ xs "x" ] 1 [ ret [ R(Element("x", Number 1.0)) ] ], "where an int is wanted"
        "a real as a bound", body [ For("i", Number 0.0, Whole 3, 1, []) ], "where an int is wanted"
        "an int as a condition", body [ If(Whole 1, [], []) ], "where a bool is wanted"
        "a real compared with an int", body [ decb "b" (B(Compare(Less, Variable "x", Whole 1))) ], "is compared with"
        "bools compared", body [ decb "b" (B(Compare(Equal, Truth true, Truth false))) ], "bools are compared"
        "branches of two types", body [ Declare("t", Real, Choose(Truth true, Number 1.0, Whole 1)) ], "the other an int"
        "real(...) of a real", body [ Declare("t", Real, ToReal(Variable "x")) ], "where an int is wanted"
        "int(...) of an int", body [ Declare("t", Int, ToInt(Whole 1)) ], "where a real is wanted"
        "an operation with too few arguments",
        body [ dec "t" (R(Formula(Mul, [ Variable "x" ]))) ],
        "mul takes 2 argument(s), but 1 were given"
        "an array as a scalar", single [ xs "x" ] 1 [ ret [ v "x" ] ], "where a scalar is wanted"
        "a scalar with an index", body [ dec "t" (at "x" (whole 0)) ], "'x' is a real, not an array"
        "the length of a scalar", body [ deci "k" (len "x") ], "not an array"
        "an array assigned as a whole", single [ io "x"; xs "y" ] 0 [ Assign("x", Number 0.0); Return [] ], "cannot be assigned as a whole"
        "an array declared by a value", body [ Declare("t", Reals, Number 0.0) ], "has no value as a whole"
        "a scalar declared by a length", body [ DeclareArray("t", Real, Whole 1) ], "has no length"
        "a parameter assigned", body [ set "x" s ], "is a parameter that is only read"
        "an array that is only read, stored to", single [ xs "x" ] 0 [ put "x" (whole 0) s; Return [] ], "is a parameter that is only read"
        "a loop counter assigned", body [ upTo "i" 3 [ seti "i" (whole 5) ] ], "'i' counts a loop and is not assigned"
        "a loop counter received from a call",
        calling (callee [] [ Int ] [ Return [ Whole 1 ] ]) [ upTo "i" 3 [ Call([ "i" ], "g", []) ] ],
        "counts a loop"
        "a scalar parameter that is changed for the caller",
        single [ { x "x" with Flow = InOut } ] 0 [ Return [] ],
        "a scalar that would be changed for the caller"
        "an increment by itself", body [ dec "t" s; inc "t" (v "t") ], "'t' is increased by a term that reads it"
        "an array element increased by the array",
        single [ io "x" ] 0 [ acc "x" (whole 0) (at "x" (whole 1)); Return [] ],
        "increased by a term that reads it"
        "a bool increased", body [ decb "b" (B(Truth true)); Increment("b", Truth true) ], "'b' is a bool, and is not incremented"
        "a loop that steps by 0", body [ loopBy 0 "i" (whole 0) (whole 3) [] ], "the step of the loop is 0"
        "a break outside of a loop", body [ Break ], "there is no loop around it"
        "a continue outside of a loop", body [ when' (v "x" <. s) [ Continue ] ], "there is no loop around it"
        "a path without a return", single [ x "x" ] 1 [ when' (v "x" <. s) [ ret [ v "x" ] ] ], "a path ends without a return"
        "a loop as the only return", single [ x "x" ] 1 [ upTo "i" 1 [ ret [ v "x" ] ] ], "a path ends without a return"
        "too many values returned", single [ x "x" ] 1 [ ret [ v "x"; v "x" ] ], "2 value(s) are returned, but 1 are promised"
        "an int returned for a real", single [ x "x" ] 1 [ Return [ Whole 1 ] ], "where a real is wanted"
        "an array as a result", program [ func "f" [ xs "x" ] [ Reals ] [ Return [ Variable "x" ] ] ], "a result is an array of reals"
        "a function that is not there", body [ Call([], "g", []) ], "there is no function 'g'"
        "two functions of one name", program [ real1; real1 ], "2 functions have this name"
        "a call with too few arguments", calling real1 [ dec "t" s; Call([ "t" ], "g", []) ], "'g' takes 1 argument(s), but 0 were given"
        "a call with an array for a scalar", calling real1 [ dec "t" s; Call([ "t" ], "g", [ Variable "p" ]) ], "where a scalar is wanted"
        "a call with a scalar for an array",
        calling (void' [ xs "a" ]) [ Call([], "g", [ Variable "x" ]) ],
        "but the parameter 'a' is an array of reals"
        "a call with a term for an array", calling (void' [ xs "a" ]) [ Call([], "g", [ Number 1.0 ]) ], "pass an array by its name"
        "a call with reals for ints",
        calling (void' [ ints "a" ]) [ Call([], "g", [ Variable "p" ]) ],
        "but the parameter 'a' is an array of ints"
        "an array that is only read, changed by a call",
        calling (void' [ io "a" ]) [ Call([], "g", [ Variable "p" ]) ],
        "is a parameter that is only read"
        "results that nobody declared", calling real1 [ Call([ "t" ], "g", [ Variable "x" ]) ], "'t' is not declared here"
        "too few results received", calling real1 [ Call([], "g", [ Variable "x" ]) ], "'g' returns 1 value(s), but 0 are received"
        "a real received as an int", calling real1 [ deci "k" (whole 0); Call([ "k" ], "g", [ Variable "x" ]) ], "but 'k' is an int"
        "two results for one variable",
        calling (callee [] [ Real; Real ] [ ret [ s; s ] ]) [ dec "t" s; Call([ "t"; "t" ], "g", []) ],
        "received by the same variable"
        "an array twice, changed in one place",
        calling (void' [ xs "a"; io "b" ]) [ Call([], "g", [ Variable "q"; Variable "q" ]) ],
        "'g' gets the array 'q' more than once, and changes it"
        "an array twice, changed in both",
        calling (void' [ io "a"; io "b" ]) [ Call([], "g", [ Variable "q"; Variable "q" ]) ],
        "more than once, and changes it"
        "a stack of two types", body [ Push("s", Real, Number 1.0); Push("s", Int, Whole 1) ], "holds a real elsewhere and an int here"
        "a push of another type", body [ Push("s", Real, Whole 1) ], "where a real is wanted"
        "a pop into another type",
        body [ deci "k" (whole 0); Push("s", Real, Number 1.0); Pop("s", Real, "k") ],
        "a real is popped into 'k', which is an int"
        "a stack of arrays", body [ Push("s", Reals, Number 1.0) ], "would hold an array of reals"
        "a stack named as a variable", body [ dec "t" s; Push("t", Real, Number 1.0) ], "is a stack and a variable"
    ]

/// Well-formed, but not to be differentiated.
let private unsupported: (string * Program * string) list =
    let constant = callee [ fixedReal "c" ] [ Real ] [ ret [ sq (v "c") ] ]
    let workspace = { io "w" with Active = false }
    let unknownLength = [ deci "k" (whole 1); upTo "i" 3 [ arr "t" (n "k"); seti "k" (n "k" + 1); put "t" (whole 0) (v "x") ] ]

    [
        "a constant that is not a number", body [ dec "t" (v "x" * num nan) ], "a constant in 'f' is not a number"
        "an array in a loop, of a length known only there", body unknownLength, "declare it at the top"
        "an array in a branch, as long as an element says",
        single [ x "x"; work "k" ] 1 [ puti "k" (whole 0) (whole 2); when' (v "x" <. s) [ arr "t" (iat "k" (whole 0)) ]; ret [ v "x" ] ],
        "declare it at the top"
        "an active value for a constant parameter",
        calling constant [ dec "t" s; Call([ "t" ], "g", [ Formula(Sin, [ Variable "x" ]) ]) ],
        "'c' of 'g' is constant, but 'f' gives it sin(x)"
        "an active array for a constant parameter",
        calling (void' [ fixedReals "c" ]) [ Call([], "g", [ Variable "p" ]) ],
        "'c' of 'g' is constant, but 'f' gives it p"
        "an active value kept in a constant array",
        single [ x "x"; workspace ] 1 [ put "w" (whole 0) (sq (v "x")); ret [ at "w" (whole 0) ] ],
        "'w' of 'f' is constant, but what is stored in it depends"
        "a function that is called as the tangent would be",
        program
            [
                func "f" [ x "x" ] [ Real ] [ ret [ v "x" ] ]
                func "fTangent" [ x "x" ] [ Real ] [ ret [ v "x" ] ]
                func "fAdjoint" [ x "x" ] [ Real ] [ ret [ v "x" ] ]
            ],
        "rename that"
    ]

/// Well-formed, but wrong for these arguments.
let private failing: (string * Program * Item list * string) list =
    let array = [ RealArray [| 1.0; 2.0 |] ]
    let endless = single [ x "x" ] 1 [ dec "t" (v "x"); whilst (B(Truth true)) [ set "t" (v "t") ]; ret [ v "t" ] ]
    let deep = program [ func "f" [ x "x" ] [ Real ] [ dec "t" s; Call([ "t" ], "f", [ Variable "x" ]); ret [ v "t" ] ] ]

    [
        "an index beyond the end",
        single [ xs "x" ] 1 [ ret [ at "x" (whole 2) ] ],
        array,
        "index 2 is outside of 'x', which has 2 elements"
        "an index before the start", single [ xs "x" ] 1 [ ret [ at "x" (whole -1) ] ], array, "index -1 is outside of 'x'"
        "a store beyond the end", single [ io "x" ] 0 [ put "x" (whole 2) s; Return [] ], array, "index 2 is outside of 'x'"
        "an array of negative length", single [ x "x" ] 1 [ arr "t" (whole -1); ret [ v "x" ] ], [ RealItem 1.0 ], "would have -1 elements"
        "an int divided by 0",
        single [ x "x"; int' "k" ] 1 [ ret [ real (whole 1 / n "k") ] ],
        [ RealItem 1.0; IntItem 0 ],
        "an int is divided by 0"
        "a remainder by 0",
        single [ x "x"; int' "k" ] 1 [ ret [ real (whole 1 % n "k") ] ],
        [ RealItem 1.0; IntItem 0 ],
        "an int is divided by 0"
        "a loop that never ends", endless, [ RealItem 1.0 ], "stopped after"
        "calls that never end", deep, [ RealItem 1.0 ], "nested too deeply"
        "an argument too few", single [ x "x" ] 1 [ ret [ v "x" ] ], [], "'f' takes 1 arguments, but 0 were given"
        "a pop from an empty stack", body [ dec "t" s; Pop("s", Real, "t") ], [ RealItem 1.0 ], "stack 's' is empty"
    ]

[<Fact>]
let ``at least forty things are refused`` () =
    let count = illFormed.Length + unsupported.Length + failing.Length
    if count < 40 then failwith $"only {count}"

let private expect (what: string) (part: string) found =
    if not (List.exists (fun (message: string) -> message.Contains part) found) then
        let shown = String.concat "\n" found
        failwith $"{what}: expected a message with\n{part}\nbut found\n{shown}"

[<Fact>]
let ``ill-formed programs are refused by the checker, and by every transformation`` () =
    for what, program, part in illFormed do
        expect what part (Check.faults program |> List.map string)

        for transform in [ Tangent.transform; Adjoint.transform ] do
            try
                transform program |> ignore
                failwith $"{what}: was transformed"
            with Check.IllFormed message ->
                expect what part [ message ]

[<Fact>]
let ``a refusal says where, what and what to do`` () =
    let fault = Check.faults (body [ dec "t" s; inc "t" (v "t") ]) |> List.exactlyOne

    if string fault <> "f, at 't += t': 't' is increased by a term that reads it; write t = t + ..., or read it into a local first." then
        failwith (string fault)

[<Fact>]
let ``what cannot be differentiated is refused by both transformations`` () =
    for what, program, part in unsupported do
        expect what "" (Check.faults program |> List.map string |> fun faults -> if faults.IsEmpty then [ "" ] else [])

        for transform in [ Tangent.transform; Adjoint.transform ] do
            try
                transform program |> ignore
                failwith $"{what}: was transformed"
            with Scopes.Unsupported message ->
                expect what part [ message ]

[<Fact>]
let ``what goes wrong in a run is refused by the interpreter, and so in the run of the adjoint`` () =
    for what, program, args, part in failing do
        expect what "" (if (Check.faults program).IsEmpty then [ "" ] else [])

        try
            runWithin 1_000_000 program "f" args |> ignore
            failwith $"{what}: ran"
        with ProgramError message ->
            expect what part [ message ]

        if not args.IsEmpty then
            let f = program.TryFind("f").Value
            let seed = Array.create 3 1.0

            try
                runWithin 1_000_000 (Adjoint.transform program) "fAdjoint" (Paths.adjointArguments f args seed) |> ignore
                failwith $"{what}: the adjoint ran"
            with ProgramError message ->
                expect what part [ message ]
