/// Programs in a few letters, for tests: operators over terms, and statements that read like the code they stand for.
module Zautograd.Tests.Programs.Dsl

open Zautograd
open Zautograd.Programs

/// A term of reals.
type R =
    | R of Term

    static member (~-)(R a) = R(Formula(Neg, [ a ]))
    static member (+)(R a, R b) = R(Formula(Add, [ a; b ]))
    static member (-)(R a, R b) = R(Formula(Sub, [ a; b ]))
    static member (*)(R a, R b) = R(Formula(Mul, [ a; b ]))
    static member (/)(R a, R b) = R(Formula(Div, [ a; b ]))
    static member (+)(a: R, b: float) = a + R(Number b)
    static member (-)(a: R, b: float) = a - R(Number b)
    static member (*)(a: R, b: float) = a * R(Number b)
    static member (/)(a: R, b: float) = a / R(Number b)
    static member (+)(a: float, b: R) = R(Number a) + b
    static member (-)(a: float, b: R) = R(Number a) - b
    static member (*)(a: float, b: R) = R(Number a) * b
    static member (/)(a: float, b: R) = R(Number a) / b

/// A term of ints.
type I =
    | I of Term

    static member (+)(I a, I b) = I(Integer(Plus, a, b))
    static member (-)(I a, I b) = I(Integer(Minus, a, b))
    static member (*)(I a, I b) = I(Integer(Times, a, b))
    static member (/)(I a, I b) = I(Integer(Quotient, a, b))
    static member (%)(I a, I b) = I(Integer(Remainder, a, b))
    static member (+)(a: I, b: int) = a + I(Whole b)
    static member (-)(a: I, b: int) = a - I(Whole b)
    static member (*)(a: I, b: int) = a * I(Whole b)
    static member (/)(a: I, b: int) = a / I(Whole b)
    static member (%)(a: I, b: int) = a % I(Whole b)

/// A condition.
type B = B of Term

let v name = R(Variable name)
let num x = R(Number x)
let n name = I(Variable name)
let whole k = I(Whole k)
let flag name = B(Variable name)
let at array (I index) = R(Element(array, index))
let iat array (I index) = I(Element(array, index))
let len array = I(Length array)
let real (I a) = R(ToReal a)
let fn1 op (R a) = R(Formula(op, [ a ]))
let fn2 op (R a) (R b) = R(Formula(op, [ a; b ]))
let sqrt', exp', log', sin', cos' = fn1 Sqrt, fn1 Exp, fn1 Log, fn1 Sin, fn1 Cos
let tanh', sigmoid', abs' = fn1 Tanh, fn1 Sigmoid, fn1 Abs
let max', min', pow' = fn2 Max, fn2 Min, fn2 Pow
let sq (a: R) = a * a
let (<.) (R a) (R b) = B(Compare(Less, a, b))
let (<=.) (R a) (R b) = B(Compare(LessOrEqual, a, b))
let (>.) a b = b <. a
let (<!) (I a) (I b) = B(Compare(Less, a, b))
let (<=!) (I a) (I b) = B(Compare(LessOrEqual, a, b))
let (>!) a b = b <! a
let (=!!) (I a) (I b) = B(Compare(Equal, a, b))
let (&&.) (B a) (B b) = B(And(a, b))
let (||.) (B a) (B b) = B(Or(a, b))
let not' (B a) = B(Not a)
let pick (B c) (R a) (R b) = R(Choose(c, a, b))
let ipick (B c) (I a) (I b) = I(Choose(c, a, b))

let dec name (R e) = Declare(name, Real, e)
let deci name (I e) = Declare(name, Int, e)
let decb name (B e) = Declare(name, Bool, e)
let arr name (I length) = DeclareArray(name, Reals, length)
let arri name (I length) = DeclareArray(name, Ints, length)
let set name (R e) = Assign(name, e)
let seti name (I e) = Assign(name, e)
let setb name (B e) = Assign(name, e)
let inc name (R e) = Increment(name, e)
let inci name (I e) = Increment(name, e)
let put array (I i) (R e) = Store(array, i, e)
let puti array (I i) (I e) = Store(array, i, e)
let acc array (I i) (R e) = Accumulate(array, i, e)
let when' (B c) yes = If(c, yes, [])
let ifelse (B c) yes no = If(c, yes, no)
let loop i (I first) (I last) body = For(i, first, last, 1, body)
let loopBy step i (I first) (I last) body = For(i, first, last, step, body)
let upTo i last body = loop i (whole 0) (whole last) body
let over i array body = loop i (whole 0) (len array) body
let whilst (B c) body = While(c, body)
let ret (values: R list) = Return [ for R e in values -> e ]

let private parameter name kind flow active : Parameter = { Name = name; Type = kind; Flow = flow; Active = active }
let x name = parameter name Real In true
let xs name = parameter name Reals In true
let io name = parameter name Reals InOut true
let work name = parameter name Ints InOut false
let fixedReal name = parameter name Real In false
let fixedReals name = parameter name Reals In false
let int' name = parameter name Int In false
let long' name = parameter name Long In false
let bool' name = parameter name Bool In false
let ints name = parameter name Ints In false

let func name parameters results body : Function = { Name = name; Parameters = parameters; Results = results; Body = body }
let program functions = { Functions = functions }

/// One function of reals that returns so many reals.
let single parameters results body = program [ func "f" parameters (List.replicate results Real) body ]
