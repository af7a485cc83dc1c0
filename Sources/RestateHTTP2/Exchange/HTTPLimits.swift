/// Everything a peer can make us spend has a name here.
package struct HTTPLimits: Sendable {
    /// Names and values of a head, with 32 bytes more for each field, as HTTP/2 counts.
    package var headerListBytes = 64 << 10
    /// Open exchanges of one HTTP/2 connection.
    package var concurrentStreams = 1000
    /// Bytes of a body that a peer may send before they are taken.
    package var inputWindow = 1 << 20
    /// Bytes an HTTP/2 peer may have on the way on all its streams together.
    package var connectionWindow = 16 << 20
    /// Bytes of all bodies of one connection that may wait to be taken before it gets no more credit.
    package var connectionInput = 256 << 20
    /// Bytes of a response that wait for the peer before its writer should.
    package var outputBuffer = 256 << 10
    /// Connections of one server; what comes beyond is closed at once.
    package var connections = 10_000
    /// A connection without an open exchange is closed after this time.
    package var idleTimeout: Duration = .seconds(300)
    /// A head that was begun, or a connection without its first one, is given up after this time.
    package var headerTimeout: Duration = .seconds(10)
    /// How often a client asks an HTTP/2 server whether it is still there, and for how long it waits
    /// for the answer before it gives the connection up.
    package var pingInterval: Duration = .seconds(40)
    package var pingTimeout: Duration = .seconds(20)
    /// Streams a peer may take back in a second, or break so that we do (CVE-2023-44487).
    package var resetsPerSecond = 500
    /// PING, SETTINGS and empty DATA frames of one connection in a second.
    package var controlFramesPerSecond = 5000
    /// Acknowledgements that may wait for a peer that does not read.
    package var unsentAcknowledgements = 1000
    /// Frames of all kinds that may wait for such a peer; beyond that the connection is closed.
    package var queuedFrames = 10_000
    /// HTTP/1.1: bytes of further requests that are read while one is being answered.
    package var pipelinedBytes = 64 << 10

    package init() {}
}
