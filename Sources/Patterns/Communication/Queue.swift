public import Restate

/// Does tasks for whoever sends them, now or later. A client sends a task with an idempotency key, keeps the
/// handle, and fetches the result when it wants it, from any process.
public struct AsyncTaskWorker: Service {
    public static let name = "asyncTaskWorker"

    public struct TaskOptions: Codable, Sendable {
        public var id: String
        public var task: String

        public init(id: String, task: String) {
            self.id = id
            self.task = task
        }
    }

    let workTime: Duration

    public init(workTime: Duration = .seconds(2)) {
        self.workTime = workTime
    }

    func runTask(_ ctx: Context, options: TaskOptions) async throws -> String {
        try named(options.id, "id")
        let time = workTime
        return try await ctx.run("work") {
            try await Task.sleep(for: time)
            return "Work!"
        }
    }

    public struct API: HandlerTable {
        public let runTask = handler(AsyncTaskWorker.runTask)

        public init() {}
    }
}
