/// The bounds of SQL queries. What passes one of them ends with an error that names it.
public struct QueryLimits: Sendable {
    /// Bytes of a whole answer.
    public var answer = 64 << 20
    /// Bytes of texts and rows that one query may make and keep on its way.
    public var memory = 512 << 20
    /// Bytes of one value that a query makes.
    public var value = 16 << 20
    public var time: Duration = .seconds(20)
    /// Threads that run queries, and nothing else.
    public var threads = 2
    /// Queries that may wait for a thread; what comes beyond is answered with status 503.
    public var waiting = 100

    public init() {}
}
