import Primitives
import RestateProtocol

/// One HTTP exchange in which an endpoint works on an invocation, from the request's head until
/// either side ends it.
///
/// Its settings are copied from the handler, the service and the runtime when it begins, so that a
/// registration in between does not change an attempt that is under way.
struct Attempt: Sendable {
    let id: AttemptID
    let invocation: InvocationIdentity
    let deployment: String
    let version: ProtocolVersion
    let inactivityTimeout: Milliseconds
    let abortTimeout: Milliseconds
    /// The number of journal entries that the attempt was sent at its start. If it suspends on
    /// something that was among them, it would do so again: see `suspend`.
    let knownEntries: Int
    var decoder: FrameDecoder
    /// Whether notifications can still be sent. It is false from the start if the endpoint does not
    /// stream, and becomes false when the runtime ends the request's body.
    var inputIsOpen = true
    /// The time at which bytes last went in either direction. The inactivity timeout counts from
    /// here.
    var lastActivity: Timestamp
    /// The entry in the heap of deadlines. It is not moved with each byte: when it comes due it is
    /// compared with `lastActivity`, and set again if the attempt was active meanwhile.
    var deadline: IndexedHeap<Deadline>.Token?
    /// Bytes that go to the endpoint with the next `takeEffects`.
    fileprivate var output: [UInt8] = []
    /// What the handler waits for at the moment, as the endpoint reported it. Only the tables show
    /// it.
    var awaitingOn: FutureTree?

    /// Since when nothing has gone in either direction, and how long that may last: while the input
    /// is open the inactivity timeout applies, afterwards the abort timeout.
    var quiet: (since: Timestamp, limit: Milliseconds, inputIsOpen: Bool) {
        (lastActivity, inputIsOpen ? inactivityTimeout : abortTimeout, inputIsOpen)
    }

    init(
        id: AttemptID, of invocation: InvocationIdentity, on deployment: String,
        _ version: ProtocolVersion, inactivityTimeout: Milliseconds, abortTimeout: Milliseconds,
        knownEntries: Int, messageLimit: Int, at now: Timestamp
    ) {
        self.id = id
        self.invocation = invocation
        self.deployment = deployment
        self.version = version
        self.inactivityTimeout = inactivityTimeout
        self.abortTimeout = abortTimeout
        self.knownEntries = knownEntries
        decoder = FrameDecoder(limit: messageLimit)
        lastActivity = now
    }
}

/// The attempts that are under way, and the bytes that they are to be sent.
///
/// Nothing of an attempt is stored, because it is lost with the process anyway. So, unlike in the
/// tables with an `Unstored`, every rule of the runtime may change one.
struct AttemptTable: Sendable {
    private var places: [AttemptID: Int] = [:]
    /// The attempts without gaps, in no order: when one ends, the last one is moved to its place.
    private(set) var values: [Attempt] = []
    private var begun: UInt64 = 0
    /// The attempts that have output, in the order in which they first got some.
    private var writers: [AttemptID] = []

    var count: Int { values.count }

    subscript(id: AttemptID) -> Attempt? {
        @inline(__always) get {
            guard let place = places[id] else { return nil }
            return values[place]
        }
    }

    func contains(_ id: AttemptID) -> Bool { places[id] != nil }

    mutating func nextID() -> AttemptID {
        begun += 1
        return AttemptID(number: begun)
    }

    mutating func insert(_ attempt: Attempt) {
        places[attempt.id] = values.count
        values.append(attempt)
    }

    /// Changes an attempt in place. Returns nil without calling `body` if the attempt has ended.
    @discardableResult
    mutating func update<R, E: Error>(
        _ id: AttemptID, _ body: (inout Attempt) throws(E) -> R
    ) throws(E) -> R? {
        guard let place = places[id] else { return nil }
        return try body(&values[place])
    }

    /// Removes an attempt in constant time, by moving the last one to its place.
    mutating func remove(_ id: AttemptID) -> Attempt? {
        guard let place = places.removeValue(forKey: id) else { return nil }
        let last = values.removeLast()
        guard place < values.count else { return last }
        places[last.id] = place
        defer { values[place] = last }
        return values[place]
    }

    // MARK: Output

    /// Appends bytes to an attempt's output. All output of one turn goes out as one `send`, so that
    /// many small frames cost one write.
    mutating func write(to id: AttemptID, _ body: (inout [UInt8]) -> Void) {
        guard let place = places[id] else { return }
        if values[place].output.isEmpty { writers.append(id) }
        body(&values[place].output)
    }

    /// Turns an attempt's output into an effect now. An effect that must follow the bytes, such as
    /// the end of the input, is emitted after a flush.
    mutating func flush(_ id: AttemptID, into effects: inout [Effect]) {
        guard let place = places[id], !values[place].output.isEmpty else { return }
        effects.append(.send(id, values[place].output))
        values[place].output = []
    }

    mutating func flushAll(into effects: inout [Effect]) {
        for id in writers { flush(id, into: &effects) }
        writers.removeAll(keepingCapacity: true)
    }
}
