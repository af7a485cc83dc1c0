import Foundation
import Restate

struct ShortFlow: Workflow {
    static let st = StateKey<Int>("n", default: 0); static let p = PromiseKey<String>("p");
    static let q = PromiseKey<String>("q")
    func run(_ ctx: WorkflowContext) async throws -> Int {
        let n = try await ctx.get(Self.st) + 1; ctx.set(Self.st, n);
        try await ctx.resolve(Self.p, with: "x"); return n
    }
    func state(_ ctx: SharedWorkflowContext) async throws -> String {
        "\(try await ctx.get(Self.st)) \(String(describing: try await ctx.peek(Self.p)))"
    }
    func wait(_ ctx: SharedWorkflowContext) async throws -> String {
        try await ctx.promise(Self.q).value
    }
    func done(_ ctx: SharedWorkflowContext) async throws {
        try await ctx.resolve(Self.q, with: "late")
    }
    struct API: HandlerTable {
        let run = workflow(ShortFlow.run).workflowRetention(.seconds(1));
        let state = shared(ShortFlow.state); let wait = shared(ShortFlow.wait);
        let done = shared(ShortFlow.done)
    }
}
