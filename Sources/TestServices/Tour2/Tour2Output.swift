import CanonicalJSON
import Restate

/// The result of an invocation, without waiting for it.
struct Tour2Output: Service {
    func sleep(_ ctx: Context, milliseconds: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(milliseconds))
        return "slept"
    }

    func fail(_ ctx: Context, code: UInt16) async throws {
        throw TerminalError("failed", code: code)
    }

    func later(_ ctx: Context, milliseconds: Int) async throws -> [JSONValue] {
        let id = try await ctx.service(Tour2Output.self).sleep.send(milliseconds).invocationID
        let output = InvocationID<JSONValue>(id.rawValue)
        let early = try await Self.output(of: output, ctx)
        let attached = try await ctx.attach(to: id).value
        return [early, .string(attached), try await Self.output(of: output, ctx)]
    }

    func failed(_ ctx: Context, code: UInt16) async throws -> [JSONValue] {
        let id = try await ctx.service(Tour2Output.self).fail.send(code).invocationID
        let attached = try await valueOrTold {
            try await ctx.attach(to: id).value
            return .string("did not fail")
        }
        let output = try await valueOrTold {
            let output: Void? = try await ctx.output(of: id)
            return .string(output == nil ? "not ready" : "did not fail")
        }
        return [attached, output]
    }

    func of(_ ctx: Context, id: InvocationID<JSONValue>) async throws -> JSONValue {
        try await Self.output(of: id, ctx)
    }

    private nonisolated(nonsending) static func output(
        of id: InvocationID<JSONValue>, _ ctx: Context
    ) async throws -> JSONValue {
        try await valueOrTold { try await ctx.output(of: id) ?? .string("not ready") }
    }

    struct API: HandlerTable {
        let sleep = handler(Tour2Output.sleep)
        let fail = handler(Tour2Output.fail)
        let later = handler(Tour2Output.later)
        let failed = handler(Tour2Output.failed)
        let of = handler(Tour2Output.of)
    }
}
