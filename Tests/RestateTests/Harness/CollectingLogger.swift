import Primitives
import Restate

/// Collects the log's events for the test.
final class CollectingLogger: RestateLogger {
    private let collected = Locked<[LogRecord]>([])

    func log(_ record: LogRecord) {
        collected.withLock { $0.append(record) }
    }

    var records: [LogRecord] { collected.withLock { $0 } }
    var lines: [String] { records.map(\.description) }
}
