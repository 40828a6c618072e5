/// A headless Chromium, driven through its DevTools protocol: loads a page, presses keys, asks the page questions.
module Zautograd.Tests.Browser

open System
open System.Diagnostics
open System.IO
open System.Net.WebSockets
open System.Text
open System.Text.Json
open System.Text.Json.Nodes
open System.Threading

/// Where a Chromium is installed, if one is.
let installed: string option =
    let folders = (Environment.GetEnvironmentVariable "PATH" |> Option.ofObj |> Option.defaultValue "").Split Path.PathSeparator

    Seq.allPairs [ "chromium"; "chromium-browser"; "google-chrome" ] folders
    |> Seq.map (fun (name, folder) -> Path.Combine(folder, name))
    |> Seq.tryFind File.Exists

/// A page in a browser of its own; ends with it.
type Page(browser: string, html: string) =
    let folder = Directory.CreateTempSubdirectory "zautograd"
    let file = Path.Combine(folder.FullName, "page.html")
    do File.WriteAllText(file, html)

    let start =
        ProcessStartInfo(
            browser,
            [
                "--headless"
                "--no-sandbox"
                "--disable-gpu"
                "--disable-dev-shm-usage"
                "--no-first-run"
                "--remote-debugging-port=0"
                $"--user-data-dir={folder.FullName}/profile"
                Uri(file).AbsoluteUri
            ],
            RedirectStandardError = true,
            RedirectStandardOutput = true
        )

    let running = nonNull (Process.Start start)

    // it says where it listens on its standard error
    let rec address () =
        match running.StandardError.ReadLine() with
        | null -> failwith "the browser ended before it listened"
        | line when line.Contains "DevTools listening on " -> line.Substring(line.IndexOf "ws:").Trim()
        | _ -> address ()

    let patience = new CancellationTokenSource(TimeSpan.FromSeconds 60.0)
    let socket = new ClientWebSocket()
    do socket.ConnectAsync(Uri(address ()), patience.Token).Wait()
    do running.StandardError.ReadToEndAsync() |> ignore // what else it says must not fill the pipe

    let mutable number = 0

    let receive () =
        use message = new MemoryStream()
        let buffer = Array.zeroCreate<byte> 65536
        let mutable isLast = false

        while not isLast do
            let part = socket.ReceiveAsync(ArraySegment buffer, patience.Token).Result
            message.Write(buffer, 0, part.Count)
            isLast <- part.EndOfMessage

        JsonDocument.Parse(message.ToArray()).RootElement

    let call (session: string option) (method: string) (parameters: (string * (JsonNode | null)) list) : JsonElement =
        number <- number + 1
        let wanted = number
        let body = JsonObject()
        parameters |> List.iter (fun (name, value) -> body[name] <- value)
        let message = JsonObject()
        message["id"] <- JsonValue.Create wanted
        message["method"] <- JsonValue.Create method
        message["params"] <- body
        session |> Option.iter (fun session -> message["sessionId"] <- JsonValue.Create session)
        let bytes = Encoding.UTF8.GetBytes(message.ToJsonString())
        socket.SendAsync(ArraySegment bytes, WebSocketMessageType.Text, true, patience.Token).Wait()

        let rec answer () =
            let received = receive ()

            match received.TryGetProperty "id" with
            | true, id when id.GetInt32() = wanted -> received
            | _ -> answer ()

        let answer = answer ()

        match answer.TryGetProperty "error" with
        | true, error -> failwith $"{method}: {error}"
        | _ -> answer.GetProperty "result"

    let session =
        let pages =
            (call None "Target.getTargets" []).GetProperty("targetInfos").EnumerateArray()
            |> Seq.filter (fun target -> target.GetProperty("type").GetString() = "page")

        let id = nonNull ((Seq.head pages).GetProperty("targetId").GetString())
        let attached = call None "Target.attachToTarget" [ "targetId", JsonValue.Create id; "flatten", JsonValue.Create true ]
        attached.GetProperty("sessionId").GetString() |> Option.ofObj

    /// The value of a JavaScript expression, as text.
    member _.Ask(expression: string) : string =
        let answer =
            call
                session
                "Runtime.evaluate"
                [ "expression", JsonValue.Create $"String({expression})"; "returnByValue", JsonValue.Create true ]

        match answer.TryGetProperty "exceptionDetails" with
        | true, details -> failwith $"{expression}: {details}"
        | _ -> nonNull (answer.GetProperty("result").GetProperty("value").GetString())

    /// Waits until the expression is true.
    member page.Await(expression: string) =
        while page.Ask expression <> "true" do
            patience.Token.ThrowIfCancellationRequested()
            Thread.Sleep 20

    /// Presses a key, as a person's keyboard does.
    member _.Press(key: string, code: int) =
        for kind in [ "rawKeyDown"; "keyUp" ] do
            call
                session
                "Input.dispatchKeyEvent"
                [
                    "type", JsonValue.Create kind
                    "key", JsonValue.Create key
                    "code", JsonValue.Create key
                    "windowsVirtualKeyCode", JsonValue.Create code
                ]
            |> ignore

    interface IDisposable with
        member _.Dispose() =
            socket.Dispose()
            running.Kill true
            running.WaitForExit()
            running.Dispose()
            patience.Dispose()

            try
                folder.Delete true
            with :? IOException ->
                () // a helper process of the browser may hold a file for a moment longer
