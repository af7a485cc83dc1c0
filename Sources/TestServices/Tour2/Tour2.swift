import CanonicalJSON
import Restate

/// What the handlers of the second tour call.
struct Tour2: Service {
    /// A terminal error as its callers say it.
    struct Failing: Codable, Sendable {
        var code: UInt16
        var message: String
        var metadata: [String: String]?

        var error: TerminalError { TerminalError(message, code: code, metadata: metadata ?? [:]) }
    }

    struct WakeUp: Codable, Sendable {
        var id: AwakeableID<JSONValue>
        var value: JSONValue
    }

    struct Refusal: Codable, Sendable {
        var id: AwakeableID<JSONValue>
        var code: UInt16
        var message: String
        var metadata: [String: String]?

        var error: TerminalError { TerminalError(message, code: code, metadata: metadata ?? [:]) }
    }

    func echo(_ ctx: Context, input: JSONValue) async throws -> JSONValue {
        input
    }

    func sleep(_ ctx: Context, milliseconds: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(milliseconds))
        return "slept"
    }

    func fail(_ ctx: Context, failing: Failing) async throws {
        throw failing.error
    }

    func wake(_ ctx: Context, input: WakeUp) async throws {
        ctx.resolve(input.id, with: input.value)
    }

    func refuse(_ ctx: Context, input: Refusal) async throws {
        ctx.reject(input.id, input.error)
    }

    func waitSignal(_ ctx: Context, name: String) async throws -> JSONValue {
        try await valueOrTold { try await ctx.signal(name, as: JSONValue.self).value }
    }

    func whoami(_ ctx: Context) async throws -> JSONValue {
        let request = ctx.request
        return .object([
            "idempotencyKey": text(request.idempotencyKey), "scope": text(request.scope),
            "limitKey": text(request.limitKey),
        ])
    }

    private func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    struct API: HandlerTable {
        let echo = handler(Tour2.echo)
        let sleep = handler(Tour2.sleep)
        let fail = handler(Tour2.fail)
        let wake = handler(Tour2.wake)
        let refuse = handler(Tour2.refuse)
        let waitSignal = handler(Tour2.waitSignal)
        let whoami = handler(Tour2.whoami)
    }
}

/// Ten minutes: for what is never waited for until its end.
let long = Duration.seconds(600)
let longMilliseconds = 600_000

/// A retry policy that is used up soon.
let endsSoon = InvocationRetryPolicy(
    initialInterval: .milliseconds(20), maxAttempts: 2, onMaxAttempts: .kill)

/// The value that an operation gives, or the terminal error with which it failed, in one line.
nonisolated(nonsending) func valueOrTold(
    _ operation: nonisolated(nonsending) () async throws -> JSONValue
) async throws -> JSONValue {
    do {
        return try await operation()
    } catch let error as TerminalError {
        return .string(told(error))
    }
}

nonisolated(nonsending) func valueOrTold(
    _ operation: nonisolated(nonsending) () async throws -> String
) async throws -> String {
    do {
        return try await operation()
    } catch let error as TerminalError {
        return told(error)
    }
}

/// The text that a value is.
func text(_ value: JSONValue) throws -> String {
    guard case .string(let text) = value else { throw TerminalError("\(value) is no text") }
    return text
}

/// A terminal error with its metadata, for handlers that report what they caught.
func toldWithMetadata(_ error: TerminalError) -> JSONValue {
    .object([
        "told": .string(told(error)),
        "metadata": .object(error.metadata.mapValues { .string($0) }),
    ])
}
