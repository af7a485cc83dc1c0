import Foundation
import Restate

/// Long journals, many calls at once, steps that block, results that are kept for a short time only.
struct Long: Service {
    func runs(_ ctx: Context, count: Int) async throws -> Int {
        var sum = 0
        for number in 0..<max(0, count) { sum += try await ctx.run("r\(number)") { number } }
        try await ctx.sleep(.milliseconds(100))
        return sum
    }

    func sends(_ ctx: Context, count: Int) async throws -> Int {
        for number in 0..<max(0, count) {
            ctx.service(Long.self).noop.send(number, after: .seconds(3600))
        }
        return count
    }

    func noop(_ ctx: Context, number: Int) async throws -> Int { number }

    func fan(_ ctx: Context, count: Int) async throws -> Int {
        let calls = (0..<max(0, count)).map { ctx.service(Long.self).noop.start($0) }
        return try await ctx.all(calls).value.reduce(0, +)
    }

    /// Steps that hold their thread for a second each.
    func block(_ ctx: Context, count: Int) async throws -> Int {
        let runs = (0..<max(0, count)).map { number in
            ctx.start("b\(number)") { () -> Int in
                usleep(1_000_000)
                return 1
            }
        }
        return try await ctx.all(runs).value.reduce(0, +)
    }

    func quick(_ ctx: Context) async throws -> Int { try await ctx.run("q") { 1 } }

    /// Swallows whatever ends it, and goes on.
    func zombie(_ ctx: Context) async throws -> Int {
        var swallowed = 0
        while swallowed < 1_000_000_000 {
            do {
                try await ctx.sleep(.milliseconds(20))
            } catch {
                swallowed += 1
            }
        }
        return swallowed
    }

    func shortly(_ ctx: Context) async throws -> Int { counter.bump("shortly") }

    func zero(_ ctx: Context) async throws -> Int {
        try await ctx.sleep(.milliseconds(300))
        return counter.bump("zero")
    }

    /// A megabyte of journal each.
    func chunky(_ ctx: Context, count: Int) async throws -> Int {
        var bytes = 0
        for number in 0..<max(0, count) {
            let text = try await ctx.run("c") { String(repeating: "z", count: 1_000_000) }
            bytes += text.utf8.count
            if number % 5 == 0 { try await ctx.sleep(.milliseconds(1)) }
        }
        return bytes
    }

    struct API: HandlerTable {
        let runs = handler(Long.runs)
        let sends = handler(Long.sends)
        let noop = handler(Long.noop)
        let fan = handler(Long.fan)
        let block = handler(Long.block)
        let quick = handler(Long.quick)
        let zombie = handler(Long.zombie)
        let shortly = handler(Long.shortly).idempotencyRetention(.seconds(1))
        let zero = handler(Long.zero).idempotencyRetention(.zero)
        let chunky = handler(Long.chunky).journalRetention(.zero)
    }
}
