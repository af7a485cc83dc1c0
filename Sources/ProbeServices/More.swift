import Foundation
import Restate

struct More: VirtualObject {
    struct Custom: Codable, Sendable { var a: Int; var b: String }
    /// header differs on each attempt
    func ndHeader(_ ctx: ObjectContext) async throws -> String {
        let n = counter.bump("ndh")
        let f = ctx.service(Ser.self).str.header("x-b", "\(n)").header("x-a", "same").start("v")
        try await ctx.sleep(.milliseconds(50)); return try await f.value
    }
    func ndOrder(_ ctx: ObjectContext) async throws -> String {
        let n = counter.bump("ndo")
        if n % 2 == 1 {
            ctx.set(Obj.n, 1); try await ctx.sleep(.milliseconds(10))
        } else {
            _ = try await ctx.run("other") { 1 }; try await ctx.sleep(.milliseconds(10))
        }
        return "x"
    }
    func child(_ ctx: ObjectContext) async throws -> String {
        do { return try await ctx.object(Tree.self, "cl-\(ctx.key)").leaf("x") } catch let e
            as TerminalError
        { return "parent saw \(e.code) cancel=\(e.isCancellation) \(e.message)" }
    }
    func selfCall(_ ctx: ObjectContext) async throws -> String {
        do { return try await ctx.object(More.self, ctx.key).other() } catch let e as TerminalError
        { return "self \(e.code) \(e.isCancellation)" }
    }
    func other(_ ctx: ObjectContext) async throws -> String { "other" }
    func cancelSent(_ ctx: ObjectContext) async throws -> String {
        let s = ctx.object(Obj.self, "cs").add.send(5, after: .seconds(2))
        let id = try await s.invocationID
        ctx.cancel(id)
        let t = ctx.service(Timing.self).sleepMs.start(20000)
        let tid = try await t.invocationID
        ctx.cancel(tid)
        do { _ = try await t.value; return "?" } catch let e as TerminalError {
            return "child \(e.code) mine=\(e.isCancellation)"
        }
    }
    func nested(_ ctx: ObjectContext) async throws -> String {
        let a = ctx.awakeable(String.self)
        var out: [String] = []
        do { _ = try await a.orTimeout(.milliseconds(50)).orTimeout(.seconds(10)).value } catch let
            e as TerminalError
        { out.append("t\(e.code)") }
        let r = ctx.start("r") { "r" }
        out.append(try await r.orTimeout(.seconds(5)).value)
        out.append(try await r.orTimeout(.zero).value)
        let bad = ctx.start("bad") { () -> String in
            throw TerminalError("bad", code: 422, metadata: ["k": "v"])
        }
        let s = try await ctx.settled([r, bad]).value
        out.append(
            s.map {
                switch $0 {
                case .success(let v): v;
                case .failure(let e): "f:\(e)"
                }
            }.joined(separator: ","))
        do { _ = try await ctx.all(r, bad, ctx.timer(.seconds(30))).value } catch let e
            as TerminalError
        { out.append("all \(e.code) \(e.metadata)") }
        out.append(try await ctx.firstSuccess(of: bad, r).value)
        do { _ = try await ctx.firstSuccess(of: bad, bad).value } catch let e as TerminalError {
            out.append("fs \(e.code)")
        }
        let pair = try await ctx.all(r, r).value; out.append("\(pair)")
        out.append(
            try await ctx.select(
                .when(ctx.timer(.seconds(20))) { _ in "timer" }, .when(ctx.all(r, r)) { "\($0.0)" })
        )
        var n = 0
        let m = r.map { v -> String in
            n += 1; return v + "\(n)"
        }
        out.append(try await m.value); out.append(try await ctx.first(of: m, m).value)
        let mt = r.map { _ -> String in throw TerminalError("mapped", code: 410) }
        do { _ = try await mt.value } catch let e as TerminalError { out.append("m\(e.code)") }
        out.append(try await ctx.all([DurableFuture<String>]()).value.description)
        let big = try await ctx.all(
            ctx.all([r, r]), ctx.first(of: ctx.all([r]), ctx.timer(.seconds(9)).map { ["late"] }),
            ctx.settled([bad])
        ).value
        out.append("\(big.0) \(big.1) \(big.2.count)")
        return out.joined(separator: " | ")
    }
    func runNaN(_ ctx: ObjectContext, f: String) async throws -> String {
        let factor: Double = f == "nan" ? .nan : f == "inf" ? .infinity : f == "huge" ? 1e308 : -1
        do {
            return try await ctx.run(
                "x",
                retry: RunRetryPolicy(
                    initialInterval: .milliseconds(5), factor: factor,
                    maxInterval: .milliseconds(20), maxAttempts: 4)
            ) { () -> String in throw Oops(description: "x") }
        } catch let e as TerminalError { return "t \(e.message)" }
    }
    func runNoMax(_ ctx: ObjectContext) async throws -> String {
        let n = counter
        do {
            return try await ctx.run(
                "x",
                retry: RunRetryPolicy(
                    initialInterval: .seconds(Int64.max), factor: 10, maxInterval: nil,
                    maxAttempts: 2)
            ) { () -> String in
                _ = n.bump("noMax"); throw Oops(description: "x")
            }
        } catch let e as TerminalError { return "t \(e.message)" }
    }
    func longError(_ ctx: ObjectContext, n: Int) async throws -> String {
        throw Oops(description: String(repeating: "e\n\u{0}ü", count: n))
    }
    func longTerminal(_ ctx: ObjectContext, n: Int) async throws -> String {
        throw TerminalError(String(repeating: "e\nü", count: n))
    }
    func sig(_ ctx: ObjectContext) async throws -> String {
        try await ctx.sleep(.milliseconds(300))
        let a = try await ctx.signal("a", as: String.self).value
        let e: String
        do {
            e = try await ctx.signal("\u{e9}", as: String.self).orTimeout(.milliseconds(100)).value
        } catch let t as TerminalError { e = "t\(t.code)" }
        let a2: String
        do {
            a2 = try await ctx.signal("a", as: String.self).orTimeout(.milliseconds(100)).value
        } catch let t as TerminalError { a2 = "t\(t.code)" }
        return "\(a) \(e) \(a2)"
    }
    struct SendSig: Codable, Sendable { var id: String; var name: String; var v: String }
    func sendSig(_ ctx: SharedObjectContext, s: SendSig) async throws {
        ctx.signal(s.name, to: InvocationID<String>(s.id), with: s.v)
    }
    func unresolved(_ ctx: ObjectContext) async throws -> String {
        _ = ctx.start("never") { () -> Int in counter.bump("never") }
        _ = ctx.object(Obj.self, "unres").add.start(7)
        ctx.object(Obj.self, "unres").add.send(8)
        _ = ctx.timer(.seconds(500)); _ = ctx.awakeable(Int.self)
        return "done"
    }
    func caught(_ ctx: ObjectContext) async throws -> String {
        do { try await ctx.sleep(.seconds(1)) } catch { return "swallowed" }
        return "ok"
    }
    func idemCall(_ ctx: ObjectContext) async throws -> [String] {
        let a = try await ctx.service(Ser.self).str.idempotencyKey("same")("one")
        let b = try await ctx.service(Ser.self).str.idempotencyKey("same")("two")
        let c = try await ctx.service(Ser.self).opt.idempotencyKey("same")("three") ?? "nil"
        return [a, b, c]
    }
    func emptyIdem(_ ctx: ObjectContext) async throws -> String {
        try await ctx.service(Ser.self).str.idempotencyKey("")("one")
    }
    func wfCall(_ ctx: ObjectContext, k: String) async throws -> String {
        do {
            let x = ctx.workflow(Flow.self, k).run.start("q");
            let y = ctx.workflow(Flow.self, k).run.start("q2")
            let id1 = try await x.invocationID.text, id2 = try await y.invocationID.text
            _ = try await ctx.workflow(Flow.self, k).done("z")
            let r = try await ctx.settled(x, y).value
            return "\(id1 == id2) \(r.0) \(r.1)"
        } catch let e as TerminalError { return "t \(e.code) \(e.message)" }
    }
    func hdrs(_ ctx: SharedObjectContext) async throws -> String {
        "\(ctx.request.header("X-Aa") ?? "-") \(ctx.request.header("x-aA") ?? "-")"
    }
    func runSeesEnd(_ ctx: ObjectContext) async throws -> String {
        try await ctx.run("r") { () -> String in
            do { try await Task.sleep(for: .seconds(4)); _ = counter.bump("ranToEnd") } catch {
                _ = counter.bump("sawCancel")
            }
            return "x"
        }
    }
    func selCancel(_ ctx: ObjectContext) async throws -> String {
        let a = ctx.awakeable(String.self)
        do {
            return try await ctx.select(.when(a) { $0 }, .when(ctx.timer(.seconds(60))) { "t" })
        } catch let e as TerminalError {
            let r = try await ctx.select(
                .when(ctx.timer(.milliseconds(50))) { "undone" }, .when(a) { $0 })
            return "c \(e.isCancellation) \(r)"
        }
    }
    func allCancel(_ ctx: ObjectContext) async throws -> String {
        let f = ctx.service(Timing.self).sleepMs.start(30000),
            g = ctx.service(Timing.self).sleepMs.start(31000)
        do { _ = try await ctx.settled(f, g).value; return "?" } catch let e as TerminalError {
            let s = try await ctx.settled(f, g).value
            return "c \(e.isCancellation) \(s.0) \(s.1)"
        }
    }
    struct API: HandlerTable {
        let runSeesEnd = exclusive(More.runSeesEnd); let selCancel = exclusive(More.selCancel);
        let allCancel = exclusive(More.allCancel)
        let ndHeader = exclusive(More.ndHeader); let ndOrder = exclusive(More.ndOrder);
        let child = exclusive(More.child); let selfCall = exclusive(More.selfCall);
        let other = exclusive(More.other); let cancelSent = exclusive(More.cancelSent)
        let nested = exclusive(More.nested); let runNaN = exclusive(More.runNaN);
        let runNoMax = exclusive(More.runNoMax); let longError = exclusive(More.longError);
        let longTerminal = exclusive(More.longTerminal); let sig = exclusive(More.sig);
        let sendSig = shared(More.sendSig)
        let unresolved = exclusive(More.unresolved); let caught = exclusive(More.caught);
        let idemCall = exclusive(More.idemCall); let emptyIdem = exclusive(More.emptyIdem);
        let wfCall = exclusive(More.wfCall); let hdrs = shared(More.hdrs)
    }
}
