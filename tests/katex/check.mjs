// Parses every LaTeX string of a JSON file with KaTeX, strictly; names those it does not take.
import { readFileSync } from "node:fs";
import katex from "katex";

const formulas = JSON.parse(readFileSync(process.argv[2], "utf8"));
let refused = 0;

for (const formula of formulas) {
  try {
    katex.renderToString(formula, { displayMode: true, throwOnError: true, strict: "error", trust: false });
  } catch (error) {
    refused++;
    console.log(`${error.message}\n    in: ${formula}`);
  }
}

console.log(`${formulas.length - refused} parsed, ${refused} refused`);
process.exitCode = refused === 0 ? 0 : 1;
