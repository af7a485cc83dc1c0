import Primitives
import RestateHTTP
import RestateRuntime

/// Carries one attempt's bytes. Loop-confined.
protocol AttemptTransport: AnyObject {
    func send(_ bytes: [UInt8])
    func endInput()
    /// The attempt is over: the request ends, and the response is read to its end and thrown away.
    func finish()
    /// Nothing counts any more.
    func abort()
}

/// What a transport tells its engine.
enum TransportEvent {
    case head(status: Int, contentType: String?, server: String?, retryAfter: Milliseconds?)
    case bytes([UInt8])
    case ended
    case failed(String)
}

/// Delivers in small pieces, one a turn, so that frames are split anywhere.
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
