import Restate

/// A workflow that is forgotten after a second, with what waits for it meanwhile.
struct ShortFlow: Workflow {
    static let runs = StateKey<Int>("n", default: 0)
    static let p = PromiseKey<String>("p")
    static let q = PromiseKey<String>("q")

    func run(_ ctx: WorkflowContext) async throws -> Int {
        let runs = try await ctx.get(Self.runs) + 1
        ctx.set(Self.runs, runs)
        try await ctx.resolve(Self.p, with: "x")
        return runs
    }

    func state(_ ctx: SharedWorkflowContext) async throws -> String {
        "\(try await ctx.get(Self.runs)) \(String(describing: try await ctx.peek(Self.p)))"
    }

    func wait(_ ctx: SharedWorkflowContext) async throws -> String {
        try await ctx.promise(Self.q).value
    }

    func done(_ ctx: SharedWorkflowContext) async throws {
        try await ctx.resolve(Self.q, with: "late")
    }

    struct API: HandlerTable {
        let run = workflow(ShortFlow.run).workflowRetention(.seconds(1))
        let state = shared(ShortFlow.state)
        let wait = shared(ShortFlow.wait)
        let done = shared(ShortFlow.done)
    }
}
