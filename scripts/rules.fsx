// Prints the rule table as Markdown: what every operation computes, its slopes, and what holds where it is not smooth.
#load "load.fsx"

printf "%s" (Zautograd.RuleTable.markdown ())
