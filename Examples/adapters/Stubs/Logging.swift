// What the adapter needs of swift-log 1.x, with the same names and types.

public struct Logger: Sendable {
    public enum Level: String, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    public enum MetadataValue: Sendable {
        case string(String)
    }

    public typealias Metadata = [String: MetadataValue]

    public struct Message: ExpressibleByStringInterpolation, Sendable {
        public let text: String
        public init(stringLiteral value: String) { text = value }
    }

    public func log(
        level: Level, _ message: @autoclosure () -> Message,
        metadata: @autoclosure () -> Metadata? = nil,
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {}
}
