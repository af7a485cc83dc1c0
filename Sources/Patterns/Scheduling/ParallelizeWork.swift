public import Restate

/// Splits a task, has its parts done side by side, and joins their results.
public struct TaskSplitter: Service {
    public static let name = "worker"

    public struct Work: Codable, Equatable, Sendable {
        public var description: String

        public init(_ description: String) {
            self.description = description
        }
    }

    public init() {}

    func run(_ ctx: Context, task: Work) async throws -> Work {
        let parts = try subtasks(of: task)
        let subtasks = try await ctx.run("split task") { parts }
        let worker = ctx.service(TaskSplitter.self)
        let started = subtasks.map { worker.runSubtask.start(Work($0)) }
        let results = try await ctx.all(started).value
        let all = results.map(\.description).joined(separator: ",")
        ctx.log.info("Aggregated result: \(all)")
        return Work(all)
    }

    func runSubtask(_ ctx: Context, subtask: Work) async throws -> Work {
        ctx.log.info("Started executing subtask: \(subtask.description)")
        let seconds = Int.random(in: 0...4, using: &ctx.random)
        try await ctx.sleep(.seconds(seconds))
        ctx.log.info("Execution subtask finished: \(subtask.description)")
        return Work("\(subtask.description): DONE")
    }

    /// The parts between commas.
    private func subtasks(of task: Work) throws(TerminalError) -> [String] {
        let parts = task.description.split(separator: ",")
            .map { part in
                let end = part.reversed().drop { $0.isWhitespace }
                return String(end.reversed().drop { $0.isWhitespace })
            }
            .filter { !$0.isEmpty }
        guard 1...1000 ~= parts.count else {
            throw badInput("description must have 1 to 1000 parts, not \(parts.count)")
        }
        return parts
    }

    public struct API: HandlerTable {
        public let run = handler(TaskSplitter.run)
        public let runSubtask = handler(TaskSplitter.runSubtask)

        public init() {}
    }
}
