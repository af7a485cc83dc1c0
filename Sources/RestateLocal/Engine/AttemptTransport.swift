import Primitives
import RestateHTTP
import RestateRuntime

/// Carries the bytes of one attempt to its endpoint. It is used on the engine's loop only.
protocol AttemptTransport: AnyObject {
    func send(_ bytes: [UInt8])
    func endInput()
    /// Ends the request after the attempt's last word. The rest of the response is read and
    /// discarded, so that the connection can be used again.
    func finish()
    /// Ends the attempt at once. No event follows.
    func abort()
}

/// What a transport reports to its engine.
enum TransportEvent {
    case head(status: Int, contentType: String?, server: String?, retryAfter: Milliseconds?)
    case bytes([UInt8])
    case ended
    case failed(String)
}

/// Delivers in small pieces, one in each turn of the loop, so that frames are split at any byte. A
/// mode for tests of endpoints.
final class ChunkedTransport: AttemptTransport {
    private enum Step {
        case bytes([UInt8])
        case endInput
        case finish
    }

    private let inner: any AttemptTransport
    private let loop: EventLoop
    private let size: Int
    private var steps = FIFOQueue<Step>()
    private var isScheduled = false

    init(_ inner: any AttemptTransport, size: Int, on loop: EventLoop) {
        self.inner = inner
        self.size = max(1, size)
        self.loop = loop
    }

    func send(_ bytes: [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: size) {
            add(.bytes(Array(bytes[start..<min(start + size, bytes.count)])))
        }
    }

    func endInput() { add(.endInput) }
    func finish() { add(.finish) }

    func abort() {
        steps = FIFOQueue()
        inner.abort()
    }

    private func add(_ step: Step) {
        steps.append(step)
        schedule()
    }

    private func schedule() {
        guard !isScheduled, !steps.isEmpty else { return }
        isScheduled = true
        let confined = LoopBound(self, on: loop)
        loop.execute { confined.value.turn() }
    }

    /// Delivers one piece, and plans the next turn.
    private func turn() {
        isScheduled = false
        switch steps.popFirst() {
        case .bytes(let bytes): inner.send(bytes)
        case .endInput: inner.endInput()
        case .finish: inner.finish()
        case nil: break
        }
        schedule()
    }
}
