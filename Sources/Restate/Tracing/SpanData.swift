import Primitives

/// Describes a span that has ended: an attempt of a handler, or a step that was executed.
public struct SpanData: Sendable {
    /// Says what kind of work the span was, in OpenTelemetry's terms.
    public enum Kind: Sendable {
        /// The span is an attempt: work for another process.
        case server
        /// The span is a step: work within the process.
        case `internal`
    }

    /// Says whether the work of the span succeeded.
    public enum Status: Equatable, Sendable {
        /// No error occurred. A suspension is no error.
        case unset
        /// The work failed with this error.
        case error(String)
    }

    /// An event marks a moment of the span.
    public struct Event: Sendable {
        public let name: String
        /// The time in nanoseconds since 1970.
        public let time: UInt64
        public let attributes: [(name: String, value: String)]
    }

    /// The name of the span, as `attempt Ticket/seat-1/reserve` or `run (charge)`.
    public let name: String
    public let kind: Kind
    /// The span's own position in the trace.
    public let context: TraceContext
    /// The id of the parent span; nil if the trace begins here.
    public let parentSpanID: String?
    /// The time of the beginning in nanoseconds since 1970.
    public let start: UInt64
    public let end: UInt64
    public let status: Status
    public let attributes: [(name: String, value: String)]
    public let events: [Event]
}

/// Receives the spans that have ended.
public protocol SpanExporter: Sendable {
    /// Receives a span. It is called on threads that serve requests or run steps, so it must return
    /// quickly.
    func export(_ span: SpanData)
}

/// Keeps all spans, for tests.
public final class CollectingSpanExporter: SpanExporter {
    private let collected = Locked<[SpanData]>([])

    public init() {}

    /// The spans so far, in the order in which they ended.
    public var spans: [SpanData] { collected.withLock { $0 } }

    public func export(_ span: SpanData) {
        collected.withLock { $0.append(span) }
    }
}
