import CanonicalJSON
import Restate

/// Terminal errors, with metadata or without, on every way that they can take.
struct Tour2Errors: Service {
    func fail(_ ctx: Context, failing: Tour2.Failing) async throws {
        throw failing.error
    }

    func runFails(_ ctx: Context, failing: Tour2.Failing) async throws -> JSONValue {
        try await Self.toldOf { try await ctx.run("fails") { throw failing.error } }
    }

    func callFails(_ ctx: Context, failing: Tour2.Failing) async throws -> JSONValue {
        try await Self.toldOf { try await ctx.service(Tour2.self).fail(failing) }
    }

    func passesOn(_ ctx: Context, failing: Tour2.Failing) async throws {
        try await ctx.service(Tour2.self).fail(failing)
    }

    func attachFails(_ ctx: Context, failing: Tour2.Failing) async throws -> JSONValue {
        let id = try await ctx.service(Tour2.self).fail.send(failing).invocationID
        return try await Self.toldOf { try await ctx.attach(to: id).value }
    }

    func refused(_ ctx: Context, failing: Tour2.Failing) async throws -> JSONValue {
        let awakeable = ctx.awakeable(JSONValue.self)
        ctx.service(Tour2.self).refuse.send(
            Tour2.Refusal(
                id: awakeable.id, code: failing.code, message: failing.message,
                metadata: failing.metadata))
        return try await Self.toldOf { _ = try await awakeable.value }
    }

    func signalRefused(_ ctx: Context, failing: Tour2.Failing) async throws -> JSONValue {
        let call = ctx.service(Tour2.self).waitSignal.start("go")
        ctx.sendSignal("go", to: try await call.invocationID, failing: failing.error)
        return try await call.value
    }

    private nonisolated(nonsending) static func toldOf(
        _ operation: nonisolated(nonsending) () async throws -> Void
    ) async throws -> JSONValue {
        do {
            try await operation()
            return .string("did not fail")
        } catch let error as TerminalError {
            return toldWithMetadata(error)
        }
    }

    struct API: HandlerTable {
        let fail = handler(Tour2Errors.fail)
        let runFails = handler(Tour2Errors.runFails)
        let callFails = handler(Tour2Errors.callFails)
        let passesOn = handler(Tour2Errors.passesOn)
        let attachFails = handler(Tour2Errors.attachFails)
        let refused = handler(Tour2Errors.refused)
        let signalRefused = handler(Tour2Errors.signalRefused)
    }
}
