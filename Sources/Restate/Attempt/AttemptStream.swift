package import RestateHTTP

/// What an attempt needs of a stream of bytes in both directions. A request over HTTP is one; a
/// link inside the process can be another.
package protocol AttemptStream: AnyObject {
    /// Told, on the loop, whenever one of the properties below has changed.
    var observer: (any StreamObserver)? { get set }
    var hasInput: Bool { get }
    /// The other side has ended its half. What it sent may still have to be taken.
    var inputEnded: Bool { get }
    /// Reset or lost.
    var isClosed: Bool { get }
    /// More is buffered than should be: the writer waits.
    var outputIsFull: Bool { get }
    /// The headers of the attempt's own request.
    var requestHeaders: [(name: String, value: String)] { get }
    func takeInput() -> [UInt8]
    func write(_ bytes: UnsafeRawBufferPointer)
    func finish()
    /// The attempt has what it needs to begin: what comes later may take its time.
    func inputIsComplete()
}

extension AttemptStream {
    package func inputIsComplete() {}
}

extension RequestStream: AttemptStream {
    package var requestHeaders: [(name: String, value: String)] {
        head.headers.map { ($0.name, $0.value) }
    }

    package func inputIsComplete() { awaitsBody = false }
}
