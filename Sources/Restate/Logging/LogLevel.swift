/// How important a line of the log is.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    /// Each attempt's beginning.
    case trace
    /// Each attempt's end, whatever came of it.
    case debug
    /// The start and the end of the endpoint; terminal errors of handlers.
    case info
    /// Attempts that failed, and what an operator should look at.
    case warn
    case error

    /// As `RESTATE_LOGGING` names it: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`.
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
    /// The environment variable that sets the level of endpoints that set none themselves.
    static let variable = "RESTATE_LOGGING"

    /// The level that a value of the variable asks for; `INFO` if there is none.
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
