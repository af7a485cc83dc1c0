import Foundation
import Restate

/// Steps that fail, are retried, race, or take longer than an attempt may be quiet.
struct Steps: Service {
    /// A retry policy, and the name under which executions are counted.
    struct Policy: Codable, Sendable {
        var id: String
        var max: Int?
        var ms: Int?
        var maxMs: Int?
        var initialMs: Int?
        var factor: Double?
    }

    func fail(_ ctx: Context, policy: Policy) async throws -> String {
        let retry = RunRetryPolicy(
            initialInterval: .milliseconds(policy.initialMs ?? 10), factor: policy.factor ?? 1,
            maxInterval: .milliseconds(policy.maxMs ?? 100), maxAttempts: policy.max,
            maxDuration: policy.ms.map { .milliseconds($0) })
        do {
            return try await ctx.run("fail", retry: retry) { () -> String in
                throw Oops(description: "no \(counter.bump(policy.id))")
            }
        } catch let failure as TerminalError {
            return "terminal \(failure.code) \(failure.message) runs=\(counter.get(policy.id))"
        }
    }

    func forever(_ ctx: Context, id: String) async throws -> String {
        do {
            return try await ctx.run("forever") { () -> String in
                throw Oops(description: "no \(counter.bump(id))")
            }
        } catch let failure as TerminalError {
            return "terminal \(failure.code) cancel=\(failure.isCancellation) "
                + "runs=\(counter.get(id))"
        }
    }

    /// Many at once: some wait, some block, some do neither.
    func many(_ ctx: Context, count: Int) async throws -> Int {
        let runs = (0..<max(0, count)).map { number in
            ctx.start("r\(number)") { () -> Int in
                if number % 3 == 0 { try await Task.sleep(for: .milliseconds(number % 7)) }
                if number % 5 == 0 { usleep(UInt32(number % 11) * 100) }
                return number
            }
        }
        return try await ctx.all(runs).value.reduce(0, +)
    }

    /// The first of two; later the loser too.
    func losers(_ ctx: Context) async throws -> String {
        let slow = ctx.start("slow") { () -> String in
            try await Task.sleep(for: .milliseconds(300))
            return "slow"
        }
        let fast = ctx.start("fast") { () -> String in "fast" }
        let winner = try await ctx.first(of: slow, fast).value
        try await ctx.timer(.milliseconds(20)).value
        let again = try await ctx.first(of: slow, fast).value
        let both = try await ctx.all(slow, fast).value
        return "\(winner) \(again) \(both)"
    }

    /// One that takes longer than the inactivity time-out.
    func long(_ ctx: Context, milliseconds: Int) async throws -> Int {
        try await ctx.run("long") { () -> Int in
            try await Task.sleep(for: .milliseconds(milliseconds))
            return counter.bump("long")
        }
    }

    /// One whose first executions take longer than the abort time-out.
    func abort(_ ctx: Context, policy: Policy) async throws -> String {
        let retry = RunRetryPolicy(
            initialInterval: .milliseconds(10), factor: 1, maxAttempts: policy.max)
        do {
            return try await ctx.run("abort", retry: retry) { () -> String in
                let count = counter.bump(policy.id)
                if count < 3 {
                    try await Task.sleep(for: .seconds(10))
                    return "late"
                }
                throw Oops(description: "no \(count)")
            }
        } catch let failure as TerminalError {
            return "terminal \(failure.message) runs=\(counter.get(policy.id))"
        }
    }

    struct API: HandlerTable {
        let fail = handler(Steps.fail)
        let forever = handler(Steps.forever)
        let many = handler(Steps.many)
        let losers = handler(Steps.losers)
        let long = handler(Steps.long)
            .inactivityTimeout(.milliseconds(300))
            .abortTimeout(.seconds(30))
        let abort = handler(Steps.abort)
            .inactivityTimeout(.milliseconds(200))
            .abortTimeout(.milliseconds(300))
            .retryPolicy(InvocationRetryPolicy(initialInterval: .milliseconds(50)))
    }
}
