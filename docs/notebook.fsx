// Puts right what fsdocs writes of a notebook's outputs: the lines of a text end, formulas and pictures are typed as what they are,
// and cells count from 1 without gaps.
open System.IO
open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Json.Nodes

let private texts (lines: string seq) = JsonArray [| for line in lines -> JsonValue.Create line :> JsonNode |]

/// All lines but the last end with a line feed, as the format wants it.
let private ended (lines: JsonNode) =
    let lines = [ for line in lines.AsArray() -> line.GetValue<string>() ]
    lines |> List.mapi (fun index line -> if index < lines.Length - 1 then line + "\n" else line)

let private typed (kind: string) (lines: string list) =
    match lines with
    | first :: _ when first.StartsWith "$$" -> "text/latex"
    | first :: _ when first.StartsWith "<svg" -> "image/svg+xml"
    | _ -> kind

let file = fsi.CommandLineArgs[1]
let notebook = JsonNode.Parse(File.ReadAllText file)
let mutable count = 0

for cell in notebook["cells"].AsArray() do
    if not (isNull cell["outputs"]) then
        count <- count + 1
        cell["execution_count"] <- count

        for output in cell["outputs"].AsArray() do
            output["execution_count"] <- count
            let shown = [ for part in output["data"].AsObject() -> part.Key, ended part.Value ]
            output["data"] <- JsonObject(dict [ for kind, lines in shown -> typed kind lines, texts lines :> JsonNode ])

let options = JsonSerializerOptions(WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
File.WriteAllText(file, notebook.ToJsonString options + "\n")
