import Restate

/// A workflow that waits until somebody unblocks it.
struct BlockAndWaitWorkflow: Workflow {
    static let input = StateKey<String?>("input")
    static let p = PromiseKey<String>("p")

    func run(_ ctx: WorkflowContext, input: String) async throws -> String {
        ctx.set(Self.input, input)
        let output = try await ctx.promise(Self.p).value
        // Not waited for, as it was recorded: a promise that gave its value is completed.
        _ = ctx.startPeek(Self.p)
        return output
    }

    func unblock(_ ctx: SharedWorkflowContext, output: String) async throws {
        try await ctx.resolve(Self.p, with: output)
    }

    func getState(_ ctx: SharedWorkflowContext) async throws -> String? {
        try await ctx.get(Self.input)
    }

    struct API: HandlerTable {
        let run = workflow(BlockAndWaitWorkflow.run)
        let unblock = shared(BlockAndWaitWorkflow.unblock)
        let getState = shared(BlockAndWaitWorkflow.getState)
    }
}
