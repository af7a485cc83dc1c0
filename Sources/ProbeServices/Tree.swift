import Foundation
import Restate

struct Tree: VirtualObject {
    static let log = StateKey<[String]>("log", default: [])
    func note(_ ctx: ObjectContext, s: String) async throws {
        ctx.set(Self.log, try await ctx.get(Self.log) + [s])
    }
    func logs(_ ctx: SharedObjectContext) async throws -> [String] { try await ctx.get(Self.log) }
    /// saga: three levels
    func leaf(_ ctx: ObjectContext, s: String) async throws -> String {
        do { try await ctx.sleep(.seconds(3600)); return "?" } catch let e as TerminalError {
            try await ctx.sleep(.milliseconds(200))  // compensation with waits
            try await ctx.object(Tree.self, "log").note("leaf \(e.code) \(e.isCancellation)")
            throw e
        }
    }
    func mid(_ ctx: ObjectContext, s: String) async throws -> String {
        do { return try await ctx.object(Tree.self, "leaf-\(s)").leaf(s) } catch let e
            as TerminalError
        {
            try await ctx.object(Tree.self, "log").note(
                "mid \(e.code) \(e.isCancellation) \(e.message)");
            throw e
        }
    }
    func top(_ ctx: ObjectContext, s: String) async throws -> String {
        do { return try await ctx.object(Tree.self, "mid-\(s)").mid(s) } catch let e
            as TerminalError
        {
            try await ctx.object(Tree.self, "log").note(
                "top \(e.code) \(e.isCancellation) \(e.message)");
            throw e
        }
    }
    /// cancel while a run is in flight, then goes on with other runs
    func cancelRun(_ ctx: ObjectContext, ms: Int) async throws -> String {
        let r = ctx.start("r") { () -> String in
            try await Task.sleep(for: .milliseconds(ms)); _ = counter.bump("cancelRun");
            return "done"
        }
        do { return try await r.value } catch let e as TerminalError {
            let n = try await ctx.run("after") { counter.get("cancelRun") }
            let late = try await r.value
            return "cancelled \(e.isCancellation) n=\(n) late=\(late)"
        }
    }
    /// a second cancel during compensation
    func twice(_ ctx: ObjectContext) async throws -> String {
        do { try await ctx.sleep(.seconds(3600)); return "?" } catch let e as TerminalError {
            do {
                try await ctx.sleep(.seconds(3)); return "compensated \(e.isCancellation)"
            } catch let e2 as TerminalError { return "second \(e2.isCancellation)" }
        }
    }
    /// swallow cancel
    func swallow(_ ctx: ObjectContext) async throws -> String {
        var n = 0
        for _ in 0..<3 { do { try await ctx.sleep(.milliseconds(500)) } catch { n += 1 } }
        return "n=\(n)"
    }
    func callHold(_ ctx: ObjectContext, key: String) async throws -> String {
        try await ctx.object(Obj.self, key).hold(10)
    }
    struct API: HandlerTable {
        let note = exclusive(Tree.note); let logs = shared(Tree.logs);
        let leaf = exclusive(Tree.leaf); let mid = exclusive(Tree.mid);
        let top = exclusive(Tree.top)
        let cancelRun = exclusive(Tree.cancelRun); let twice = exclusive(Tree.twice);
        let swallow = exclusive(Tree.swallow); let callHold = exclusive(Tree.callHold)
    }
}
