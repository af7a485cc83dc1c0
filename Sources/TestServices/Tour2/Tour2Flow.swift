import CanonicalJSON
import Restate

/// A workflow whose promise is completed more than once, seen before and after.
struct Tour2Flow: Workflow {
    static let p = PromiseKey<String>("p")
    static let q = PromiseKey<String>("q")
    static let step = StateKey<String?>("step")

    struct Both: Codable, Sendable {
        var value: String
        var reason: String
        var rejectFirst: Bool
    }

    struct Around: Codable, Sendable {
        var name: String
        var value: String
    }

    func run(_ ctx: WorkflowContext, name: String) async throws -> String {
        ctx.set(Self.step, "waiting")
        let answer = try await valueOrTold { try await ctx.promise(Self.p).value }
        ctx.set(Self.step, try await ctx.run("next") { "done" })
        return "\(name): \(answer)"
    }

    func step(_ ctx: SharedWorkflowContext) async throws -> [JSONValue] {
        let step = try await ctx.get(Self.step)
        return [step.map { .string($0) } ?? .null, texts(try await ctx.stateKeys())]
    }

    func twice(_ ctx: SharedWorkflowContext, values: [String]) async throws -> [String] {
        var told: [String] = []
        for value in values { told.append(try await Self.resolve(with: value, ctx)) }
        return told
    }

    func rejectTwice(_ ctx: SharedWorkflowContext, reasons: [String]) async throws -> [String] {
        var told: [String] = []
        for reason in reasons { told.append(try await Self.reject(with: reason, ctx)) }
        return told
    }

    func both(_ ctx: SharedWorkflowContext, input: Both) async throws -> [String] {
        if input.rejectFirst {
            let first = try await Self.reject(with: input.reason, ctx)
            return [first, try await Self.resolve(with: input.value, ctx)]
        }
        let first = try await Self.resolve(with: input.value, ctx)
        return [first, try await Self.reject(with: input.reason, ctx)]
    }

    func around(_ ctx: SharedWorkflowContext, input: Around) async throws -> [String] {
        let promise = PromiseKey<String>(input.name)
        let before = try await ctx.peek(promise) ?? "not yet"
        try await ctx.resolve(promise, with: input.value)
        let after = try await ctx.peek(promise) ?? "not yet"
        return [before, after, try await ctx.promise(promise).value]
    }

    func peek(_ ctx: SharedWorkflowContext) async throws -> String {
        try await valueOrTold { try await ctx.peek(Self.p) ?? "not yet" }
    }

    func inRace(_ ctx: SharedWorkflowContext, milliseconds: Int) async throws -> String {
        let promise = ctx.promise(Self.q)
        let timer = ctx.timer(.milliseconds(milliseconds)).map { "timer" }
        return try await ctx.first(of: promise, timer).value
    }

    private nonisolated(nonsending) static func resolve(
        with value: String, _ ctx: SharedWorkflowContext
    ) async throws -> String {
        try await valueOrTold {
            try await ctx.resolve(Self.p, with: value)
            return "resolved"
        }
    }

    private nonisolated(nonsending) static func reject(
        with reason: String, _ ctx: SharedWorkflowContext
    ) async throws -> String {
        try await valueOrTold {
            try await ctx.reject(Self.p, TerminalError(reason))
            return "rejected"
        }
    }

    struct API: HandlerTable {
        let run = workflow(Tour2Flow.run).workflowRetention(.seconds(3600))
        let step = shared(Tour2Flow.step)
        let twice = shared(Tour2Flow.twice)
        let rejectTwice = shared(Tour2Flow.rejectTwice)
        let both = shared(Tour2Flow.both)
        let around = shared(Tour2Flow.around)
        let peek = shared(Tour2Flow.peek)
        let inRace = shared(Tour2Flow.inRace)
    }
}

/// A workflow that is soon forgotten.
struct Tour2Quick: Workflow {
    func run(_ ctx: WorkflowContext, value: JSONValue) async throws -> JSONValue {
        value
    }

    struct API: HandlerTable {
        let run = workflow(Tour2Quick.run).workflowRetention(.milliseconds(700))
    }
}

/// What becomes of a second run.
struct Tour2Flows: Service {
    func runTwice(_ ctx: Context, key: String) async throws -> [JSONValue] {
        let run = ctx.workflow(Tour2Quick.self, key).run
        let first = try await valueOrTold { try await run(.string("first")) }
        return [first, try await valueOrTold { try await run(.string("second")) }]
    }

    func sendTwice(_ ctx: Context, key: String) async throws -> [JSONValue] {
        let run = ctx.workflow(Tour2Quick.self, key).run
        let (first, second) = (run.send(.string("first")), run.send(.string("second")))
        let ids = (try await first.invocationID, try await second.invocationID)
        return [
            .bool(ids.0 == ids.1), try await ctx.attach(to: ids.0).value,
            try await ctx.attach(to: ids.1).value,
        ]
    }

    struct API: HandlerTable {
        let runTwice = handler(Tour2Flows.runTwice)
        let sendTwice = handler(Tour2Flows.sendTwice)
    }
}
