/// Elements that are added to, by their place: one look at the index, not one for reading and one for writing.
module internal Zautograd.Programs.CompileSum

open System.Linq.Expressions
open System.Runtime.CompilerServices
open Zautograd

[<AbstractClass; Sealed>]
type private Sum =

    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member Real(element: byref<float>, more: float) : unit = element <- element + more

    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member Int(element: byref<int>, more: int) : unit = element <- element + more

    [<MethodImpl(MethodImplOptions.AggressiveInlining)>]
    static member Less(element: byref<float>, less: float) : unit = element <- element - less

/// The element is so much more.
let add (element: IndexExpression) (more: Linq) : Linq =
    Linq.Call(typeof<Sum>, (if element.Type = typeof<float> then nameof Sum.Real else nameof Sum.Int), null, element, more)

/// The real element is so much less.
let less (element: IndexExpression) (less: Linq) : Linq = Linq.Call(typeof<Sum>, nameof Sum.Less, null, element, less)
