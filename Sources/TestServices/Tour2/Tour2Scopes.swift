import CanonicalJSON
import Restate

/// Calls in a scope: protocol 7, and a server with virtual queues.
struct Tour2Scopes: Service {
    static let options = ServiceOptions().retryPolicy(endsSoon)

    struct Scoped: Codable, Sendable {
        var scope: String
        var limitKey: String?
        var idempotencyKey: String?
        var key: String?
    }

    func call(_ ctx: Context, input: Scoped) async throws -> JSONValue {
        try await Self.whoami(input, ctx)()
    }

    func send(_ ctx: Context, input: Scoped) async throws -> JSONValue {
        let id = try await Self.whoami(input, ctx).send().invocationID
        return try await ctx.attach(to: id).value
    }

    func keyed(_ ctx: Context, input: Scoped) async throws -> JSONValue {
        try await Self.whoami(input, ctx).idempotencyKey(input.idempotencyKey ?? "")()
    }

    func object(_ ctx: Context, input: Scoped) async throws -> JSONValue {
        let object = ctx.object(Tour2Object.self, input.key ?? "")
        return try await valueOrTold {
            let answer = try await object.whereami.scope(input.scope, limitKey: input.limitKey)()
            return .array(answer.map { $0.map { .string($0) } ?? .null })
        }
    }

    private static func whoami(_ input: Scoped, _ ctx: Context) -> Call<Void, JSONValue> {
        ctx.service(Tour2.self).whoami.scope(input.scope, limitKey: input.limitKey)
    }

    struct API: HandlerTable {
        let call = handler(Tour2Scopes.call)
        let send = handler(Tour2Scopes.send)
        let keyed = handler(Tour2Scopes.keyed)
        let object = handler(Tour2Scopes.object)
    }
}
