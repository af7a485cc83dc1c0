import Restate

/// A workflow whose run waits for a promise that the other handlers complete.
struct TourFlow: Workflow {
    static let p = PromiseKey<String>("p")

    func run(_ ctx: WorkflowContext, name: String) async throws -> String {
        do {
            return "\(name): \(try await ctx.promise(Self.p).value)"
        } catch let error as TerminalError {
            return told(error)
        }
    }

    func resolve(_ ctx: SharedWorkflowContext, value: String) async throws -> String {
        do {
            try await ctx.resolve(Self.p, with: value)
            return "resolved"
        } catch let error as TerminalError {
            return told(error)
        }
    }

    func reject(_ ctx: SharedWorkflowContext, reason: String) async throws -> String {
        do {
            try await ctx.reject(Self.p, TerminalError(reason))
            return "rejected"
        } catch let error as TerminalError {
            return told(error)
        }
    }

    func peek(_ ctx: SharedWorkflowContext) async throws -> String {
        try await ctx.peek(Self.p) ?? "not yet"
    }

    func wait(_ ctx: SharedWorkflowContext) async throws -> String {
        try await ctx.promise(Self.p).value
    }

    struct API: HandlerTable {
        let run = workflow(TourFlow.run)
        let resolve = shared(TourFlow.resolve)
        let reject = shared(TourFlow.reject)
        let peek = shared(TourFlow.peek)
        let wait = shared(TourFlow.wait)
    }
}
