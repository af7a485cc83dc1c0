import Primitives
import Restate
import RestateHTTP
import RestateProtocol
import RestateRuntime

/// Carries an attempt to an endpoint of the same process without a socket. The events come in the
/// same order as over a connection.
final class LinkedTransport: AttemptTransport {
    private let stream: LinkedStream
    private let tell: (TransportEvent) -> Void
    private var task: Task<Void, Never>?

    init(tell: @escaping (TransportEvent) -> Void) {
        self.tell = tell
        stream = LinkedStream(tell: tell)
    }

    func begin(_ request: AttemptRequest, at link: EndpointLink, on loop: EventLoop) {
        let contentType = request.version.contentType.description
        stream.requestHeaders = AttemptHeaders.fields(of: request).map { ($0.name, $0.value) }
        let (status, task) = link.begin(
            service: request.service, handler: request.handler, contentType: contentType, stream,
            on: loop)
        self.task = task
        tell(
            .head(
                status: status, contentType: task == nil ? "text/plain" : contentType,
                server: EndpointLink.server, retryAfter: nil))
    }

    func send(_ bytes: [UInt8]) { stream.receive(bytes) }

    func endInput() { stream.endInput() }

    func finish() {
        stream.isOver = true
        stream.endInput()
    }

    func abort() {
        stream.isOver = true
        task?.cancel()
        stream.close()
    }
}

/// The stream that the endpoint reads from and writes to.
private final class LinkedStream: RelayableStream {
    var observer: (any StreamObserver)?
    private(set) var inputEnded = false
    private(set) var isClosed = false
    var requestHeaders: [(name: String, value: String)] = []
    /// Whether the engine has ended the attempt, so that nothing is reported any more.
    var isOver = false

    private let tell: (TransportEvent) -> Void
    private var input: [UInt8] = []

    init(tell: @escaping (TransportEvent) -> Void) {
        self.tell = tell
    }

    var outputIsFull: Bool { false }
    var hasInput: Bool { !input.isEmpty }

    func takeInput() -> [UInt8] {
        defer { input = [] }
        return input
    }

    func input(after count: Int) -> [UInt8] { Array(input.dropFirst(count)) }

    func consumeInput(_ count: Int) { input.removeFirst(count) }

    func write(_ bytes: [UInt8]) {
        if !isOver { tell(.bytes(bytes)) }
    }

    /// Called at the end of the attempt's task. It breaks the cycle of references between task and
    /// stream.
    func finish() {
        observer = nil
        if !isOver { tell(.ended) }
    }

    func receive(_ bytes: [UInt8]) {
        guard !isClosed, !inputEnded else { return }
        if input.isEmpty { input = bytes } else { input += bytes }
        observer?.streamChanged()
    }

    func endInput() {
        guard !inputEnded else { return }
        inputEnded = true
        observer?.streamChanged()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        let observer = observer
        self.observer = nil
        observer?.streamChanged()
    }
}
