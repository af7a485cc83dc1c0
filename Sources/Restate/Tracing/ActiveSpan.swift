import Primitives

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Gives code access to its current span: it sets attributes, adds events, and reads the headers
/// for requests to others.
///
/// ```swift
/// try await ctx.run("charge") {
///     let parent = ActiveSpan.current?.context.traceparent
///     return try await gateway.charge(order, headers: ["traceparent": parent])
/// }
/// ```
public final class ActiveSpan: Sendable {
    /// The span of the step whose closure calls this, or else the span of the attempt; nil without
    /// ``TracingHooks``.
    @TaskLocal public static var current: ActiveSpan?

    /// The span's position in the trace.
    public let context: TraceContext
    private let name: String
    private let kind: SpanData.Kind
    private let parent: TraceContext?
    private let attempt: AttemptInfo
    private let start: UInt64
    private let began = ContinuousClock.now
    private let content: Locked<Content>

    private struct Content {
        var attributes: [(name: String, value: String)]
        var events: [SpanData.Event] = []
    }

    /// The limit for attributes and for events, because a handler may run for long.
    static let limit = 128

    init(
        _ name: String, _ kind: SpanData.Kind, _ attempt: AttemptInfo, parent: TraceContext?,
        _ attributes: [(name: String, value: String)]
    ) {
        self.name = name
        self.kind = kind
        self.parent = parent
        self.attempt = attempt
        context = .child(of: parent)
        start = nanosecondsSince1970()
        content = Locked(Content(attributes: attributes))
    }

    /// Sets an attribute. It replaces an earlier one of the same name.
    public func setAttribute(_ name: String, _ value: String) {
        content.withLock { content in
            content.attributes.removeAll { $0.name == name }
            if content.attributes.count < Self.limit { content.attributes.append((name, value)) }
        }
    }

    /// Adds an event, unless the handler is replaying its journal.
    public func addEvent(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        if attempt.isReplaying { return }
        let event = SpanData.Event(
            name: name, time: now, attributes: attributes.map { ($0.key, $0.value) })
        content.withLock { content in
            if content.events.count < Self.limit { content.events.append(event) }
        }
    }

    func ended(_ status: SpanData.Status) -> SpanData {
        let content = content.withLock { $0 }
        return SpanData(
            name: name, kind: kind, context: context, parentSpanID: parent?.spanID, start: start,
            end: now, status: status, attributes: content.attributes, events: content.events)
    }

    /// Computed from the monotonic clock, so that no span ends before it begins.
    private var now: UInt64 {
        let (seconds, attoseconds) = (ContinuousClock.now - began).components
        return start &+ UInt64(clamping: seconds) &* 1_000_000_000
            &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }
}

private func nanosecondsSince1970() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
}
