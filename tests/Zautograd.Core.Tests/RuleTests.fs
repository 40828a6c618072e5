module Zautograd.Tests.RuleTests

open Swensen.Unquote
open Xunit

[<Fact>]
let ``two and two`` () = test <@ 2 + 2 = 4 @>
