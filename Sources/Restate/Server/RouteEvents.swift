import Primitives
import CanonicalJSON
import RestateHTTP

extension RouteResponse {
    /// Returns an answer of server-sent events, which a browser reads with `EventSource`.
    ///
    /// ```swift
    /// endpoint.route("GET", "/prices") { _ in
    ///     .events { events in
    ///         for await price in prices() { try await events.send(json: price) }
    ///     }
    /// }
    /// ```
    /// `produce` is cancelled when the client closes the request and when the endpoint shuts down;
    /// an `EventSource` then reconnects to an endpoint that serves. So a stream does not delay a
    /// shutdown. If `produce` throws by itself, the client sees a reset.
    ///
    /// ``EventWriter/send(_:event:id:)`` waits while 64 KiB are unread. `produce` should then
    /// continue with the newest state instead of queueing what the client missed. A client that
    /// does not read for a minute is disconnected.
    ///
    /// - Parameters:
    ///   - headers: the headers besides those that every such answer has: `content-type`,
    ///     `cache-control: no-store` and `x-accel-buffering: no`.
    ///   - silence: the time without an event after which a comment is sent, so that a vanished
    ///     client is noticed and a proxy sees that the connection is in use.
    ///   - produce: writes the events. It runs on an event loop, so it must not block.
    public static func events(
        headers: [(name: String, value: String)] = [], silence: Duration = .seconds(15),
        _ produce: @escaping @Sendable (EventWriter) async throws -> Void
    ) -> RouteResponse {
        let own = [
            (name: "content-type", value: "text/event-stream"),
            (name: "cache-control", value: "no-store"),
            // nginx collects an answer before it passes it on, unless it is told.
            (name: "x-accel-buffering", value: "no"),
        ]
        return RouteResponse(
            headers: own + headers, events: EventSourceBody(silence: silence, produce: produce))
    }
}

/// The parts of an answer of server-sent events.
struct EventSourceBody: Sendable {
    let silence: Duration
    let produce: @Sendable (EventWriter) async throws -> Void
}

/// Writes the events of an answer. It is not Sendable, because it belongs to the route's task.
public final class EventWriter {
    /// The limit for the bytes that a client has not read.
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

    /// Sends an event. It waits while the client does not read.
    ///
    /// - Parameters:
    ///   - data: the text of the event, which may have several lines.
    ///   - event: the event's type, `message` if it is left out. Line breaks are removed from it, and
    ///     from `id`.
    ///   - id: the id that a browser sends as `last-event-id` when it reconnects.
    /// - Throws: `CancellationError` if the client has closed the request, or the endpoint shuts
    ///   down.
    public nonisolated(nonsending) func send(
        _ data: String, event: String? = nil, id: String? = nil
    ) async throws {
        var bytes: [UInt8] = []
        if let event { Self.append("event", event.utf8.filter { !isLineBreak($0) }, to: &bytes) }
        if let id { Self.append("id", id.utf8.filter { !isLineBreak($0) }, to: &bytes) }
        // Split by bytes, because the `Character` "\r\n" equals neither "\r" nor "\n".
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
    /// - Throws: the errors of ``send(_:event:id:)``, and an error if the value cannot be encoded.
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

/// Serves one answer of server-sent events. Confined to the stream's loop.
final class EventStream: StreamObserver {
    private let stream: RequestStream

    init(_ stream: RequestStream) { self.stream = stream }

    /// Serves events until `produce` ends, the client closes the request, or the endpoint drains.
    /// Called in the stream's task.
    func serve(_ body: EventSourceBody) async {
        guard !stream.serverIsDraining, stream.method != "HEAD" else { return stream.finish() }
        let writer = EventWriter(stream, silence: body.silence)
        stream.observer = self
        do {
            try await body.produce(writer)
            stream.finish()
        } catch {
            // A stream that was cancelled ends regularly; the client reconnects.
            if Task.isCancelled { stream.finish() } else { stream.reset(code: Route.internalError) }
        }
        writer.end()
        stream.observer = nil  // Or the stream would hold this until its end is sent.
    }

    func streamChanged() {}

    func serverDrains() {
        stream.task?.cancel()
        // The writer waits for a client that does not read, and would not notice the cancellation.
        if stream.outputIsFull { stream.reset(code: Route.refused) }
    }
}
