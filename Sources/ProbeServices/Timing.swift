import Foundation
import Restate

/// Sleeps, delays and time-outs from none to all time, and random values.
struct Timing: Service {
    func sleepMs(_ ctx: Context, milliseconds: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(milliseconds))
        return "ok"
    }

    func sleepMax(_ ctx: Context) async throws -> String {
        try await ctx.sleep(.seconds(Int64.max))
        return "ok"
    }

    func timeoutMax(_ ctx: Context) async throws -> String {
        try await ctx.start("x") { () -> String in "x" }.orTimeout(.seconds(Int64.max)).value
    }

    func sendMax(_ ctx: Context) async throws -> String {
        try await ctx.service(Timing.self).sleepMs.send(1, after: .seconds(Int64.max))
            .invocationID.rawValue
    }

    /// Seconds since 1970.
    func sendAt(_ ctx: Context, seconds: Double) async throws -> String {
        try await ctx.service(Timing.self).sleepMs
            .send(1, at: Date(timeIntervalSince1970: seconds)).invocationID.rawValue
    }

    func sendNeg(_ ctx: Context) async throws -> String {
        try await ctx.service(Timing.self).sleepMs.send(1, after: .seconds(-5)).invocationID
            .rawValue
    }

    func timeout0(_ ctx: Context) async throws -> String {
        let awakeable = ctx.awakeable(String.self)
        do {
            return try await awakeable.orTimeout(.zero).value
        } catch let failure as TerminalError {
            return "\(failure.code)"
        }
    }

    /// The same in all attempts of an invocation.
    func rnd(_ ctx: Context) async throws -> [String] {
        let first = ctx.uuid().uuidString
        try await ctx.sleep(.milliseconds(5))
        let second = ctx.uuid().uuidString
        let number = Int.random(in: 1...1_000_000, using: &ctx.random)
        return [first, second, "\(number)"]
    }

    /// A random value that a restart from an entry must make again.
    func rndPrefix(_ ctx: Context) async throws -> String {
        let key = ctx.uuid().uuidString
        let answer = try await ctx.service(Timing.self).sleepMs.idempotencyKey(key)(1)
        let step = try await ctx.run("x") { "x" }
        return "\(key) \(answer) \(step)"
    }

    struct API: HandlerTable {
        let sleepMs = handler(Timing.sleepMs)
        let sleepMax = handler(Timing.sleepMax)
        let timeoutMax = handler(Timing.timeoutMax)
        let sendMax = handler(Timing.sendMax)
        let sendAt = handler(Timing.sendAt)
        let sendNeg = handler(Timing.sendNeg)
        let timeout0 = handler(Timing.timeout0)
        let rnd = handler(Timing.rnd)
        let rndPrefix = handler(Timing.rndPrefix)
    }
}
