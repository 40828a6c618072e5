/// Requests and answers as JSON. Numbers are round-trip; what JSON has no number for is "NaN", "Infinity" or "-Infinity", in both directions.
module Zautograd.Cli.Json

open System
open System.IO
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open Zautograd

// No HTML is written here, so that names such as α stay legible.
let private options = JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

let private written (write: Utf8JsonWriter -> unit) =
    use buffer = new MemoryStream()
    use writer = new Utf8JsonWriter(buffer, options)
    writer.WriteStartObject()
    write writer
    writer.WriteEndObject()
    writer.Flush()
    Encoding.UTF8.GetString(buffer.GetBuffer(), 0, int buffer.Length)

let private number (writer: Utf8JsonWriter) (value: float) =
    if Double.IsFinite value then writer.WriteNumberValue value else writer.WriteStringValue(Infix.number value)

let private list (writer: Utf8JsonWriter) (name: string) (write: unit -> unit) =
    writer.WriteStartArray name
    write ()
    writer.WriteEndArray()

/// {"value": v, "gradient": {"x": gx, "y": gy}}
let gradient (at: Methods.Point) (value: float, derivatives: float list) : string =
    written (fun writer ->
        writer.WritePropertyName "value"
        number writer value
        writer.WriteStartObject "gradient"

        for (name, _), derivative in List.zip at derivatives do
            writer.WritePropertyName name
            number writer derivative

        writer.WriteEndObject())

/// {"value": v, "variables": ["x", "y"], "hessian": [[...], [...]]}
let hessian (at: Methods.Point) (value: float, rows: float list list) : string =
    written (fun writer ->
        writer.WritePropertyName "value"
        number writer value
        list writer "variables" (fun () -> at |> List.iter (fun (name, _) -> writer.WriteStringValue name))

        list writer "hessian" (fun () ->
            for row in rows do
                writer.WriteStartArray()
                row |> List.iter (number writer)
                writer.WriteEndArray()))

/// {"error": "..."}
let error (text: string) : string = written (fun writer -> writer.WriteString("error", text))

let private value (name: string) (element: JsonElement) =
    match element.ValueKind, (if element.ValueKind = JsonValueKind.String then element.GetString() else null) with
    | JsonValueKind.Number, _ when Double.IsInfinity(element.GetDouble()) ->
        Refusal.badUsage $"the value of {name} is too large for a double; infinity is written \"Infinity\"."
    | JsonValueKind.Number, _ -> element.GetDouble()
    | _, "NaN" -> nan
    | _, "Infinity" -> infinity
    | _, "-Infinity" -> -infinity
    | _ -> Refusal.badUsage $"the value of {name} is a number, but {element.GetRawText()} is given."

let private request (line: string) : Expr * Methods.Point =
    use document = JsonDocument.Parse line
    let root = document.RootElement

    if root.ValueKind <> JsonValueKind.Object then
        Refusal.badUsage """a request is an object: {"expr": "x*y", "at": {"x": 2, "y": 5}}"""

    let expression =
        match root.TryGetProperty "expr" with
        | true, text when text.ValueKind = JsonValueKind.String -> Parse.parse (nonNull (text.GetString()))
        | _ -> Refusal.badUsage "the request has no \"expr\" with the text of an expression."

    let at =
        match root.TryGetProperty "at" with
        | true, point when point.ValueKind = JsonValueKind.Object ->
            [
                for property in point.EnumerateObject() do
                    property.Name, value property.Name property.Value
            ]
        | true, _ -> Refusal.badUsage "\"at\" is an object: {\"x\": 2, \"y\": 5}"
        | _ -> []

    match at |> List.countBy fst |> List.tryFind (fun (_, count) -> count > 1) with
    | Some(name, count) -> Refusal.badUsage $"{name} has {count} values."
    | None -> ()

    match Point.fit expression at with
    | Ok fitting -> fitting, at
    | Error text -> Refusal.badUsage text

/// The answer to one line: what `compute` makes of the request, or the error.
let answer (compute: Expr -> Methods.Point -> string) (line: string) : string =
    try
        if System.String.IsNullOrWhiteSpace line then
            error """the line is empty; a request is {"expr": "x*y", "at": {"x": 2, "y": 5}}"""
        else
            request line ||> compute
    with
    | :? JsonException as broken -> error $"this line is no JSON: {broken.Message}"
    // half a character, as in "\ud800", is JSON but no text
    | :? InvalidOperationException as broken -> error $"a text in this line cannot be read: {broken.Message}"
    | Refusal.Refused(_, text) -> error text

/// Answers every line of the input, in order, each at once: a bad line is answered by its error, and the rest go on.
let answerAll (compute: Expr -> Methods.Point -> string) (input: TextReader) (output: TextWriter) : unit =
    let mutable line = input.ReadLine()

    while not (isNull line) do
        output.Write(answer compute (nonNull line) + "\n")
        output.Flush()
        line <- input.ReadLine()
