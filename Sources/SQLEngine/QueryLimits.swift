/// The limits of SQL queries. A query that exceeds one ends with an error that names it.
public struct QueryLimits: Sendable {
    /// The most bytes of a whole answer.
    public var answer = 64 << 20
    /// The most bytes of texts and rows that one query may make and keep.
    public var memory = 512 << 20
    /// The most bytes of one value that a query makes.
    public var value = 16 << 20
    /// The longest time of one query, 20 s by default.
    public var time: Duration = .seconds(20)
    /// The number of threads for queries. They do nothing else.
    public var threads = 2
    /// The most queries that wait for a thread. A further one is answered with status 503.
    public var waiting = 100

    /// Makes the limits of the local runtime, as the table of bounds lists them.
    public init() {}
}
