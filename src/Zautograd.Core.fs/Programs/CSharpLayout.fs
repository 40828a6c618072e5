/// Lines of C#: comments, empty lines before them, and long lines broken.
module internal Zautograd.Programs.CSharpLayout

open System

/// A comment ends where C# sees the end of a line.
let comment (text: string) =
    [
        for line in text.Split([| "\r\n"; "\r"; "\n"; "\u0085"; "\u2028"; "\u2029" |], StringSplitOptions.None) -> ("// " + line).TrimEnd()
    ]

/// A comment of the outermost block has an empty line before it.
let aired (lines: string list) =
    let isComment (line: string) = line.StartsWith("//", StringComparison.Ordinal)

    [
        for before, line in List.pairwise ("//" :: lines) do
            if isComment line && not (isComment before) then ""
            line
    ]

let private longest = 130
let private signs = set [ "+"; "-"; "*"; "/"; "%"; "?"; ":"; "&&"; "||" ]

/// A long line is broken where the fewest brackets are open: before a sign, or behind a comma.
let rec broken (line: string) : string list =
    let start = line.Length - line.TrimStart().Length

    if line.Length <= longest || line.Substring(start).StartsWith("//", StringComparison.Ordinal) then
        [ line ]
    else
        let depths =
            line
            |> Seq.scan
                (fun depth c ->
                    if c = '(' || c = '[' then depth + 1
                    elif c = ')' || c = ']' then depth - 1
                    else depth)
                0
            |> Array.ofSeq

        let wordAt (index: int) =
            match line.IndexOf(' ', index) with
            | -1 -> line.Substring index
            | behind -> line.Substring(index, behind - index)

        let isBreak index = line[index] = ' ' && (line[index - 1] = ',' || signs.Contains(wordAt (index + 1)))

        match [ start + longest / 3 .. longest - 1 ] |> List.filter isBreak with
        | [] -> [ line ]
        | places ->
            let place = places |> List.minBy (fun index -> depths[index], -index)
            line.Substring(0, place) :: broken (String(' ', start + 4) + line.Substring(place + 1))
