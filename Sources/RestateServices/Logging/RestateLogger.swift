/// Receives the lines of an endpoint's log.
///
/// ```swift
/// struct Lines: RestateLogger {
///     func log(_ record: LogRecord) { print(record) }
/// }
///
/// await Endpoint(Greeter()).logger(Lines(), level: .debug).serve()
/// ```
public protocol RestateLogger: Sendable {
    /// Receives one event. It is called on threads that serve requests, so it must return quickly.
    func log(_ record: LogRecord)
}

/// A record is one event of an endpoint's log.
///
/// The message and the values of the fields are single lines, even if they contain text from peers:
/// control characters are escaped, and long texts are cut.
public struct LogRecord: Sendable {
    /// How important the event is.
    public let level: LogLevel
    /// What happened, in one line of at most 16 KiB.
    public let message: String
    /// Further facts about the event, in order. Events of an invocation have
    /// `restate.invocation.id` and `restate.invocation.target`.
    public let fields: [(name: String, value: String)]

    /// The limit for the bytes of a message, and of a field's value.
    package static let messageLimit = 16 << 10
    static let fieldLimit = 1 << 10

    init(_ level: LogLevel, _ message: String, _ fields: [(String, String)]) {
        self.level = level
        self.message = LogText.line(message, limit: Self.messageLimit)
        self.fields = fields.prefix(Self.fieldCount).map {
            (LogText.line($0, limit: 100), LogText.line($1, limit: Self.fieldLimit))
        }
    }

    /// The limit for the number of fields.
    private static let fieldCount = 50

    /// Returns the value of the first field with this name.
    public subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}

extension LogRecord: CustomStringConvertible {
    /// The event as one line: level, message, fields.
    public var description: String {
        let fields = fields.map { " \($0.name)=\(Self.quoted($0.value))" }.joined()
        return "\(level.name) \(message)\(fields)"
    }

    /// Quotes a value that is empty or contains a space or a quote, so that its end can be seen.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 != 0x20 && $0 != 0x22 }
        if isPlain { return value }
        return "\"" + value.map { $0 == "\"" ? "\\\"" : String($0) }.joined() + "\""
    }
}

/// Drops every event before it is formatted.
public struct SilentLogger: RestateLogger {
    /// Makes a logger that drops every line.
    public init() {}

    public func log(_ record: LogRecord) {}
}
