/// Changes to parts: where none of them changes, the whole itself is returned, so that what has stayed the same is told by reference.
module internal Zautograd.Programs.Sharing

let inline private isSame (a: 'part) (b: 'part) = obj.ReferenceEquals(a, b)

let inline one change (whole: 'whole) (a: 'part) make : 'whole =
    let changed = change a
    if isSame a changed then whole else make changed

let inline two change (whole: 'whole) (a: 'part) (b: 'part) make : 'whole =
    let changedA = change a
    let changedB = change b
    if isSame a changedA && isSame b changedB then whole else make changedA changedB

let inline three change (whole: 'whole) (a: 'part) (b: 'part) (c: 'part) make : 'whole =
    let changedA = change a
    let changedB = change b
    let changedC = change c

    if isSame a changedA && isSame b changedB && isSame c changedC then whole else make changedA changedB changedC

/// The whole replaced by this one.
let equal (whole: 'whole) (changed: 'whole) : 'whole when 'whole: equality = if changed.Equals whole then whole else changed

/// The items of a list replaced by these.
let items (items: 'item list) (changed: 'item seq) : 'item list =
    let changed = Seq.toList changed
    if items.Length = changed.Length && List.forall2 isSame items changed then items else changed

/// The items of a list, each made any number of them.
let collect (change: 'item -> 'item list) (items: 'item list) : 'item list =
    let rec from passed rest =
        match rest with
        | [] -> items
        | item :: others ->
            match change item with
            | [ own ] when isSame item own -> from (passed + 1) others
            | changed -> List.truncate passed items @ changed @ List.collect change others

    from 0 items

/// The items of a list.
let map (change: 'item -> 'item) (items: 'item list) : 'item list =
    let rec from passed rest =
        match rest with
        | [] -> items
        | item :: others ->
            let changed = change item

            if isSame item changed then
                from (passed + 1) others
            else
                List.truncate passed items @ changed :: List.map change others

    from 0 items
