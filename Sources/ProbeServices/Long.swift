import Foundation
import Restate

struct Long: Service {
    func runs(_ ctx: Context, n: Int) async throws -> Int {
        var s = 0; for i in 0..<n { s += try await ctx.run("r\(i)") { i } };
        try await ctx.sleep(.milliseconds(100)); return s
    }
    func sends(_ ctx: Context, n: Int) async throws -> Int {
        for i in 0..<n { ctx.service(Long.self).noop.send(i, after: .seconds(3600)) }; return n
    }
    func noop(_ ctx: Context, n: Int) async throws -> Int { n }
    func fan(_ ctx: Context, n: Int) async throws -> Int {
        let f = (0..<n).map { ctx.service(Long.self).noop.start($0) };
        return try await ctx.all(f).value.reduce(0, +)
    }
    func block(_ ctx: Context, n: Int) async throws -> Int {
        let f = (0..<n).map { i in
            ctx.start("b\(i)") { () -> Int in
                usleep(1_000_000); return 1
            }
        }
        return try await ctx.all(f).value.reduce(0, +)
    }
    func quick(_ ctx: Context) async throws -> Int { try await ctx.run("q") { 1 } }
    func zombie(_ ctx: Context) async throws -> Int {
        var n = 0;
        while n < 1_000_000_000 { do { try await ctx.sleep(.milliseconds(20)) } catch { n += 1 } };
        return n
    }
    func shortly(_ ctx: Context) async throws -> Int { counter.bump("shortly") }
    func zero(_ ctx: Context) async throws -> Int {
        try await ctx.sleep(.milliseconds(300)); return counter.bump("zero")
    }
    func chunky(_ ctx: Context, n: Int) async throws -> Int {
        var t = 0;
        for i in 0..<n {
            t += try await ctx.run("c") { String(repeating: "z", count: 1_000_000) }.utf8.count;
            if i % 5 == 0 { try await ctx.sleep(.milliseconds(1)) }
        }; return t
    }
    struct API: HandlerTable {
        let runs = handler(Long.runs); let block = handler(Long.block);
        let quick = handler(Long.quick); let zombie = handler(Long.zombie);
        let sends = handler(Long.sends); let noop = handler(Long.noop); let fan = handler(Long.fan)
        let shortly = handler(Long.shortly).idempotencyRetention(.seconds(1));
        let zero = handler(Long.zero).idempotencyRetention(.zero);
        let chunky = handler(Long.chunky).journalRetention(.zero)
    }
}
