package import Primitives
package import RestateHTTP

/// The stream of bytes of one attempt. HTTP requests implement it, and links within the process.
package protocol AttemptStream: AnyObject {
    /// Called on the loop whenever one of the properties below has changed.
    var observer: (any StreamObserver)? { get set }
    var hasInput: Bool { get }
    /// Whether the peer has closed its half. Input that was received before may still be taken.
    var inputEnded: Bool { get }
    /// Whether the stream was reset or its connection lost.
    var isClosed: Bool { get }
    /// Whether more output is buffered than should be, so that the writer has to wait.
    var outputIsFull: Bool { get }
    /// The headers of the attempt's HTTP request.
    var requestHeaders: [(name: String, value: String)] { get }
    func takeInput() -> [UInt8]
    func write(_ bytes: UnsafeRawBufferPointer)
    func finish()
    /// Tells the stream that the journal is complete, so that the time limit for the request's body
    /// no longer applies.
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
