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
        /// The name of the event.
        public let name: String
        /// The time in nanoseconds since 1970.
        public let time: UInt64
        /// What is known of the event, in the order in which it was added.
        public let attributes: [(name: String, value: String)]
    }

    /// The name of the span, as `attempt Ticket/seat-1/reserve` or `run (charge)`.
    public let name: String
    /// Whether it was an attempt or a step.
    public let kind: Kind
    /// The span's own position in the trace.
    public let context: TraceContext
    /// The id of the parent span; nil if the trace begins here.
    public let parentSpanID: String?
    /// The time of the beginning in nanoseconds since 1970.
    public let start: UInt64
    /// The time of the end in nanoseconds since 1970.
    public let end: UInt64
    /// Whether the work failed, and with which error.
    public let status: Status
    /// What is known of the work, 128 entries at most: those of the SDK first, then those that were
    /// set.
    public let attributes: [(name: String, value: String)]
    /// The events in order, 128 at most.
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

    /// Makes an empty collection.
    public init() {}

    /// The spans so far, in the order in which they ended.
    public var spans: [SpanData] { collected.withLock { $0 } }

    public func export(_ span: SpanData) {
        collected.withLock { $0.append(span) }
    }
}
