import CanonicalJSON
import Restate

/// Other content types than JSON: bytes as they are, and text.
struct Tour2Formats: Service {
    struct WakeUp: Codable, Sendable {
        var id: AwakeableID<[UInt8]>
        var value: [UInt8]
    }

    func bytes(_ ctx: Context, input: [UInt8]) async throws -> [UInt8] { input.reversed() }

    func text(_ ctx: Context, input: String) async throws -> String { "text: \(input)" }

    func same(_ ctx: Context, input: [UInt8]) async throws -> [UInt8] { input }

    func run(_ ctx: Context, list: [UInt8]) async throws -> [UInt8] {
        try await ctx.run("b", format: .bytes) { list }
    }

    func runText(_ ctx: Context, text: String) async throws -> String {
        try await ctx.run("t", format: .text) { text }
    }

    func awakeable(_ ctx: Context, list: [UInt8]) async throws -> [UInt8] {
        let awakeable = ctx.awakeable([UInt8].self, format: .bytes)
        ctx.service(Tour2Formats.self).wake.send(WakeUp(id: awakeable.id, value: list))
        return try await awakeable.value
    }

    func wake(_ ctx: Context, input: WakeUp) async throws {
        ctx.resolve(input.id, with: input.value, format: .bytes)
    }

    func awakeableVoid(_ ctx: Context) async throws -> [UInt8] {
        let awakeable = ctx.awakeable([UInt8].self, format: .bytes)
        ctx.service(Tour2Formats.self).wakeVoid.send(awakeable.id)
        return try await awakeable.value
    }

    func wakeVoid(_ ctx: Context, id: AwakeableID<[UInt8]>) async throws {
        ctx.resolve(id, with: [], format: .bytes)
    }

    func signal(_ ctx: Context, list: [UInt8]) async throws -> [UInt8] {
        let call = ctx.service(Tour2Formats.self).waitSignal.start("go")
        ctx.sendSignal("go", to: try await call.invocationID, with: list, format: .bytes)
        return try await call.value
    }

    func waitSignal(_ ctx: Context, name: String) async throws -> [UInt8] {
        try await ctx.signal(name, as: [UInt8].self, format: .bytes).value
    }

    func call(_ ctx: Context, list: [UInt8]) async throws -> [UInt8] {
        try await ctx.service(Tour2Formats.self).bytes(list)
    }

    func callText(_ ctx: Context, text: String) async throws -> String {
        try await ctx.service(Tour2Formats.self).text(text)
    }

    func sendText(_ ctx: Context, text: String) async throws -> String {
        ctx.service(Tour2Formats.self).text.send(text)
        return "sent"
    }

    func attach(_ ctx: Context, list: [UInt8]) async throws -> [UInt8] {
        let sent = ctx.service(Tour2Formats.self).bytes.send(list)
        return try await ctx.attach(to: sent.invocationID, format: .bytes).value
    }

    func allText(_ ctx: Context, input: String) async throws -> String {
        let awakeable = ctx.awakeable(String.self)
        // The other handler takes the id of an awakeable of any JSON.
        let id = AwakeableID<JSONValue>(awakeable.id.rawValue)
        ctx.service(Tour2.self).wake.send(Tour2.WakeUp(id: id, value: .string(input)))
        let run = try await ctx.run("r") { "run \(input)" }
        let answer = try await ctx.service(Tour2Formats.self).text(input)
        return "\(run), \(answer), \(try await awakeable.value)"
    }

    func void(_ ctx: Context) async throws {}

    func callVoid(_ ctx: Context) async throws -> String {
        try await ctx.service(Tour2Formats.self).void()
        return "nothing"
    }

    struct API: HandlerTable {
        let bytes = handler(Tour2Formats.bytes).inputFormat(.bytes).outputFormat(.bytes)
        let text = handler(Tour2Formats.text).inputFormat(.text).outputFormat(.text)
        let toBytes = handler(Tour2Formats.same).outputFormat(.bytes)
        let fromBytes = handler(Tour2Formats.same).inputFormat(.bytes)
        let run = handler(Tour2Formats.run)
        let runText = handler(Tour2Formats.runText)
        let awakeable = handler(Tour2Formats.awakeable)
        let wake = handler(Tour2Formats.wake)
        let awakeableVoid = handler(Tour2Formats.awakeableVoid)
        let wakeVoid = handler(Tour2Formats.wakeVoid)
        let signal = handler(Tour2Formats.signal)
        let waitSignal = handler(Tour2Formats.waitSignal)
        let call = handler(Tour2Formats.call)
        let callText = handler(Tour2Formats.callText)
        let sendText = handler(Tour2Formats.sendText)
        let attach = handler(Tour2Formats.attach)
        let allText = handler(Tour2Formats.allText).format(.text)
        let void = handler(Tour2Formats.void)
        let callVoid = handler(Tour2Formats.callVoid)
    }
}

struct Tour2FormatsObject: VirtualObject {
    private static let b = StateKey<[UInt8]?>("b", format: .bytes)
    private static let t = StateKey<String?>("t", format: .text)

    func bytes(_ ctx: ObjectContext, list: [UInt8]) async throws -> [[UInt8]?] {
        let before = try await ctx.get(Self.b)
        ctx.set(Self.b, list)
        return [before, try await ctx.get(Self.b)]
    }

    func text(_ ctx: ObjectContext, text: String) async throws -> [String?] {
        let before = try await ctx.get(Self.t)
        ctx.set(Self.t, text)
        return [before, try await ctx.get(Self.t)]
    }

    func read(_ ctx: SharedObjectContext) async throws -> [JSONValue] {
        let bytes = try await ctx.get(Self.b).map { $0.map { JSONValue.integer(Int($0)) } }
        let text = try await ctx.get(Self.t).map { JSONValue.string($0) }
        let keys = try await ctx.stateKeys().sorted().map { JSONValue.string($0) }
        return [bytes.map { .array($0) } ?? .null, text ?? .null, .array(keys)]
    }

    struct API: HandlerTable {
        let bytes = exclusive(Tour2FormatsObject.bytes)
        let text = exclusive(Tour2FormatsObject.text)
        let read = shared(Tour2FormatsObject.read)
    }
}

struct Tour2FormatsFlow: Workflow {
    private static let b = PromiseKey<[UInt8]>("b", format: .bytes)

    func run(_ ctx: WorkflowContext) async throws -> [UInt8] {
        try await ctx.promise(Self.b).value
    }

    func resolve(_ ctx: SharedWorkflowContext, list: [UInt8]) async throws -> String {
        try await ctx.resolve(Self.b, with: list)
        return "resolved"
    }

    func peek(_ ctx: SharedWorkflowContext) async throws -> JSONValue {
        guard let bytes = try await ctx.peek(Self.b) else { return .string("not yet") }
        return .array(bytes.map { .integer(Int($0)) })
    }

    struct API: HandlerTable {
        let run = workflow(Tour2FormatsFlow.run)
        let resolve = shared(Tour2FormatsFlow.resolve)
        let peek = shared(Tour2FormatsFlow.peek)
    }
}
