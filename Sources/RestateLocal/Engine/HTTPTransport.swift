import Primitives
import RestateHTTP
import RestateRuntime
import Times

/// Carries an attempt over HTTP/2 or HTTP/1.1. What is sent before there is a connection is
/// buffered.
final class HTTPTransport: AttemptTransport, StreamObserver {
    /// Whether there is a stream yet; until then the bytes to send are kept here.
    private enum State {
        case connecting(bytes: [UInt8], ended: Bool)
        case open(ClientStream)
        case over
    }

    /// How long the rest of a response may take after the attempt's last word.
    private static let drainTime = Duration.seconds(5)
    /// HTTP/2's error code CANCEL.
    private static let cancel: UInt32 = 8

    private let loop: EventLoop
    private let now: () -> Timestamp
    private let tell: (TransportEvent) -> Void
    private var state = State.connecting(bytes: [], ended: false)
    private var hasHead = false
    /// Whether the attempt is over, so that nothing is reported any more.
    private var isDraining = false
    private var timer: LoopTimer?

    init(
        loop: EventLoop, now: @escaping () -> Timestamp, tell: @escaping (TransportEvent) -> Void
    ) {
        self.loop = loop
        self.now = now
        self.tell = tell
    }

    func begin(
        _ request: AttemptRequest, through pool: ConnectionPool, signer: RequestSigner?
    ) {
        let path = "/invoke/\(request.service)/\(request.handler)"
        var headers = AttemptHeaders.fields(of: request)
        signer?.sign(&headers, audience: path, subject: request.key, at: now())
        let head = RequestHead(
            method: "POST", path: request.endpoint.path(path),
            authority: request.endpoint.authority, headers: headers,
            version: request.endpoint.usesHTTP11 ? .http1_1 : .http2)
        pool.take { [self] result in
            switch result {
            case .success(let connection): open(head, on: connection)
            case .failure(let error): fail("\(error)")
            }
        }
    }

    private func open(_ head: RequestHead, on connection: ClientConnection) {
        guard case .connecting(let bytes, let ended) = state else { return }
        let stream = connection.open(head)
        guard !stream.isClosed else { return fail("the connection was closed") }
        state = .open(stream)
        stream.observer = self
        stream.write(bytes)
        if ended { stream.finish() }
    }

    /// Reports a failure once. An attempt that is over reports nothing.
    private func fail(_ reason: String) {
        guard case .over = state else {
            state = .over
            timer?.cancel()
            if !isDraining { tell(.failed(reason)) }
            return
        }
    }

    // MARK: To the endpoint

    func send(_ bytes: [UInt8]) {
        switch state {
        case .connecting(let waiting, let ended):
            state = .connecting(bytes: waiting + bytes, ended: ended)
        case .open(let stream): stream.write(bytes)
        case .over: break
        }
    }

    func endInput() {
        switch state {
        case .connecting(let waiting, _): state = .connecting(bytes: waiting, ended: true)
        case .open(let stream): stream.finish()
        case .over: break
        }
    }

    func finish() {
        isDraining = true
        endInput()
        guard case .open(let stream) = state, !stream.inputEnded else {
            state = .over
            return
        }
        timer = loop.schedule(after: Self.drainTime) { [self] in
            timer = nil
            abort()
        }
        streamChanged()
    }

    func abort() {
        isDraining = true
        timer?.cancel()
        guard case .open(let stream) = state else {
            state = .over
            return
        }
        state = .over
        stream.reset(code: Self.cancel)
    }

    // MARK: From the endpoint

    /// Reports what the endpoint has sent: the head once, then bytes, then the end.
    func streamChanged() {
        guard case .open(let stream) = state else { return }
        guard !isDraining else {
            stream.consumeInput(.max)
            if stream.inputEnded || stream.isClosed {
                timer?.cancel()
                state = .over
            }
            return
        }
        if !hasHead, let status = stream.responseStatus {
            hasHead = true
            let headers = stream.responseHeaders
            tell(
                .head(
                    status: status, contentType: headers["content-type"],
                    server: headers["x-restate-server"],
                    retryAfter: headers["retry-after"].flatMap {
                        RetryAfter.delay($0, at: now())
                    }))
        }
        // Each report may end the attempt, so `isDraining` is checked before the next one.
        if !isDraining, stream.hasInput { tell(.bytes(stream.takeInput())) }
        guard !isDraining else { return }
        if stream.inputEnded {
            tell(.ended)
        } else if stream.isClosed {
            fail(
                stream.resetCode.map { "the endpoint reset the stream: code \($0)" }
                    ?? "the connection was lost")
        }
    }
}
