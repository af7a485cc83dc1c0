import CanonicalJSON
import Restate

/// State whose values go through a codec. The handlers that are called changed are code as it is now,
/// for journals that an earlier code has made.
struct Tour2CodecObject: VirtualObject {
    static let options = ServiceOptions().retryPolicy(endsSoon)

    private static let v = StateKey<JSONValue>("v", default: .null)
    private static let never = StateKey<JSONValue>("never", default: .null)
    private static let gone = StateKey<Int?>("gone")
    private static let n = StateKey<Int?>("n")
    private static let b = StateKey<Int?>("b")

    func state(_ ctx: ObjectContext, value: JSONValue) async throws -> [JSONValue] {
        let before = try await ctx.get(Self.v)
        ctx.set(Self.v, value)
        let after = try await ctx.get(Self.v)
        ctx.set(Self.gone, 1)
        let keys = try await names(ctx)
        ctx.clear(Self.gone)
        return [before, after, keys]
    }

    func read(_ ctx: SharedObjectContext) async throws -> [JSONValue] {
        [try await ctx.get(Self.v), try await ctx.get(Self.never)]
    }

    func lazyRead(_ ctx: SharedObjectContext) async throws -> [JSONValue] {
        [try await ctx.get(Self.v), try await ctx.get(Self.never), try await names(ctx)]
    }

    func changedValue(_ ctx: ObjectContext) async throws -> String {
        ctx.set(Self.n, 2)
        try await ctx.sleep(.milliseconds(10))
        return "set"
    }

    func changedParameter(_ ctx: ObjectContext) async throws -> JSONValue {
        let answer = try await ctx.service(Tour2Codec.self).echo(.string("two"))
        try await ctx.sleep(.milliseconds(10))
        return answer
    }

    func changedKey(_ ctx: ObjectContext) async throws -> String {
        ctx.set(Self.b, 1)
        try await ctx.sleep(.milliseconds(10))
        return "set"
    }

    func changedOutput(_ ctx: ObjectContext) async throws -> String {
        try await ctx.sleep(.milliseconds(10))
        return "two"
    }

    private nonisolated(nonsending) func names(_ ctx: SharedObjectContext) async throws -> JSONValue
    {
        .array(try await ctx.stateKeys().sorted().map { .string($0) })
    }

    struct API: HandlerTable {
        let state = exclusive(Tour2CodecObject.state)
        let read = shared(Tour2CodecObject.read)
        let lazyRead = shared(Tour2CodecObject.lazyRead).lazyState()
        let changedValue = exclusive(Tour2CodecObject.changedValue)
        let changedParameter = exclusive(Tour2CodecObject.changedParameter)
        let changedKey = exclusive(Tour2CodecObject.changedKey)
        let changedOutput = exclusive(Tour2CodecObject.changedOutput)
    }
}

/// A promise whose values go through a codec.
struct Tour2CodecFlow: Workflow {
    func run(_ ctx: WorkflowContext, name: String) async throws -> String {
        "\(name): \(try await valueOrTold { try await ctx.promise(TourFlow.p).value })"
    }

    func resolve(_ ctx: SharedWorkflowContext, value: String) async throws -> String {
        try await TourFlow().resolve(ctx, value: value)
    }

    func reject(_ ctx: SharedWorkflowContext, reason: String) async throws -> String {
        try await TourFlow().reject(ctx, reason: reason)
    }

    func peek(_ ctx: SharedWorkflowContext) async throws -> String {
        try await valueOrTold { try await ctx.peek(TourFlow.p) ?? "not yet" }
    }

    struct API: HandlerTable {
        let run = workflow(Tour2CodecFlow.run)
        let resolve = shared(Tour2CodecFlow.resolve)
        let reject = shared(Tour2CodecFlow.reject)
        let peek = shared(Tour2CodecFlow.peek)
    }
}
