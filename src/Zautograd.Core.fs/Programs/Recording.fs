// What compiled programs record and the arrays they declare: memory that a thread keeps, so that a run in steady state allocates nothing.
namespace Zautograd.Programs

open System
open System.Collections.Generic

/// Stacks that are not in use. A stack is an array, how many values it holds is a local of the code that uses it: a push is a store,
/// a pop is a load, and only where room is short does code come here. What comes back last is given out first: in its next run each
/// stack of a program finds the array that was long enough for it.
[<Sealed>]
type internal Recordings<'T>() =
    let free = Stack<'T[]>()

    member _.Rent() : 'T[] = if free.Count > 0 then free.Pop() else Array.zeroCreate 128

    /// Only an empty stack comes back: what is left on one is a mistake of the program.
    member _.Return(stack: 'T[], left: int, owner: string) =
        if left <> 0 then
            invalidOp $"'{owner}' ended with {left} value(s) on a stack: it pushes more than it pops."

        free.Push stack

    static member private Longer(stack: 'T[], count: int, needed: int64) : 'T[] =
        // as many elements as .NET lets an array have
        let most = 0x7FFFFFC7L

        if needed > most then
            raise (OutOfMemoryException $"A program records {needed} values of one type; a stack holds {most}.")

        let longer = Array.zeroCreate (int (min most (max needed (2L * int64 stack.Length))))
        Array.Copy(stack, longer, count)
        longer

    /// The stack with room for so many values more.
    static member Grow(stack: 'T[], count: int, more: int) : 'T[] = Recordings<'T>.Longer(stack, count, int64 count + int64 more)

    /// The stack with room for what a counted loop pushes, so many values in a round.
    static member Reserve(stack: 'T[], count: int, first: int, last: int, step: int, each: int) : 'T[] =
        let step = int64 step
        let rounds = max 0L ((int64 last - int64 first + step - int64 (sign step)) / step)
        let needed = int64 count + rounds * int64 each
        if needed <= int64 stack.Length then stack else Recordings<'T>.Longer(stack, count, needed)

/// Arrays of one length that are not in use.
[<Sealed>]
type private Shelf<'T>() =
    let mutable arrays: 'T[][] = Array.zeroCreate 4
    let mutable count = 0
    member _.IsEmpty = (count = 0)

    member _.Take() : 'T[] =
        count <- count - 1
        arrays[count]

    member _.Put(array: 'T[]) =
        if count = arrays.Length then
            let more = Array.zeroCreate (2 * count)
            Array.Copy(arrays, more, count)
            arrays <- more

        arrays[count] <- array
        count <- count + 1

/// Arrays that are not in use, by their length.
[<Sealed>]
type internal Arrays<'T>() =
    let short: Shelf<'T>[] = Array.init 64 (fun _ -> Shelf())
    let long = Dictionary<int, Shelf<'T>>()
    let mutable used, most, kept = 0L, 0L, 0L

    let shelf length =
        if length < short.Length then
            short[length]
        else
            match long.TryGetValue length with
            | true, found -> found
            | _ ->
                let made = Shelf()
                long[length] <- made
                made

    /// Zeros in every place. Array.Clear of .NET 10 leaves the upper halves of vector registers in use where it clears less than 1,024
    /// bytes: on Intel's processors every call into the C library costs some 150 ns more from there on, up to the next vzeroupper.
    let blank (array: 'T[]) =
        if array.Length > 128 then
            Array.Clear(array, 0, array.Length)
        else
            for i in 0 .. array.Length - 1 do
                array[i] <- Unchecked.defaultof<'T>

    /// Nothing of it is in use: what an exception left behind is the garbage collector's.
    member _.Start() = used <- 0L

    /// An array of zeros.
    member _.Rent(length: int) : 'T[] =
        if length < 0 then raise (OverflowException $"An array of a program would have {length} elements.")
        used <- used + int64 length
        most <- max most used
        let shelf = shelf length

        if shelf.IsEmpty then
            Array.zeroCreate length
        else
            kept <- kept - int64 length
            let array = shelf.Take()
            blank array
            array

    /// A program that declares an array again, in the next round of a loop, hands in the one that it had.
    member arrays.Renew(array: 'T[] | null, length: int) : 'T[] =
        arrays.Return array
        arrays.Rent length

    /// Kept is four times what was once in use together; beyond that, lengths that nobody asks for any more would pile up.
    member _.Return(array: 'T[] | null) =
        match array with
        | null -> ()
        | array ->
            let length = int64 array.Length
            used <- used - length

            if kept > 4L * most + 65536L then
                long.Clear()
                kept <- 0L

            kept <- kept + length
            (shelf array.Length).Put array

/// All that a thread keeps for compiled programs. A run takes from it what it needs and gives it back at its end; a run that an
/// exception ends gives nothing back, so that what is kept is never in use and never dirty.
[<Sealed>]
type internal Memory private () =

    [<ThreadStatic; DefaultValue>]
    static val mutable private current: Memory | null

    member val RealStacks = Recordings<float>()
    member val IntStacks = Recordings<int>()
    member val LongStacks = Recordings<int64>()
    /// Bools, 63 to a word, above a 1 that says how many there are.
    member val BoolStacks = Recordings<uint64>()
    member val Reals = Arrays<float>()
    member val Ints = Arrays<int>()

    /// The memory of this thread, for a run that begins now.
    static member Enter() : Memory =
        let memory =
            match Memory.current with
            | null ->
                let memory = Memory()
                Memory.current <- memory
                memory
            | memory -> memory

        memory.Reals.Start()
        memory.Ints.Start()
        memory

    /// Lets go of what this thread keeps.
    static member Forget() = Memory.current <- null
