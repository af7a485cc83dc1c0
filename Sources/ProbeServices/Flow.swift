import Foundation
import Restate

struct Flow: Workflow {
    static let p = PromiseKey<String>("p"); static let q = PromiseKey<String?>("q")
    static let st = StateKey<String?>("st")
    func run(_ ctx: WorkflowContext, s: String) async throws -> String {
        ctx.set(Self.st, "running \(s)")
        let v = try await ctx.promise(Self.p).value
        ctx.set(Self.st, "done \(v)"); return "\(s):\(v)"
    }
    func done(_ ctx: SharedWorkflowContext, v: String) async throws -> String {
        do { try await ctx.resolve(Self.p, with: v); return "ok" } catch let e as TerminalError {
            return "err \(e.code) \(e.message)"
        }
    }
    func rejectP(_ ctx: SharedWorkflowContext, v: String) async throws -> String {
        do { try await ctx.reject(Self.p, TerminalError(v, code: 418)); return "ok" } catch let e
            as TerminalError
        { return "err \(e.code) \(e.message)" }
    }
    func peek(_ ctx: SharedWorkflowContext) async throws -> String {
        do { return String(describing: try await ctx.peek(Self.p)) } catch let e as TerminalError {
            return "err \(e.code) \(e.message)"
        }
    }
    func peekQ(_ ctx: SharedWorkflowContext) async throws -> String {
        let a = try await ctx.peek(Self.q); try await ctx.resolve(Self.q, with: nil);
        let b = try await ctx.peek(Self.q)
        let c = try await ctx.promise(Self.q).value
        return "\(String(describing: a)) \(String(describing: b)) \(String(describing: c))"
    }
    func state(_ ctx: SharedWorkflowContext) async throws -> String? { try await ctx.get(Self.st) }
    func named(_ ctx: SharedWorkflowContext, names: [String]) async throws -> [String] {
        try await ctx.resolve(PromiseKey<String>(names[0]), with: "first")
        var out: [String] = []
        for n in names { out.append(String(describing: try await ctx.peek(PromiseKey<String>(n)))) }
        return out
    }
    struct API: HandlerTable {
        let run = workflow(Flow.run); let done = shared(Flow.done);
        let rejectP = shared(Flow.rejectP); let peek = shared(Flow.peek);
        let peekQ = shared(Flow.peekQ); let state = shared(Flow.state);
        let named = shared(Flow.named)
    }
}
