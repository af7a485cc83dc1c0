import Foundation
import Restate
import RestateTesting
import Testing

/// Values in other formats than JSON, chosen at each place where one can be chosen.
struct FormatTests {
    @Test func `the nearest choice counts, from the operation out to the endpoint`() async throws {
        let endpoint = Endpoint(Notes(), Plain()).format(.json(contentType: "text/json"))
        try await withRestate(endpoint) { restate in
            let notes = restate.object(Notes.self, "k")
            // Text for the service, bytes for one key, JSON for one handler.
            try await #expect(notes.write("a b") == "a b!")
            try await #expect(notes.lengths() == [3, 2])
            let state = await restate.state(of: Notes.self, "k").all()
            #expect(state == ["note": "a b", "raw": "hi", "count": "1", "json": #""a b""#])
            try await #expect(restate.service(Plain.self).pass("x") == "x, x!")
            let stored = restate.state(of: Notes.self, "k")
            try await #expect(stored.get(Notes.note) == "a b")
            try await stored.set(Notes.note, "from the test")
            try await #expect(notes.lengths() == [13, 2])
        }
    }

    @Test func `what a service says of its format is asked for by its content type`() throws {
        let endpoint = Endpoint(Notes(), Plain()).format(.json(contentType: "text/json"))
        let manifest = String(decoding: try EndpointLink(endpoint).manifest(), as: UTF8.self)
        #expect(
            manifest.contains(
                #""input":{"contentType":"text/plain","required":false},"name":"write""#))
        #expect(manifest.contains(#""name":"lengths","output":{"contentType":"application/json""#))
        #expect(manifest.contains(#""input":{"contentType":"text/json","#))
        #expect(manifest.contains(#""input":{"contentType":"image/png","required":false}"#))
    }

    @Test(arguments: ["first", "second"])
    func `the format of an endpoint is that of calls between its services`(
        text: String
    ) async throws {
        try await withRestate(Endpoint(Caller(), Callee()).format(.text)) { restate in
            try await #expect(restate.service(Caller.self).ask(text) == "[\(text)]")
        }
        let deployed = Endpoint(Caller(), Callee())
            .options(for: Callee.self, ServiceOptions().format(.text))
        try await withRestate(deployed) { restate in
            try await #expect(restate.service(Caller.self).ask(text) == "[\(text)]")
            let quote = restate.service(Callee.self).quote
            // To a handler that takes text, the quotes of JSON are part of it.
            try await #expect(quote.inputFormat(.json)("x") == #"["x"]"#)
            let raw = restate.call(service: "Callee", handler: "quote")
            try await #expect(raw(Array("plain".utf8)) == Array("[plain]".utf8))
        }
    }

    @Test func `bytes are bytes in every operation, and Data too`() async throws {
        try await withRestate(Endpoint(Blobs())) { restate in
            let bytes: [UInt8] = [0, 255, 10]
            try await #expect(restate.service(Blobs.self).all(bytes) == bytes + bytes + bytes)
            try await #expect(restate.service(Blobs.self).data(Data(bytes)) == Data(bytes + [1]))
            try await #expect(restate.service(Blobs.self).some(nil) == nil)
            try await #expect(restate.service(Blobs.self).some([7]) == [7])
            let called = restate.service(Blobs.self)
            try await #expect(called.outer("7") == 14)
        }
    }

    @Test func `a value that a format does not have fails the attempt, with the operation`()
        async throws
    {
        let problems = try await withRestate(Endpoint(Wrong())) { restate in
            var problems: [String] = []
            for step in ["text", "bytes", "none"] {
                do {
                    try await restate.service(Wrong.self).write(step)
                } catch let error as HandlerFailed {
                    problems.append(error.message)
                }
            }
            return problems
        }
        try #require(problems.count == 3)
        #expect(problems[0].hasPrefix("run \"text\" at "))
        #expect(problems[0].hasSuffix(": Array<String> cannot be written as text"))
        #expect(
            problems[1].hasSuffix(
                ": Int is not made of bytes, as [UInt8], ArraySlice<UInt8> and Data are"))
        #expect(problems[2].hasSuffix(": Optional<Int> cannot be written as text"))
    }

    @Test func `an input that is none in its format is refused with 400`() async throws {
        try await withRestate(Endpoint(Plain())) { restate in
            let number = restate.call(service: "Plain", handler: "number")
            try await #expect(number(Array("7".utf8)) == Array("8".utf8))
            for (input, reason) in [
                (Array("seven".utf8), "'seven' is no Int"), ([0xff], "the text is not UTF-8"),
            ] {
                let error = await #expect(throws: TerminalError.self) {
                    _ = try await number(input)
                }
                #expect(error?.code == 400)
                #expect(error?.message == "Failed to deserialize input: \(reason)")
            }
        }
    }

    @Test func `a format of one's own is asked for bytes, and for a schema`() async throws {
        try await withRestate(Endpoint(Lists())) { restate in
            try await #expect(restate.service(Lists.self).reversed(["a", "b"]) == ["b", "a"])
            let raw = restate.call(service: "Lists", handler: "reversed")
            try await #expect(raw(Array("x;y;z".utf8)) == Array("z;y;x".utf8))
        }
        let manifest = try EndpointLink(Endpoint(Lists())).manifest()
        #expect(
            String(decoding: manifest, as: UTF8.self).contains(
                #""input":{"contentType":"text/x-list","jsonSchema":{"type":"string"},"#
                    + #""required":false}"#))
    }

    @Test func `a step that a test replaces has its result in the format of the step`()
        async throws
    {
        try await withRestate(Endpoint(Blobs())) { restate in
            restate.replace("b") { [UInt8]([9]) }
            let bytes: [UInt8] = [1]
            try await #expect(restate.service(Blobs.self).all(bytes) == [9, 1, 1])
        }
    }
}

/// Text where nothing else is said.
private struct Notes: VirtualObject {
    static let options = ServiceOptions().format(.text)
    static let note = StateKey<String>("note", default: "")
    static let raw = StateKey<[UInt8]>("raw", default: [], format: .bytes)
    static let count = StateKey<Int>("count", default: 0)
    static let json = StateKey<String?>("json", format: .json)

    func write(_ ctx: ObjectContext, text: String) async throws -> String {
        ctx.set(Self.note, text)
        ctx.set(Self.raw, Array("hi".utf8))
        ctx.set(Self.count, try await ctx.get(Self.count) + 1)
        ctx.set(Self.json, text)
        return try await ctx.run("mark") { "\(text)!" }
    }

    func lengths(_ ctx: SharedObjectContext) async throws -> [Int] {
        [try await ctx.get(Self.note).count, try await ctx.get(Self.raw).count]
    }

    struct API: HandlerTable {
        let write = exclusive(Notes.write)
        let lengths = shared(Notes.lengths).outputFormat(.json)
    }
}

private struct Plain: Service {
    func pass(_ ctx: Context, text: String) async throws -> String {
        let answer = try await ctx.object(Notes.self, "other").write(text)
        return "\(text), \(answer)"
    }

    func number(_ ctx: Context, number: Int) async throws -> Int { number + 1 }
    func picture(_ ctx: Context, picture: [UInt8]) async throws {}

    struct API: HandlerTable {
        let pass = handler(Plain.pass)
        let number = handler(Plain.number).format(.text)
        let picture = handler(Plain.picture).inputFormat(.bytes(contentType: "image/png"))
    }
}

private struct Caller: Service {
    func ask(_ ctx: Context, text: String) async throws -> String {
        try await ctx.service(Callee.self).quote(text)
    }

    struct API: HandlerTable {
        let ask = handler(Caller.ask)
    }
}

private struct Callee: Service {
    func quote(_ ctx: Context, text: String) async throws -> String { "[\(text)]" }

    struct API: HandlerTable {
        let quote = handler(Callee.quote)
    }
}

private struct Blobs: Service {
    func all(_ ctx: Context, bytes: [UInt8]) async throws -> [UInt8] {
        let run = try await ctx.run("b", format: .bytes) { bytes }
        let awakeable = ctx.awakeable([UInt8].self, format: .bytes)
        ctx.resolve(awakeable.id, with: bytes, format: .bytes)
        let woken = try await awakeable.value
        let sent = ctx.service(Blobs.self).data.send(Data(bytes))
        let data = try await ctx.attach(
            to: InvocationID<Data>(sent.invocationID.rawValue), format: .bytes
        ).value
        return run + woken + Array(data.dropLast())
    }

    func data(_ ctx: Context, data: Data) async throws -> Data { data + [1] }
    func some(_ ctx: Context, bytes: [UInt8]?) async throws -> [UInt8]? { bytes }

    /// Calls a handler in another format than its table says.
    func outer(_ ctx: Context, text: String) async throws -> Int {
        let call = ctx.service(Blobs.self).doubled.inputFormat(.json).outputFormat(.json)
        return try await call(try #require(Int(text)))
    }

    func doubled(_ ctx: Context, number: Int) async throws -> Int { 2 * number }

    struct API: HandlerTable {
        let all = handler(Blobs.all).inputFormat(.bytes).outputFormat(.bytes)
        let data = handler(Blobs.data).format(.bytes)
        let some = handler(Blobs.some).format(.bytes)
        let outer = handler(Blobs.outer).format(.text)
        let doubled = handler(Blobs.doubled)
    }
}

private struct Wrong: Service {
    func write(_ ctx: Context, step: String) async throws {
        switch step {
        case "text": _ = try await ctx.run("text", format: .text) { ["a"] }
        case "bytes": _ = try await ctx.run("bytes", format: .bytes) { 7 }
        default: _ = try await ctx.run("none", format: .text) { Int?.none }
        }
    }

    struct API: HandlerTable {
        let write = handler(Wrong.write)
    }
}

private struct Lists: Service {
    func reversed(_ ctx: Context, list: [String]) async throws -> [String] { list.reversed() }

    struct API: HandlerTable {
        let reversed = handler(Lists.reversed).format(.list)
    }
}

/// Lists of texts with semicolons between them.
private struct ListFormat: PayloadFormat {
    let contentType = "text/x-list"

    func encode<Value: Encodable & Sendable>(_ value: Value) throws -> [UInt8] {
        Array((value as? [String] ?? []).joined(separator: ";").utf8)
    }

    func decode<Value: Decodable & Sendable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        let list = String(decoding: bytes, as: UTF8.self).split(separator: ";").map(String.init)
        guard let value = list as? Value else { throw Broken() }
        return value
    }

    func jsonSchema<Value>(of type: Value.Type) -> String? { #"{"type":"string"}"# }
}

extension Format {
    fileprivate static let list = Format(ListFormat())
}
