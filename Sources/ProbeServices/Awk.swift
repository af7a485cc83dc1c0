import Foundation
import Restate

struct Awk: VirtualObject {
    static let id = StateKey<AwakeableID<String?>?>("id")
    func wait(_ ctx: ObjectContext, ms: Int) async throws -> String {
        let a = ctx.awakeable(String?.self); ctx.set(Self.id, a.id)
        try await ctx.sleep(.milliseconds(ms))
        do { return String(describing: try await a.value) } catch let e as TerminalError {
            return "err \(e.code) \(e.message)"
        }
    }
    func getID(_ ctx: SharedObjectContext) async throws -> String? {
        try await ctx.get(Self.id)?.text
    }
    func resolveWrong(_ ctx: SharedObjectContext, s: String) async throws -> String {
        _ = counter.bump("wrong"); ctx.resolve(AwakeableID<String>(s), with: "x"); return "ok"
    }
    func attachWrong(_ ctx: SharedObjectContext, s: String) async throws -> String {
        do { return try await ctx.attach(to: InvocationID<String>(s)).value } catch let e
            as TerminalError
        { return "err \(e.code) \(e.message)" }
    }
    func outputOf(_ ctx: SharedObjectContext, s: String) async throws -> String {
        do {
            return String(describing: try await ctx.output(of: InvocationID<String>(s)))
        } catch let e as TerminalError { return "err \(e.code) \(e.message)" }
    }
    func emptyFirst(_ ctx: SharedObjectContext, n: Int) async throws -> String {
        let fs = (0..<n).map { i in ctx.start("r") { "v\(i)" } }
        return try await ctx.first(of: fs).value
    }
    func emptyAll(_ ctx: SharedObjectContext, n: Int) async throws -> Int {
        let fs = (0..<n).map { i in ctx.start("r") { "v\(i)" } }
        let s = try await ctx.settled(fs).value
        return try await ctx.all(fs).value.count + s.count
    }
    func term(_ ctx: SharedObjectContext, code: Int) async throws -> String {
        _ = counter.bump("term\(code)");
        throw TerminalError("t \(code)", code: UInt16(code), metadata: ["a": "ü", "b": ""])
    }
    func term204(_ ctx: SharedObjectContext) async throws {
        throw TerminalError("nothing was done", code: 204)
    }
    struct API: HandlerTable {
        let term204 = shared(Awk.term204); let wait = exclusive(Awk.wait);
        let getID = shared(Awk.getID); let resolveWrong = shared(Awk.resolveWrong);
        let attachWrong = shared(Awk.attachWrong); let outputOf = shared(Awk.outputOf)
        let emptyFirst = shared(Awk.emptyFirst); let emptyAll = shared(Awk.emptyAll);
        let term = shared(Awk.term)
    }
}
