public import Restate

/// A promise that several processes share and that outlives them. Its key is the promise's name.
public struct DurablePromises: VirtualObject {
    public static let name = "promises"
    static let value = StateKey<Completion?>("value")
    static let listeners = StateKey<[AwakeableID<Completion>]>("listeners", default: [])

    public init() {}

    func resolve(_ ctx: ObjectContext, value: JSONValue) async throws -> Completion {
        try await complete(ctx, .value(value))
    }

    func reject(_ ctx: ObjectContext, reason: String) async throws -> Completion {
        try await complete(ctx, .error(reason))
    }

    /// The first completion counts.
    private nonisolated(nonsending) func complete(
        _ ctx: ObjectContext, _ completion: Completion
    ) async throws -> Completion {
        if let first = try await ctx.get(Self.value) { return first }
        let listeners = try await ctx.get(Self.listeners)
        ctx.set(Self.value, completion)
        for listener in listeners { ctx.resolve(listener, with: completion) }
        ctx.clear(Self.listeners)
        return completion
    }

    func peek(_ ctx: SharedObjectContext) async throws -> Nullable<Completion> {
        Nullable(try await ctx.get(Self.value))
    }

    func `await`(
        _ ctx: ObjectContext, listener: AwakeableID<Completion>
    ) async throws -> Nullable<Completion> {
        try known(listener, "the input")
        if let value = try await ctx.get(Self.value) {
            ctx.resolve(listener, with: value)
            return Nullable(value)
        }
        ctx.set(Self.listeners, try await ctx.get(Self.listeners) + [listener])
        return Nullable(nil)
    }

    func unlisten(_ ctx: ObjectContext, listener: AwakeableID<Completion>) async throws {
        ctx.set(Self.listeners, try await ctx.get(Self.listeners).filter { $0 != listener })
    }

    func dispose(_ ctx: ObjectContext) async throws {
        for listener in try await ctx.get(Self.listeners) {
            ctx.reject(listener, TerminalError("promise was disposed"))
        }
        ctx.clear(Self.listeners)
        ctx.clear(Self.value)
    }

    public struct API: HandlerTable {
        public let resolve = exclusive(DurablePromises.resolve)
        public let reject = exclusive(DurablePromises.reject)
        public let peek = shared(DurablePromises.peek)
        public let `await` = exclusive(DurablePromises.`await`)
        public let unlisten = exclusive(DurablePromises.unlisten)
        public let dispose = exclusive(DurablePromises.dispose)

        public init() {}
    }
}

/// How a promise was completed: `{"value": …}` or `{"error": "…"}`.
public enum Completion: Codable, Equatable, Sendable {
    case value(JSONValue)
    case error(String)

    private enum CodingKeys: CodingKey { case value, error }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        if let reason = try members.decodeIfPresent(String.self, forKey: .error) {
            self = .error(reason)
        } else {
            self = .value(try members.decodeIfPresent(JSONValue.self, forKey: .value) ?? .null)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .value(let value): try members.encode(value, forKey: .value)
        case .error(let reason): try members.encode(reason, forKey: .error)
        }
    }

    /// The value.
    /// - Throws: a ``TerminalError`` with the text if it was rejected.
    func get<Value: Decodable>(as type: Value.Type) throws -> Value {
        switch self {
        case .value(let value): return try value.decoded(as: type)
        case .error(let reason): throw TerminalError(reason)
        }
    }
}
