import Foundation
import Restate
import RestateTesting
import Synchronization
import Testing

@testable import TestServices

/// Values that go through a journal codec, whose bytes differ each time.
struct CodecTests {
    private static let sealing = SealingCodec(secret: Array("a secret".utf8))

    @Test(arguments: [true, false])
    func `every operation works if values are sealed, and no plain value is stored`(
        suspends: Bool
    ) async throws {
        let codec = SpyingCodec(Self.sealing)
        let endpoint = Endpoint(Safe(), Vault(), Opening()).journalCodec(codec)
        let settings = TestSettings { $0.alwaysSuspend = suspends }
        try await withRestate(endpoint, settings) { restate in
            try await #expect(restate.service(Safe.self).all("secret") == Safe.everything)
            let vault = restate.object(Vault.self, "v")
            try await #expect(vault.put("secret") == ["", "secret"])
            try await #expect(vault.put("other") == ["secret", "other"])
            try await #expect(vault.whole() == Vault.Content(text: "other", count: 2))
            let state = restate.state(of: Vault.self, "v")
            #expect(await state.all() == ["text": #""other""#, "count": "2"])
            try await state.set(Vault.text, "by the test")
            try await #expect(state.get(Vault.text) == "by the test")
            try await #expect(vault.put("x") == ["by the test", "x"])

            let opening = restate.workflow(Opening.self, "o")
            let sent = try await opening.run.send()
            try await restate.settle()
            let promise = restate.promise(of: Opening.self, "o", Opening.code)
            try await #expect(promise.peek() == nil)
            try await promise.resolve(with: "1234")
            try await #expect(sent.attach() == "1234")
            try await #expect(promise.peek() == "1234")
        }
        #expect(codec.encoded > 20)
        #expect(codec.decoded > 20)
    }

    @Test func `an awakeable is completed by the test through the codec of the endpoint`()
        async throws
    {
        try await withRestate(Endpoint(Safe(), Vault()).journalCodec(Self.sealing)) { restate in
            let sent = try await restate.service(Safe.self).wait.send()
            try await restate.settle()
            let asked = restate.state(of: Vault.self, "asked")
            let id = AwakeableID<String>(try await asked.get(Vault.text))
            try await restate.resolve(id, with: "woken")
            try await #expect(sent.attach() == "woken")
        }
    }

    @Test func `an input of another codec is refused with 400, and the codec is named`()
        async throws
    {
        try await withRestate(Endpoint(Echo(), Asking())) { restate in
            // The service says its codec itself, so that this client, which knows only names, has none.
            let echo = restate.call(service: "Echo", handler: "echo")
            let sealed = Self.sealing.encode(Array(#""x""#.utf8))
            let error = await #expect(throws: TerminalError.self) { _ = try await echo(sealed) }
            #expect(error?.code == 400)
            #expect(
                error?.message
                    == "Failed to decode input using journal value codec: not encoded (codec 'flipped')"
            )
            let answer = try await echo(FlippedBits().encode(Array(#""x""#.utf8)))
            #expect(try FlippedBits().decode(answer) == Array(#""x""#.utf8))
            try await #expect(restate.service(Echo.self).echo("typed") == "typed")
            try await #expect(restate.service(Asking.self).ask("y") == "y")
        }
    }

    @Test
    func `state and journals of another key fail the attempt, and say which codec cannot read`()
        async throws
    {
        let codec = ChangingKey()
        try await withRestate(Endpoint(Vault()).journalCodec(codec)) { restate in
            let vault = restate.object(Vault.self, "v")
            _ = try await vault.put("old")
            codec.change()
            let error = await #expect(throws: HandlerFailed.self) { _ = try await vault.put("new") }
            let message = error?.message ?? ""
            #expect(
                message.hasPrefix(
                    "State 'text' cannot be read: the journal codec 'changing' cannot decode"))
            #expect(
                message.contains(
                    "changed, or sealed with another key. Perhaps another codec wrote it, or none"))
        }
    }

    @Test func `with a codec the manifest has content types, but no schemas`() throws {
        let manifest = String(
            decoding: try EndpointLink(Endpoint(Safe()).journalCodec(Self.sealing)).manifest(),
            as: UTF8.self)
        #expect(manifest.contains(#""input":{"contentType":"application/json","required":false}"#))
        #expect(!manifest.contains("jsonSchema"))
    }

    @Test func `a crash anywhere changes nothing, although no value has the same bytes twice`()
        async throws
    {
        var explorer = CrashExplorer()
        explorer.cutsPerMode = 3
        let found = try await explorer.explore(
            Story("a safe") {
                Scene(Endpoint(Safe(), Vault()).journalCodec(Self.sealing)) { restate in
                    let safe = try await restate.service(Safe.self).all("secret")
                    return "\(safe) \(try await restate.object(Vault.self, "v").put("x"))"
                }
            })
        #expect(found.failure == nil, "\(found)")
    }
}

/// A codec that counts, and finds values that are stored as they are.
private final class SpyingCodec: JournalCodec {
    private struct Counts {
        var encoded = 0
        var decoded = 0
    }

    let codec: SealingCodec
    private let counts = Mutex(Counts())

    init(_ codec: SealingCodec) { self.codec = codec }

    var encoded: Int { counts.withLock { $0.encoded } }
    var decoded: Int { counts.withLock { $0.decoded } }

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        counts.withLock { $0.encoded += 1 }
        return codec.encode(bytes)
    }

    func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        counts.withLock { $0.decoded += 1 }
        return try codec.decode(bytes)
    }
}

/// A codec whose key changes while there are old values.
private final class ChangingKey: JournalCodec {
    private let codec = Mutex(SealingCodec(secret: [1]))

    var name: String { "changing" }

    func change() { codec.withLock { $0 = SealingCodec(secret: [2]) } }
    func encode(_ bytes: [UInt8]) -> [UInt8] { codec.withLock { $0.encode(bytes) } }
    func decode(_ bytes: [UInt8]) throws -> [UInt8] { try codec.withLock { try $0.decode(bytes) } }
}

/// A service with every operation that has a value.
private struct Safe: Service {
    static let everything = [
        "run secret", "started secret", "called secret", "attached secret", "output secret",
        "woken secret", "signalled secret", "caught locked", "none", "raw secret", "named",
    ]

    func all(_ ctx: Context, text: String) async throws -> [String] {
        var lines = [try await ctx.run("run") { "run \(text)" }]
        try await ctx.run("nothing") {}
        lines.append(try await ctx.start("started") { "started \(text)" }.value)
        let safe = ctx.service(Safe.self)
        lines.append(try await safe.prefixed("called \(text)"))
        let sent = safe.prefixed.send("attached \(text)")
        lines.append(try await ctx.attach(to: sent.invocationID).value)
        let output = try await ctx.output(of: sent.invocationID)
        lines.append((output ?? "").replacing("attached", with: "output"))
        let awakeable = ctx.awakeable(String.self)
        ctx.resolve(awakeable.id, with: "woken \(text)")
        lines.append(try await awakeable.value)
        let waiting = safe.signalled.start()
        ctx.sendSignal("go", to: try await waiting.invocationID, with: "signalled \(text)")
        lines.append(try await waiting.value)
        do {
            try await safe.fail()
        } catch let error as TerminalError {
            lines.append("caught \(error.message)")
        }
        lines.append(try await safe.nothing(nil) ?? "none")
        let raw = try await ctx.call(service: Safe.name, handler: "prefixed")(
            Array("\"raw \(text)\"".utf8))
        lines.append(String(decoding: raw.dropFirst().dropLast(), as: UTF8.self))
        lines.append(String(decoding: ctx.request.body, as: UTF8.self).isEmpty ? "" : "named")
        return lines
    }

    func prefixed(_ ctx: Context, text: String) async throws -> String { text }
    func signalled(_ ctx: Context) async throws -> String {
        try await ctx.signal("go", as: String.self).value
    }
    func fail(_ ctx: Context) async throws { throw TerminalError("locked") }
    func nothing(_ ctx: Context, text: String?) async throws -> String? { text }
    func wait(_ ctx: Context) async throws -> String {
        let awakeable = ctx.awakeable(String.self)
        ctx.object(Vault.self, "asked").keep.send(awakeable.id.rawValue)
        return try await awakeable.value
    }

    struct API: HandlerTable {
        let all = handler(Safe.all)
        let prefixed = handler(Safe.prefixed)
        let signalled = handler(Safe.signalled)
        let fail = handler(Safe.fail)
        let nothing = handler(Safe.nothing)
        let wait = handler(Safe.wait)
    }
}

private struct Vault: VirtualObject {
    struct Content: Codable, Equatable, Sendable {
        var text: String
        var count: Int
    }

    static let text = StateKey<String>("text", default: "")
    static let count = StateKey<Int>("count", default: 0)

    func put(_ ctx: ObjectContext, text: String) async throws -> [String] {
        let before = try await ctx.get(Self.text)
        ctx.set(Self.text, text)
        ctx.set(Self.count, try await ctx.get(Self.count) + 1)
        return [before, try await ctx.startGet(Self.text).value]
    }

    func keep(_ ctx: ObjectContext, text: String) async throws { ctx.set(Self.text, text) }

    func whole(_ ctx: ObjectContext) async throws -> Content {
        let content = try await ctx.state(Content.self)
        ctx.setState(content)
        return try await ctx.state(Content.self)
    }

    struct API: HandlerTable {
        let put = exclusive(Vault.put)
        let keep = exclusive(Vault.keep)
        let whole = exclusive(Vault.whole)
    }
}

private struct Opening: Workflow {
    static let code = PromiseKey<String>("code")

    func run(_ ctx: WorkflowContext) async throws -> String {
        try await ctx.promise(Self.code).value
    }

    struct API: HandlerTable {
        let run = workflow(Opening.run)
    }
}

/// A service with a codec of its own, which its callers know from its options.
private struct Echo: Service {
    static let options = ServiceOptions().journalCodec(FlippedBits())

    func echo(_ ctx: Context, text: String) async throws -> String { text }

    struct API: HandlerTable {
        let echo = handler(Echo.echo)
    }
}

private struct Asking: Service {
    func ask(_ ctx: Context, text: String) async throws -> String {
        try await ctx.service(Echo.self).echo(text)
    }

    struct API: HandlerTable {
        let ask = handler(Asking.ask)
    }
}
