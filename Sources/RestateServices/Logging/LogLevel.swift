/// Says how important a line of the log is.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    /// Marks the beginning of each attempt.
    case trace
    /// Marks the end of each attempt, whatever the outcome.
    case debug
    /// Marks the start and the end of the endpoint, and terminal errors of handlers.
    case info
    /// Marks failed attempts, and anything else that an operator should look at.
    case warn
    /// Marks what handlers log as an error. The SDK itself writes no line of this level.
    case error

    /// The name of the level in `RESTATE_LOGGING`: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`.
    public var name: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        }
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
