import Restate

/// Timers, and futures that are waited for together.
extension Tour {
    func sleep(_ ctx: Context, milliseconds: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(milliseconds), name: "nap")
        return "slept"
    }

    func twoSleeps(_ ctx: Context) async throws -> String {
        let short = ctx.timer(.milliseconds(10))
        let long = ctx.timer(.milliseconds(30))
        _ = try await ctx.all(short, long).value
        return "slept twice"
    }

    func race(_ ctx: Context) async throws -> String {
        let slow = ctx.timer(.seconds(600)).map { "slow" }
        let fast = ctx.start("fast") { "fast" }
        return try await ctx.first(of: slow, fast).value
    }

    func any(_ ctx: Context) async throws -> String {
        let bad: DurableFuture<String> = ctx.start("bad") { throw TerminalError("bad") }
        let timer = ctx.timer(.milliseconds(10)).map { "timer" }
        return try await ctx.firstSuccess(of: bad, timer).value
    }

    func settled(_ ctx: Context) async throws -> [String] {
        let good = ctx.start("good") { 1 }
        let bad: DurableFuture<Int> = ctx.start("bad") { throw TerminalError("bad") }
        let timer = ctx.timer(.milliseconds(10))
        let results = try await ctx.settled(good, bad, timer).value
        return [outcome(results.0), outcome(results.1), outcome(results.2)]
    }

    func nested(_ ctx: Context) async throws -> [String] {
        let first = ctx.first(
            of: ctx.timer(.seconds(600)).map { "slow" },
            ctx.timer(.milliseconds(10)).map { "quick" })
        let firstSuccess = ctx.firstSuccess(
            of: ctx.timer(.milliseconds(20)).map { "b" },
            ctx.timer(.seconds(600)).map { "c" })
        return try await ctx.all([first, firstSuccess]).value
    }

    func timeout(_ ctx: Context) async throws -> String {
        do {
            return try await ctx.awakeable(String.self).orTimeout(.milliseconds(20)).value
        } catch let error as TerminalError where error == .timeout {
            return "timed out"
        }
    }
}

private func outcome<Value>(_ result: Result<Value, any Error>) -> String {
    switch result {
    case .success: "fulfilled"
    case .failure: "rejected"
    }
}
