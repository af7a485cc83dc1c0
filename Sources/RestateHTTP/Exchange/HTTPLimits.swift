/// Everything a peer can make us spend has a name here.
package struct HTTPLimits: Sendable {
    /// Names and values of a head of HTTP/2, with 32 bytes more for each field, as it counts. A
    /// request beyond is answered with 431, one of four times as much ends the connection.
    package var headerListBytes = 64 << 10
    /// HTTP/1.1: bytes of a head, fields in it, and bytes of a request's target.
    package var headBytes = 64 << 10
    package var headFields = 256
    package var targetBytes = 60 << 10
    /// Open exchanges of one HTTP/2 connection: as many as invocations may wait at once.
    package var concurrentStreams = 100_000
    /// Bytes of a body that a peer may send before they are taken.
    package var inputWindow = 1 << 20
    /// Bytes an HTTP/2 peer may have on the way on all its streams together.
    package var connectionWindow = 16 << 20
    /// Bytes of all bodies of one connection that may wait to be taken before it gets no more credit.
    package var connectionInput = 256 << 20
    /// Bytes of a response that wait for the peer before its writer should.
    package var outputBuffer = 256 << 10
    /// Connections of one server, fewer where the process may not open as many files. For one that
    /// comes beyond, the oldest idle one goes, else the slowest to say what it wants.
    package var connections = 10_000
    /// A connection without an open exchange is closed after this time.
    package var idleTimeout: Duration = .seconds(300)
    /// A head that was begun, or a connection without its first one, is given up after this time.
    package var headerTimeout: Duration = .seconds(10)
    /// A body that the application waits for brings so many bytes in each such time, or ends.
    package var bodyTimeout: Duration = .seconds(30)
    package var bodyProgress = 8 << 10
    /// A peer that takes nothing of what waits for it is given up after this time.
    package var stallTimeout: Duration = .seconds(60)
    /// After how long a silence a peer of HTTP/2 is asked whether it is still there, and how long it
    /// has for the answer before the connection is given up.
    package var pingInterval: Duration = .seconds(40)
    package var pingTimeout: Duration = .seconds(20)
    /// Young streams a peer may take back in a second before they are answered, or break so that we
    /// do (CVE-2023-44487).
    package var resetsPerSecond = 500
    /// A stream is young for this time.
    package var resetAge: Duration = .seconds(1)
    /// PING, SETTINGS and empty DATA frames of one connection in a second.
    package var controlFramesPerSecond = 5000
    /// Acknowledgements that may wait for a peer that does not read.
    package var unsentAcknowledgements = 1000
    /// Frames of all kinds that may wait for such a peer; beyond that the connection is closed.
    package var queuedFrames = 10_000
    /// News (1xx) that a server may send ahead of one answer.
    package var interimHeads = 100
    /// HTTP/1.1: bytes of further requests that are read while one is being answered.
    package var pipelinedBytes = 64 << 10

    package init() {}
}
