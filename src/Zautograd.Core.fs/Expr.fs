module Zautograd.Expr
let x = 1.0
