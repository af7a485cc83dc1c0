import Restate

/// A workflow that waits for a promise, which others complete, look at, or ask for by other names.
struct Flow: Workflow {
    static let p = PromiseKey<String>("p")
    static let q = PromiseKey<String?>("q")
    static let phase = StateKey<String?>("st")

    func run(_ ctx: WorkflowContext, input: String) async throws -> String {
        ctx.set(Self.phase, "running \(input)")
        let value = try await ctx.promise(Self.p).value
        ctx.set(Self.phase, "done \(value)")
        return "\(input):\(value)"
    }

    func done(_ ctx: SharedWorkflowContext, value: String) async throws -> String {
        try await told {
            try await ctx.resolve(Self.p, with: value)
            return "ok"
        }
    }

    func rejectP(_ ctx: SharedWorkflowContext, message: String) async throws -> String {
        try await told {
            try await ctx.reject(Self.p, TerminalError(message, code: 418))
            return "ok"
        }
    }

    func peek(_ ctx: SharedWorkflowContext) async throws -> String {
        try await told { String(describing: try await ctx.peek(Self.p)) }
    }

    /// Before and after it is resolved with nil.
    func peekQ(_ ctx: SharedWorkflowContext) async throws -> String {
        let before = try await ctx.peek(Self.q)
        try await ctx.resolve(Self.q, with: nil)
        let after = try await ctx.peek(Self.q)
        let value = try await ctx.promise(Self.q).value
        return
            "\(String(describing: before)) \(String(describing: after)) \(String(describing: value))"
    }

    func state(_ ctx: SharedWorkflowContext) async throws -> String? {
        try await ctx.get(Self.phase)
    }

    /// Resolves the promise with the first of these names, and looks at all of them.
    func named(_ ctx: SharedWorkflowContext, names: [String]) async throws -> [String] {
        try await ctx.resolve(PromiseKey<String>(names[0]), with: "first")
        var seen: [String] = []
        for name in names {
            seen.append(String(describing: try await ctx.peek(PromiseKey<String>(name))))
        }
        return seen
    }

    struct API: HandlerTable {
        let run = workflow(Flow.run)
        let done = shared(Flow.done)
        let rejectP = shared(Flow.rejectP)
        let peek = shared(Flow.peek)
        let peekQ = shared(Flow.peekQ)
        let state = shared(Flow.state)
        let named = shared(Flow.named)
    }
}
