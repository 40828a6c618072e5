/// Orders in which a straight program can be computed. A derivative that stands just behind the values that it needs finds them in registers;
/// one that waits until the walk comes back finds them in memory, where they were kept for it.
module internal Zautograd.Schedule

open System

let operands instruction =
    match instruction with
    | Number _
    | Input _ -> []
    | Operation(_, args) -> args
    | Chain(slope, change) -> [ slope; change ]

let isLeaf instruction =
    match instruction with
    | Number _
    | Input _ -> true
    | Operation _
    | Chain _ -> false

/// What these places are computed from, and they themselves.
let private reachedFrom (program: Straight) (roots: int list) =
    let reached = Array.zeroCreate<bool> program.Instructions.Length
    roots |> List.iter (fun root -> reached[root] <- true)

    for place in program.Instructions.Length - 1 .. -1 .. 0 do
        if reached[place] then
            for operand in operands program.Instructions[place] do
                reached[operand] <- true

    reached

/// What is to be computed, as it was written: all values, then what goes backwards.
let asWritten (program: Straight) : int[] =
    let needed = reachedFrom program (program.Values @ program.Derivatives)

    [|
        for place in 0 .. needed.Length - 1 do
            if needed[place] && not (isLeaf program.Instructions[place]) then place
    |]

/// The same with each derivative just behind the last value that it needs.
let together (program: Straight) : int[] =
    let work = asWritten program
    let isValue = reachedFrom program program.Roots
    let inner place = operands program.Instructions[place] |> List.filter (fun operand -> not (isLeaf program.Instructions[operand]))

    // behind which value a place is computed, and behind which its result is used first and last
    let time = Array.zeroCreate<int> isValue.Length
    let first = Array.create isValue.Length Int32.MaxValue
    let last = Array.zeroCreate<int> isValue.Length

    let useOperands place =
        for operand in inner place do
            first[operand] <- min first[operand] time[place]
            last[operand] <- max last[operand] time[place]

    for place in work do
        if isValue[place] then
            time[place] <- place
            useOperands place
        else
            for operand in inner place do
                time[place] <- max time[place] time[operand]

    // what is used much later, and made of inputs alone or of what is kept that long anyway, waits
    for place in Array.rev work do
        if not isValue[place] then
            let later = first[place]

            if later < Int32.MaxValue && (time[place] = 0 || inner place |> List.forall (fun operand -> last[operand] >= later)) then
                time[place] <- later

            useOperands place

    work |> Array.sortBy (fun place -> struct (time[place], place))
