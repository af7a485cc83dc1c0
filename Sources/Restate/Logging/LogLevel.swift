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

extension LogLevel {
    /// The environment variable that sets the level of endpoints without a level of their own.
    static let variable = "RESTATE_LOGGING"

    /// Reads the value of the variable. Without a value the level is `INFO`.
    init(variable value: String?) throws(EndpointError) {
        guard let value, !value.isEmpty else {
            self = .info
            return
        }
        guard let level = Self.allCases.first(where: { $0.name == value.uppercased() }) else {
            throw EndpointError(
                .setting,
                "\(Self.variable) is '\(LogText.line(value, limit: 100))', which is no level of the "
                    + "log. It can be TRACE, DEBUG, INFO, WARN or ERROR.")
        }
        self = level
    }
}
