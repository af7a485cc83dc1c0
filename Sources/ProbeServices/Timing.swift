import Foundation
import Restate

struct Timing: Service {
    func sleepMs(_ ctx: Context, ms: Int) async throws -> String {
        try await ctx.sleep(.milliseconds(ms)); return "ok"
    }
    func sleepMax(_ ctx: Context) async throws -> String {
        try await ctx.sleep(.seconds(Int64.max)); return "ok"
    }
    func timeoutMax(_ ctx: Context) async throws -> String {
        let f = ctx.start("x") { () -> String in "x" }.orTimeout(.seconds(Int64.max));
        return try await f.value
    }
    func sendMax(_ ctx: Context) async throws -> String {
        try await ctx.service(Timing.self).sleepMs.send(1, after: .seconds(Int64.max)).invocationID
            .text
    }
    func sendAt(_ ctx: Context, t: Double) async throws -> String {
        try await ctx.service(Timing.self).sleepMs.send(1, at: Date(timeIntervalSince1970: t))
            .invocationID.text
    }
    func sendNeg(_ ctx: Context) async throws -> String {
        try await ctx.service(Timing.self).sleepMs.send(1, after: .seconds(-5)).invocationID.text
    }
    func timeout0(_ ctx: Context) async throws -> String {
        let a = ctx.awakeable(String.self)
        do { return try await a.orTimeout(.zero).value } catch let e as TerminalError {
            return "\(e.code)"
        }
    }
    func rnd(_ ctx: Context) async throws -> [String] {
        let a = ctx.uuid().uuidString; try await ctx.sleep(.milliseconds(5));
        let b = ctx.uuid().uuidString
        let c = Int.random(in: 1...1_000_000, using: &ctx.random); return [a, b, "\(c)"]
    }
    func rndPrefix(_ ctx: Context) async throws -> String {
        let k = ctx.uuid().uuidString
        let r = try await ctx.service(Timing.self).sleepMs.idempotencyKey(k)(1)
        let x = try await ctx.run("x") { "x" }
        return "\(k) \(r) \(x)"
    }
    struct API: HandlerTable {
        let sleepMs = handler(Timing.sleepMs); let sleepMax = handler(Timing.sleepMax);
        let timeoutMax = handler(Timing.timeoutMax)
        let sendMax = handler(Timing.sendMax); let sendAt = handler(Timing.sendAt);
        let sendNeg = handler(Timing.sendNeg); let timeout0 = handler(Timing.timeout0)
        let rnd = handler(Timing.rnd); let rndPrefix = handler(Timing.rndPrefix)
    }
}
