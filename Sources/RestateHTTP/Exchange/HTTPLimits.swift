/// The limits for everything that a peer can make this process spend. Each property has a row in
/// the table of `HTTPLimits+Bounds.swift`.
package struct HTTPLimits: Sendable {
    /// The most bytes of names and values in an HTTP/2 head, with 32 more for each field, as HTTP/2
    /// counts. A larger request is answered with 431; one of four times the size ends the
    /// connection.
    package var headerListBytes = 64 << 10
    /// For HTTP/1.1, the most bytes of a head, fields in a head, and bytes of a request's target.
    package var headBytes = 64 << 10
    package var headFields = 256
    package var targetBytes = 60 << 10
    /// The most open exchanges of one HTTP/2 connection. A server opens all attempts on one
    /// connection, so this many invocations can wait at the same time.
    package var concurrentStreams = 100_000
    /// The most bytes of a body that may wait to be read by the application.
    package var inputWindow = 1 << 20
    /// The most bytes that an HTTP/2 peer may send on all streams together without new credit.
    package var connectionWindow = 16 << 20
    /// The most bytes of all bodies of one connection that may wait to be read. Beyond it the
    /// connection gets no more credit.
    package var connectionInput = 256 << 20
    /// The bytes of buffered output beyond which a writer should wait for the peer.
    package var outputBuffer = 256 << 10
    /// The most connections of one server; fewer if the process may not open as many files. For a
    /// further one the longest idle connection is closed, or else the slowest.
    package var connections = 10_000
    /// A connection without an open exchange is closed after this time.
    package var idleTimeout: Duration = .seconds(300)
    /// The time limit for a head, and for the first head of a new connection.
    package var headerTimeout: Duration = .seconds(10)
    /// While the application waits for a body, at least `bodyProgress` bytes must come in each such
    /// period.
    package var bodyTimeout: Duration = .seconds(30)
    package var bodyProgress = 8 << 10
    /// A peer that reads none of the output that waits for it is dropped after this time.
    package var stallTimeout: Duration = .seconds(60)
    /// After this long a silence an HTTP/2 peer gets a PING, and `pingTimeout` to answer it before
    /// the connection is closed.
    package var pingInterval: Duration = .seconds(40)
    package var pingTimeout: Duration = .seconds(20)
    /// The most young streams that a peer may reset in one second before they are answered, or
    /// cause us to reset by invalid frames (CVE-2023-44487).
    package var resetsPerSecond = 500
    /// A stream is young for this time.
    package var resetAge: Duration = .seconds(1)
    /// PING, SETTINGS and empty DATA frames of one connection in a second.
    package var controlFramesPerSecond = 5000
    /// Acknowledgements that may wait for a peer that does not read.
    package var unsentAcknowledgements = 1000
    /// The most frames that may wait for a peer that does not read. Beyond it the connection is
    /// closed.
    package var queuedFrames = 10_000
    /// The most interim responses (1xx) that a server may send before the final one.
    package var interimHeads = 100
    /// For HTTP/1.1, the most bytes of further requests that are read while one is being answered.
    package var pipelinedBytes = 64 << 10

    package init() {}
}
