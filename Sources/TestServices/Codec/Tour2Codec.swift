import CanonicalJSON
import Restate

/// Operations whose values go through a codec.
struct Tour2Codec: Service {
    typealias Failing = Tour2.Failing

    func echo(_ ctx: Context, input: JSONValue) async throws -> JSONValue { input }

    func nothing(_ ctx: Context) async throws {}

    func bytes(_ ctx: Context, input: [UInt8]) async throws -> [UInt8] { input.reversed() }

    func fail(_ ctx: Context, failing: Failing) async throws { throw failing.error }

    func run(_ ctx: Context, value: JSONValue) async throws -> JSONValue {
        try await ctx.run("step") { value }
    }

    func runNothing(_ ctx: Context) async throws -> String {
        try await ctx.run("step") {}
        return "ran"
    }

    func runFails(_ ctx: Context, failing: Failing) async throws -> JSONValue {
        try await failure { try await ctx.run("fails") { throw failing.error } }
    }

    func call(_ ctx: Context, value: JSONValue) async throws -> JSONValue {
        try await ctx.service(Tour2Codec.self).echo
            .header("x-tour", "1").idempotencyKey("codec-key")(value)
    }

    func callFails(_ ctx: Context, failing: Failing) async throws -> JSONValue {
        try await failure { try await ctx.service(Tour2Codec.self).fail(failing) }
    }

    func callNothing(_ ctx: Context) async throws -> String {
        try await ctx.service(Tour2Codec.self).nothing()
        return "nothing"
    }

    func send(_ ctx: Context, value: JSONValue) async throws -> String {
        ctx.service(Tour2Codec.self).echo.send(value, after: .milliseconds(5))
        return "sent"
    }

    func attach(_ ctx: Context, value: JSONValue) async throws -> JSONValue {
        let sent = ctx.service(Tour2Codec.self).echo.send(value)
        return try await ctx.attach(to: sent.invocationID).value
    }

    func awakeable(_ ctx: Context, value: JSONValue) async throws -> JSONValue {
        let awakeable = ctx.awakeable(JSONValue.self)
        ctx.service(Tour2Codec.self).wake.send(Tour2.WakeUp(id: awakeable.id, value: value))
        return try await awakeable.value
    }

    func wake(_ ctx: Context, input: Tour2.WakeUp) async throws {
        ctx.resolve(input.id, with: input.value)
    }

    func refused(_ ctx: Context, failing: Failing) async throws -> JSONValue {
        let awakeable = ctx.awakeable(JSONValue.self)
        let refusal = Tour2.Refusal(
            id: awakeable.id, code: failing.code, message: failing.message,
            metadata: failing.metadata)
        ctx.service(Tour2Codec.self).refuse.send(refusal)
        return try await failure { _ = try await awakeable.value }
    }

    func refuse(_ ctx: Context, input: Tour2.Refusal) async throws {
        ctx.reject(input.id, input.error)
    }

    func waitSignal(_ ctx: Context, name: String) async throws -> JSONValue {
        try await ctx.signal(name, as: JSONValue.self).value
    }

    func signal(_ ctx: Context, value: JSONValue) async throws -> JSONValue {
        let call = ctx.service(Tour2Codec.self).waitSignal.start("go")
        ctx.sendSignal("go", to: try await call.invocationID, with: value)
        return try await call.value
    }

    func sleep(_ ctx: Context, milliseconds: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(milliseconds))
        return "slept"
    }

    func cancelChild(_ ctx: Context) async throws -> String {
        let call = ctx.service(Tour2Codec.self).sleep.start(longMilliseconds)
        ctx.cancel(try await call.invocationID)
        return try await valueOrTold { try await call.value }
    }

    /// The terminal error with which an operation fails.
    private nonisolated(nonsending) func failure(
        _ operation: nonisolated(nonsending) () async throws -> Void
    ) async throws -> JSONValue {
        do {
            try await operation()
            return .null
        } catch let error as TerminalError {
            return toldWithMetadata(error)
        }
    }

    struct API: HandlerTable {
        let echo = handler(Tour2Codec.echo)
        let nothing = handler(Tour2Codec.nothing)
        let bytes = handler(Tour2Codec.bytes).inputFormat(.bytes).outputFormat(.bytes)
        let fail = handler(Tour2Codec.fail)
        let run = handler(Tour2Codec.run)
        let runNothing = handler(Tour2Codec.runNothing)
        let runFails = handler(Tour2Codec.runFails)
        let call = handler(Tour2Codec.call)
        let callFails = handler(Tour2Codec.callFails)
        let callNothing = handler(Tour2Codec.callNothing)
        let send = handler(Tour2Codec.send)
        let attach = handler(Tour2Codec.attach)
        let awakeable = handler(Tour2Codec.awakeable)
        let wake = handler(Tour2Codec.wake)
        let refused = handler(Tour2Codec.refused)
        let refuse = handler(Tour2Codec.refuse)
        let waitSignal = handler(Tour2Codec.waitSignal)
        let signal = handler(Tour2Codec.signal)
        let sleep = handler(Tour2Codec.sleep)
        let cancelChild = handler(Tour2Codec.cancelChild)
    }
}
