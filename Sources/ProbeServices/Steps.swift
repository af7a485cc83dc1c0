import Foundation
import Restate

struct Steps: Service {
    /// retries counted, policy
    struct P: Codable, Sendable {
        var id: String; var max: Int?; var ms: Int?; var maxMs: Int?; var initialMs: Int?;
        var factor: Double?
    }
    func fail(_ ctx: Context, p: P) async throws -> String {
        let policy = RunRetryPolicy(
            initialInterval: .milliseconds(p.initialMs ?? 10), factor: p.factor ?? 1,
            maxInterval: .milliseconds(p.maxMs ?? 100), maxAttempts: p.max,
            maxDuration: p.ms.map { .milliseconds($0) })
        do {
            return try await ctx.run("fail", retry: policy) { () -> String in
                let n = counter.bump(p.id); throw Oops(description: "no \(n)")
            }
        } catch let e as TerminalError {
            return "terminal \(e.code) \(e.message) runs=\(counter.get(p.id))"
        }
    }
    func forever(_ ctx: Context, id: String) async throws -> String {
        do {
            return try await ctx.run("forever") { () -> String in
                let n = counter.bump(id); throw Oops(description: "no \(n)")
            }
        } catch let e as TerminalError {
            return "terminal \(e.code) cancel=\(e.isCancellation) runs=\(counter.get(id))"
        }
    }
    /// many parallel runs
    func many(_ ctx: Context, n: Int) async throws -> Int {
        let fs = (0..<n).map { i in
            ctx.start("r\(i)") { () -> Int in
                if i % 3 == 0 { try await Task.sleep(for: .milliseconds(i % 7)) }
                if i % 5 == 0 { usleep(UInt32(i % 11) * 100) }
                return i
            }
        }
        return try await ctx.all(fs).value.reduce(0, +)
    }
    /// race losers, then go on with losers
    func losers(_ ctx: Context) async throws -> String {
        let a = ctx.start("slow") { () -> String in
            try await Task.sleep(for: .milliseconds(300)); return "slow"
        }
        let b = ctx.start("fast") { () -> String in "fast" }
        let w = try await ctx.first(of: a, b).value
        let t = ctx.timer(.milliseconds(20))
        try await t.value
        let again = try await ctx.first(of: a, b).value
        let both = try await ctx.all(a, b).value
        return "\(w) \(again) \(both)"
    }
    /// run longer than inactivity timeout
    func long(_ ctx: Context, ms: Int) async throws -> Int {
        let r = try await ctx.run("long") { () -> Int in
            try await Task.sleep(for: .milliseconds(ms)); return counter.bump("long")
        }
        return r
    }
    func abort(_ ctx: Context, p: P) async throws -> String {
        do {
            return try await ctx.run(
                "abort",
                retry: RunRetryPolicy(
                    initialInterval: .milliseconds(10), factor: 1, maxAttempts: p.max)
            ) { () -> String in
                let n = counter.bump(p.id)
                if n < 3 { try await Task.sleep(for: .seconds(10)); return "late" }
                throw Oops(description: "no \(n)")
            }
        } catch let e as TerminalError { return "terminal \(e.message) runs=\(counter.get(p.id))" }
    }
    struct API: HandlerTable {
        let fail = handler(Steps.fail); let forever = handler(Steps.forever);
        let many = handler(Steps.many)
        let losers = handler(Steps.losers);
        let abort = handler(Steps.abort).inactivityTimeout(.milliseconds(200)).abortTimeout(
            .milliseconds(300)
        ).retryPolicy(InvocationRetryPolicy(initialInterval: .milliseconds(50)))
        let long = handler(Steps.long).inactivityTimeout(.milliseconds(300)).abortTimeout(
            .seconds(30))
    }
}
