/// The trace page, in a real browser: the arrow keys move through the steps, and table, boxes and arrows move together.
module Zautograd.Tests.PageTests

open Swensen.Unquote
open Xunit
open Zautograd.Tests.Browser
open Zautograd.Tests.Runs

let private html mode wrt =
    (run [ "trace"; "ln(x) + x*y - sin(y)"; "--at"; "x=2,y=5"; "--mode"; mode; "--wrt"; wrt; "--format"; "html" ]).Out

let private inBrowser (html: string) (check: Page -> unit) =
    match installed with
    | None -> Assert.Skip "no Chromium is installed (Debian: chromium)"
    | Some browser ->
        use page = new Page(browser, html)
        page.Await "document.readyState === 'complete' && document.body.dataset.now === '0'"
        check page

let private right (page: Page) = page.Press("ArrowRight", 39)
let private left (page: Page) = page.Press("ArrowLeft", 37)
let private now (page: Page) = page.Ask "document.body.dataset.now"
let private row (page: Page) = page.Ask "document.querySelector('tr.now')?.dataset.step"
let private box (page: Page) = page.Ask "document.querySelector('.box.now')?.dataset.step"

let private arrows (page: Page) =
    page.Ask "[...document.querySelectorAll('.arrow.now')].map(a => a.dataset.from + '>' + a.dataset.to).sort().join(' ')"

let private says (page: Page) = page.Ask "document.getElementById('caption').textContent"

/// Which steps' values (or changes) are shown already.
let private found (page: Page) (kind: string) =
    page.Ask $"[...document.querySelectorAll('td.{kind}:not(.later)')].map(c => c.closest('tr').dataset.step).join(' ')"

[<Fact>]
let ``reverse: values forwards, then adjoints backwards, row, box and arrows together`` () =
    inBrowser (html "reverse" "x") (fun page ->
        row page =! "undefined"
        found page "value" =! ""
        test <@ (says page).Contains "Nothing is computed yet" @>

        for step, into in [ "x", ""; "y", ""; "t1", "x>t1"; "t2", "x>t2 y>t2"; "t3", "y>t3"; "t4", "t1>t4 t2>t4"; "t5", "t3>t5 t4>t5" ] do
            right page
            (row page, box page, arrows page) =! (step, step, into)
            test <@ (says page).StartsWith step @>

        found page "value" =! "t5 t4 t3 t2 t1 x y"
        found page "change" =! ""

        for step, out in [ "t5", ""; "t4", "t4>t5"; "t3", "t3>t5"; "t2", "t2>t4"; "t1", "t1>t4"; "x", "x>t1 x>t2"; "y", "y>t2 y>t3" ] do
            right page
            (row page, box page, arrows page) =! (step, step, out)

        test <@ (says page).Contains "-0.28366 + 2 = 1.71634" @>
        right page // no further
        now page =! "14"
        left page
        (row page, now page) =! ("x", "13")
        found page "change" =! "t5 t4 t3 t2 t1 x"
        page.Press("Home", 36)
        now page =! "0"
        page.Press("End", 35)
        page.Ask "document.querySelectorAll('.later').length" =! "0")

[<Fact>]
let ``forward: value and tangent of each step at once`` () =
    inBrowser (html "forward" "y") (fun page ->
        for step in [ "x"; "y"; "t1"; "t2"; "t3"; "t4"; "t5" ] do
            right page
            (row page, box page) =! (step, step)

        test <@ (says page).Contains "dt5 = dt4 - dt3 = 1.71634" @>
        left page
        found page "value" =! "x y t1 t2 t3 t4"
        found page "change" =! "x y t1 t2 t3 t4")

[<Fact>]
let ``the page needs nothing from elsewhere, and its buttons do what the keys do`` () =
    inBrowser (html "reverse" "x") (fun page ->
        page.Ask "performance.getEntriesByType('resource').length" =! "0"
        page.Ask "document.getElementById('next').click()" |> ignore
        row page =! "x"
        page.Ask "document.getElementById('previous').disabled" =! "false"
        page.Ask "document.getElementById('last').click()" |> ignore
        (now page, page.Ask "document.getElementById('next').disabled") =! ("14", "true"))

[<Fact>]
let ``a formula with signs of HTML stays a formula`` () =
    let page = (run [ "trace"; "if x < 1 then x else x^2"; "--at"; "x=2"; "--mode"; "forward"; "--format"; "html" ]).Out
    test <@ page.Contains "if x &lt; 1 then" && not (page.Contains "x < 1") @>
