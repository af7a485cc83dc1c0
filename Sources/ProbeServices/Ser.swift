import Foundation
import Restate

struct Ser: Service {
    func opt(_ ctx: Context, v: String?) async throws -> String? { v }
    func str(_ ctx: Context, v: String) async throws -> String { v }
    func big(_ ctx: Context, v: Big) async throws -> Big { try await ctx.run("b") { v } }
    func foo(_ ctx: Context, v: Foo) async throws -> Foo { v }
    func ik(_ ctx: Context, v: IntKeyed) async throws -> IntKeyed { v }
    func dbl(_ ctx: Context, v: Double) async throws -> Double { v }
    func nan(_ ctx: Context) async throws -> Double { _ = counter.bump("nan"); return Double.nan }
    func nanRun(_ ctx: Context) async throws -> String {
        let v = try await ctx.run("n") {
            _ = counter.bump("nanRun"); return Double.infinity
        }; return "\(v)"
    }
    func nanSend(_ ctx: Context) async throws -> String {
        _ = counter.bump("nanSend");
        return String(describing: try await ctx.service(Ser.self).dbl(.nan))
    }
    func optRun(_ ctx: Context, v: String?) async throws -> String {
        let a: String? = try await ctx.run("a") { v }
        let b: String?? = try await ctx.run("b") { .some(nil) }
        return "\(String(describing: a)) \(String(describing: b))"
    }
    func bytes(_ ctx: Context, v: [UInt8]) async throws -> [UInt8] { v }
    func hdr(_ ctx: Context) async throws -> [String] { ctx.request.headers.map { "\($0)" } }
    func void(_ ctx: Context) async throws {}
    func count(_ ctx: Context, v: String) async throws -> Int { counter.get(v) }
    struct API: HandlerTable {
        let opt = handler(Ser.opt); let str = handler(Ser.str); let big = handler(Ser.big);
        let foo = handler(Ser.foo)
        let ik = handler(Ser.ik); let dbl = handler(Ser.dbl); let nan = handler(Ser.nan);
        let nanRun = handler(Ser.nanRun); let nanSend = handler(Ser.nanSend)
        let optRun = handler(Ser.optRun)
        let bytes = handler(Ser.bytes).rawInput().rawOutput()
        let hdr = handler(Ser.hdr); let void = handler(Ser.void(_:)); let count = handler(Ser.count)
    }
}
