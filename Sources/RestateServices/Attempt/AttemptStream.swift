package import Primitives
package import RestateMachine
package import RestateProtocol

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
    func write(_ bytes: consuming [UInt8])
    func finish()
    /// Tells the stream that the journal is complete, so that the time limit for the request's body
    /// no longer applies.
    func inputIsComplete()
}

extension AttemptStream {
    package func inputIsComplete() {}
}

/// Keeps the bytes of attempts. An endpoint that records nothing has none.
package protocol AttemptRecorder: AnyObject, Sendable {
    /// Returns the stream through which an attempt is recorded, with a list that its machine fills with
    /// the lines of the commands; nil if this attempt is not recorded.
    func taped(
        _ stream: any AttemptStream, _ handler: ServedHandler, _ version: ProtocolVersion
    ) -> (stream: any AttemptStream, sites: SiteLog)?
    /// Waits until everything is written.
    func flushed() async
}
