import Logging
import Restate

/// Sends the lines of an endpoint's log to swift-log.
struct SwiftLog: RestateLogger {
    let logger: Logging.Logger

    func log(_ record: LogRecord) {
        let metadata = record.fields.map {
            ($0.name, Logging.Logger.MetadataValue.string($0.value))
        }
        logger.log(
            level: level(of: record), "\(record.message)",
            metadata: Dictionary(metadata) { first, _ in first })
    }

    private func level(of record: LogRecord) -> Logging.Logger.Level {
        switch record.level {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        }
    }
}
