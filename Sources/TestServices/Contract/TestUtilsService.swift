import Primitives
import Restate
import RestateHTTP

/// Small things that tests need of any service.
struct TestUtilsService: Service {
    struct SignalValue: Codable, Sendable {
        var invocationId: String
        var signalName: String
        var value: String
    }

    struct SignalRefusal: Codable, Sendable {
        var invocationId: String
        var signalName: String
        var reason: String
    }

    func echo(_ ctx: Context, text: String) async throws -> String {
        text
    }

    func uppercaseEcho(_ ctx: Context, text: String) async throws -> String {
        text.uppercased()
    }

    func echoHeaders(_ ctx: Context) async throws -> [String: String] {
        Dictionary(ctx.request.headers.map { ($0.name, $0.value) }) { first, _ in first }
    }

    func rawEcho(_ ctx: Context, bytes: [UInt8]) async throws -> [UInt8] {
        bytes
    }

    /// Counts in memory, so that what was replayed is not counted.
    func countExecutedSideEffects(_ ctx: Context, count: Int) async throws -> Int {
        guard count >= 0 else { throw TerminalError("A negative number of runs", code: 400) }
        let executed = Locked(0)
        for _ in 0..<count {
            try await ctx.run("") { executed.withLock { $0 += 1 } }
        }
        return executed.withLock { $0 }
    }

    func cancelInvocation(_ ctx: Context, id: String) async throws {
        ctx.cancel(InvocationID<Void>(id))
    }

    func resolveSignal(_ ctx: Context, signal: SignalValue) async throws {
        ctx.sendSignal(
            signal.signalName, to: InvocationID<Void>(signal.invocationId), with: signal.value)
    }

    func rejectSignal(_ ctx: Context, signal: SignalRefusal) async throws {
        ctx.sendSignal(
            signal.signalName, to: InvocationID<Void>(signal.invocationId),
            failing: TerminalError(signal.reason))
    }

    struct API: HandlerTable {
        let echo = handler(TestUtilsService.echo)
        let uppercaseEcho = handler(TestUtilsService.uppercaseEcho)
        let echoHeaders = handler(TestUtilsService.echoHeaders)
        let rawEcho = handler(TestUtilsService.rawEcho).rawInput().rawOutput()
        let countExecutedSideEffects = handler(TestUtilsService.countExecutedSideEffects)
        let cancelInvocation = handler(TestUtilsService.cancelInvocation)
        let resolveSignal = handler(TestUtilsService.resolveSignal)
        let rejectSignal = handler(TestUtilsService.rejectSignal)
    }
}
