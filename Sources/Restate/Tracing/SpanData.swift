import Primitives

/// A span that has ended: an attempt of a handler, or a step that ran.
public struct SpanData: Sendable {
    /// What the span is to the other spans, in OpenTelemetry's words.
    public enum Kind: Sendable {
        /// The work of one process for another: an attempt.
        case server
        /// Work within it: a step.
        case `internal`
    }

    /// Whether it went well.
    public enum Status: Equatable, Sendable {
        /// Nothing went wrong. A suspension is nothing wrong either.
        case unset
        /// The text of the error.
        case error(String)
    }

    /// Something that happened at a moment of the span.
    public struct Event: Sendable {
        public let name: String
        /// Nanoseconds since 1970.
        public let time: UInt64
        public let attributes: [(name: String, value: String)]
    }

    /// `attempt Ticket/seat-1/reserve`, or `run (charge)`.
    public let name: String
    public let kind: Kind
    /// Its own place in the trace.
    public let context: TraceContext
    /// The span that it is a part of; nil if the trace begins here.
    public let parentSpanID: String?
    /// Nanoseconds since 1970.
    public let start: UInt64
    public let end: UInt64
    public let status: Status
    public let attributes: [(name: String, value: String)]
    public let events: [Event]
}

/// Where spans go when they have ended.
public protocol SpanExporter: Sendable {
    /// Takes a span. It is called on threads that serve requests or run steps, so it must be quick.
    func export(_ span: SpanData)
}

/// Keeps all spans, for tests.
public final class CollectingSpanExporter: SpanExporter {
    private let collected = Locked<[SpanData]>([])

    public init() {}

    /// All spans so far, in the order of their ends.
    public var spans: [SpanData] { collected.withLock { $0 } }

    public func export(_ span: SpanData) {
        collected.withLock { $0.append(span) }
    }
}
