import CanonicalJSON
import RestateHTTP

extension RouteResponse {
    /// A stream of server-sent events, which a browser reads with `EventSource`.
    ///
    /// ```swift
    /// endpoint.route("GET", "/prices") { _ in
    ///     .events { events in
    ///         for await price in prices() { try await events.send(json: price) }
    ///     }
    /// }
    /// ```
    /// `produce` is cancelled when the client is gone, and when the endpoint shuts down: an
    /// `EventSource` connects again then, to whoever serves. So a stream holds up no shutdown. If
    /// `produce` throws by itself, the client sees a reset.
    ///
    /// A client that does not read makes ``EventWriter/send(_:event:id:)`` wait while 64 KiB are
    /// unread, so `produce` should look at the newest state when it goes on, and not keep a queue of what
    /// it missed. One that has not read for a minute is dropped.
    ///
    /// - Parameters:
    ///   - headers: besides `content-type` and `cache-control: no-store`.
    ///   - silence: after this time without an event a comment is sent, so that a client which vanished
    ///     is noticed, and a proxy sees that the connection is used.
    ///   - produce: runs on an event loop; what blocks belongs elsewhere.
    public static func events(
        headers: [(name: String, value: String)] = [], silence: Duration = .seconds(15),
        _ produce: @escaping @Sendable (EventWriter) async throws -> Void
    ) -> RouteResponse {
        let own = [
            (name: "content-type", value: "text/event-stream"),
            (name: "cache-control", value: "no-store"),
        ]
        return RouteResponse(
            headers: own + headers, events: EventSourceBody(silence: silence, produce: produce))
    }
}

/// What an answer of server-sent events is made of.
struct EventSourceBody: Sendable {
    let silence: Duration
    let produce: @Sendable (EventWriter) async throws -> Void
}

/// Writes the events of an answer. Not Sendable: it belongs to the route's task.
public final class EventWriter {
    /// The bytes that a client may leave unread.
    static let unreadLimit = 64 << 10
    private static let comment = Array(":\n\n".utf8)

    private let stream: RequestStream
    private let silence: Duration
    private var timer: LoopTimer?
    private var isSilent = true

    init(_ stream: RequestStream, silence: Duration) {
        self.stream = stream
        self.silence = max(silence, .milliseconds(10))
        stream.outputLimit = Self.unreadLimit
        schedule()
    }

    /// Sends an event, waiting while the client does not read.
    ///
    /// - Parameters:
    ///   - data: may have several lines.
    ///   - event: its type, `message` if it is left out. Line breaks are taken out of it, and of `id`.
    ///   - id: what a browser sends as `last-event-id` when it connects again.
    /// - Throws: `CancellationError` when the client has gone, or the endpoint shuts down.
    public nonisolated(nonsending) func send(
        _ data: String, event: String? = nil, id: String? = nil
    ) async throws {
        var bytes: [UInt8] = []
        if let event { Self.append("event", event.utf8.filter { !isLineBreak($0) }, to: &bytes) }
        if let id { Self.append("id", id.utf8.filter { !isLineBreak($0) }, to: &bytes) }
        // By bytes: as a character, "\r\n" would be one line break of another kind.
        let lines = Array(data.utf8).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines {
            for piece in withoutReturnAtEnd(line).split(
                separator: UInt8(ascii: "\r"), omittingEmptySubsequences: false)
            {
                Self.append("data", piece, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        while stream.outputIsFull && !stream.isClosed && !Task.isCancelled {
            await stream.changed()
        }
        if stream.isClosed || Task.isCancelled { throw CancellationError() }
        isSilent = false
        stream.write(bytes)
    }

    /// Sends a value as JSON.
    /// - Throws: as ``send(_:event:id:)`` does, and if the value cannot be encoded.
    public nonisolated(nonsending) func send(
        json value: some Encodable, event: String? = nil, id: String? = nil
    ) async throws {
        try await send(
            String(decoding: try JSON.encode(value), as: UTF8.self), event: event, id: id)
    }

    private static func append(
        _ field: String, _ value: some Sequence<UInt8>, to bytes: inout [UInt8]
    ) {
        bytes += Array(field.utf8)
        bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }

    private func schedule() {
        timer = stream.loop.schedule(after: silence) { [self] in
            if isSilent, stream.bufferedOutput == 0 { stream.write(Self.comment) }
            isSilent = true
            schedule()
        }
    }

    func end() {
        timer?.cancel()
        timer = nil
    }
}

private func isLineBreak(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
}

private func withoutReturnAtEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
}

/// The open event streams of a loop. Confined to it.
final class EventStreams {
    private var streams: [ObjectIdentifier: RequestStream] = [:]
    private var isDraining = false

    /// Serves events until `produce` ends, the client is gone, or the endpoint drains. Called in the
    /// stream's task.
    func serve(_ stream: RequestStream, _ body: EventSourceBody) async {
        guard !isDraining, stream.method != "HEAD" else { return stream.finish() }
        let writer = EventWriter(stream, silence: body.silence)
        streams[ObjectIdentifier(stream)] = stream
        do {
            try await body.produce(writer)
            stream.finish()
        } catch {
            // Whoever was asked to end has ended in order.
            if Task.isCancelled { stream.finish() } else { stream.reset(code: Route.internalError) }
        }
        writer.end()
        streams[ObjectIdentifier(stream)] = nil
    }

    func drain() {
        isDraining = true
        for stream in streams.values {
            stream.task?.cancel()
            // Its writer waits for a client that does not read.
            if stream.outputIsFull { stream.reset(code: Route.refused) }
        }
    }
}
