/// Where the lines of an endpoint's log go.
///
/// ```swift
/// struct Lines: RestateLogger {
///     func log(_ record: LogRecord) { print(record) }
/// }
///
/// await Endpoint(Greeter()).logger(Lines(), level: .debug).serve()
/// ```
public protocol RestateLogger: Sendable {
    /// Takes one event. It is called on threads that serve requests, so it must be quick.
    func log(_ record: LogRecord)
}

/// One event of an endpoint's log.
///
/// The message and the values of the fields are one line each, whatever came from outside: line breaks
/// and other control characters are escaped, and what is too long is cut.
public struct LogRecord: Sendable {
    public let level: LogLevel
    public let message: String
    /// More about the event, in order. Those of an invocation have `restate.invocation.id` and
    /// `restate.invocation.target`.
    public let fields: [(name: String, value: String)]

    /// Bytes of a message, and of a field's value.
    static let messageLimit = 16 << 10
    static let fieldLimit = 1 << 10

    init(_ level: LogLevel, _ message: String, _ fields: [(String, String)]) {
        self.level = level
        self.message = LogText.line(message, limit: Self.messageLimit)
        self.fields = fields.prefix(Self.fieldCount).map {
            (LogText.line($0, limit: 100), LogText.line($1, limit: Self.fieldLimit))
        }
    }

    /// More fields than anybody reads.
    private static let fieldCount = 50

    /// The first field of that name.
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

    /// A value with a space, a quote or nothing in it is put in quotes, so that its end can be seen.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 != 0x20 && $0 != 0x22 }
        return isPlain ? value : "\"" + value.replacing("\"", with: "\\\"") + "\""
    }
}
