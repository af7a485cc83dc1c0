import CanonicalJSON
import Restate

/// Cancellation as a future: by itself it ends nothing.
struct Tour2Explicit: Service {
    static let options = ServiceOptions().explicitCancellation()

    func race(_ ctx: Context, ms: Int) async throws -> String {
        try await ctx.first(of: slept(ctx, .milliseconds(ms)), cancelled(ctx)).value
    }

    func after(_ ctx: Context, ms: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(ms))
        return try await ctx.first(of: slept(ctx, long), cancelled(ctx)).value
    }

    func clean(_ ctx: Context, names: [String]) async throws -> [String] {
        try await ctx.cancellation.value
        var done: [String] = []
        for name in names { done.append(try await ctx.run(name) { name }) }
        return done
    }

    func calls(_ ctx: Context, count: Int) async throws -> [JSONValue] {
        let calls = startCalls(ctx, count)
        try await ctx.cancellation.value
        var result: [JSONValue] = [.integer(try await ctx.cancelStartedCalls().count)]
        for call in calls {
            result.append(try await valueOrTold { .string(try await call.value) })
        }
        return result
    }

    func callsInRace(_ ctx: Context, count: Int) async throws -> [JSONValue] {
        let all = ctx.all(startCalls(ctx, count)).map { _ in "done" }
        let first = try await ctx.first(of: all, cancelled(ctx)).value
        let told = try await ctx.cancelStartedCalls().count
        let toldAgain = try await ctx.cancelStartedCalls().count
        return [.string(first), .integer(told), .integer(toldAgain)]
    }

    func sends(_ ctx: Context, count: Int) async throws -> [JSONValue] {
        for _ in 0..<count { ctx.service(Tour2.self).sleep.send(50) }
        let call = ctx.service(Tour2.self).sleep.start(longMilliseconds)
        try await ctx.cancellation.value
        let told = try await ctx.cancelStartedCalls().count
        return [.integer(told), try await valueOrTold { .string(try await call.value) }]
    }

    func none(_ ctx: Context) async throws -> Int {
        try await ctx.cancelStartedCalls().count
    }

    func unheard(_ ctx: Context, ms: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(ms))
        return "slept"
    }

    func twice(_ ctx: Context, name: String) async throws -> String {
        try await ctx.cancellation.value
        try await ctx.run(name) { 1 }
        try await ctx.cancellation.value
        return "twice"
    }

    func stops(_ ctx: Context, code: UInt16) async throws -> String {
        let stopped =
            ctx.cancellation.map { throw TerminalError("stopped", code: code) }
            as DurableFuture<String>
        return try await ctx.first(of: slept(ctx, long), stopped).value
    }

    func duringRun(_ ctx: Context, ms: Int) async throws -> String {
        let run = ctx.start("long") {
            try await Task.sleep(for: .milliseconds(ms))
            return "ran"
        }
        return try await ctx.first(of: run, cancelled(ctx)).value
    }

    private func slept(_ ctx: Context, _ duration: Duration) -> DurableFuture<String> {
        ctx.timer(duration).map { "slept" }
    }

    private func cancelled(_ ctx: Context) -> DurableFuture<String> {
        ctx.cancellation.map { "cancelled" }
    }

    private func startCalls(_ ctx: Context, _ count: Int) -> [DurableFuture<String>] {
        (0..<count).map { _ in ctx.service(Tour2.self).sleep.start(longMilliseconds) }
    }

    struct API: HandlerTable {
        let race = handler(Tour2Explicit.race)
        let after = handler(Tour2Explicit.after)
        let clean = handler(Tour2Explicit.clean)
        let calls = handler(Tour2Explicit.calls)
        let callsInRace = handler(Tour2Explicit.callsInRace)
        let sends = handler(Tour2Explicit.sends)
        let none = handler(Tour2Explicit.none)
        let unheard = handler(Tour2Explicit.unheard)
        let twice = handler(Tour2Explicit.twice)
        let stops = handler(Tour2Explicit.stops)
        let duringRun = handler(Tour2Explicit.duringRun)
    }
}
