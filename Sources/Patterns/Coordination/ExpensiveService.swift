public import Restate

/// Does expensive work, as much at once as a queue allows.
public struct ExpensiveService: Service {
    public static let name = "myService"
    static let queue = "myService/expensiveMethod"

    public struct Sum: Codable, Sendable {
        public var left: Int
        public var right: Int
        public var priority: Int?

        public init(left: Int, right: Int, priority: Int? = nil) {
            self.left = left
            self.right = right
            self.priority = priority
        }
    }

    let workTime: Duration

    public init(workTime: Duration = .seconds(5)) {
        self.workTime = workTime
    }

    func expensiveMethod(_ ctx: Context, sum: Sum) async throws -> Int {
        let time = workTime
        return try await ctx.withQueueSlot(Self.queue, priority: sum.priority ?? 1) {
            try await ctx.run("expensive") {
                try await Task.sleep(for: time)
                let (result, overflows) = sum.left.addingReportingOverflow(sum.right)
                if overflows { throw badInput("left + right is too large") }
                return result
            }
        }
    }

    public struct API: HandlerTable {
        public let expensiveMethod = handler(ExpensiveService.expensiveMethod)

        public init() {}
    }
}
