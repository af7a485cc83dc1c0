import Restate

/// The other side of the commands of an ``ObjectInterpreter``.
struct ServiceInterpreterHelper: Service {
    struct Later: Codable, Sendable {
        var sleep: Int
        var parameter: String
    }

    struct Dance: Codable, Sendable {
        var interpreter: InterpreterID
        /// Wants the id of another awakeable.
        var txPromiseId: AwakeableID<AwakeableID<String>>
    }

    func ping(_ ctx: Context) async throws {}

    func echo(_ ctx: Context, text: String) async throws -> String {
        text
    }

    func echoLater(_ ctx: Context, later: Later) async throws -> String {
        try await ctx.sleep(.milliseconds(later.sleep))
        return later.parameter
    }

    func terminalFailure(_ ctx: Context) async throws -> String {
        throw TerminalError("bye")
    }

    func incrementIndirectly(_ ctx: Context, id: InterpreterID) async throws {
        try ctx.interpret(at: id).send(.increment)
    }

    func resolveAwakeable(_ ctx: Context, id: AwakeableID<String>) async throws {
        ctx.resolve(id, with: "ok")
    }

    func rejectAwakeable(_ ctx: Context, id: AwakeableID<String>) async throws {
        ctx.reject(id, TerminalError("error"))
    }

    func incrementViaAwakeableDance(_ ctx: Context, dance: Dance) async throws {
        let ours = ctx.awakeable(String.self)
        ctx.resolve(dance.txPromiseId, with: ours.id)
        _ = try await ours.value
        try ctx.interpret(at: dance.interpreter).send(.increment)
    }

    struct API: HandlerTable {
        let ping = handler(ServiceInterpreterHelper.ping)
        let echo = handler(ServiceInterpreterHelper.echo)
        let echoLater = handler(ServiceInterpreterHelper.echoLater)
        let terminalFailure = handler(ServiceInterpreterHelper.terminalFailure)
        let incrementIndirectly = handler(ServiceInterpreterHelper.incrementIndirectly)
        let resolveAwakeable = handler(ServiceInterpreterHelper.resolveAwakeable)
        let rejectAwakeable = handler(ServiceInterpreterHelper.rejectAwakeable)
        let incrementViaAwakeableDance =
            handler(ServiceInterpreterHelper.incrementViaAwakeableDance)
    }
}
