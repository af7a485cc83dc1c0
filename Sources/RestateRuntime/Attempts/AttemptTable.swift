import Primitives
import RestateProtocol

/// One exchange with the endpoint.
struct Attempt: Sendable {
    let id: AttemptID
    let invocation: InvocationIdentity
    let deployment: String
    let version: ProtocolVersion
    let inactivityTimeout: Milliseconds
    let abortTimeout: Milliseconds
    /// Entries of the journal that it was given.
    let knownEntries: Int
    var decoder: FrameDecoder
    var inputIsOpen = true
    /// Bytes went either way.
    var lastActivity: Timestamp
    var deadline: IndexedHeap<Deadline>.Token?
    /// Waits to be sent with the next effects.
    fileprivate var output: [UInt8] = []
    var awaitingOn: FutureTree?

    /// Since when nothing has gone either way, and for how long that may be.
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

/// The attempts that are under way, and what they are to be sent. They are lost with the process, and
/// nothing of them is stored: therefore anybody may change one.
struct AttemptTable: Sendable {
    private var places: [AttemptID: Int] = [:]
    /// Without holes: the last one takes the place of one that ends.
    private(set) var values: [Attempt] = []
    private var begun: UInt64 = 0
    /// Those that have output, in the order in which they got it.
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

    /// Changes an attempt where it lies. Nil if it has ended.
    @discardableResult
    mutating func update<R, E: Error>(
        _ id: AttemptID, _ body: (inout Attempt) throws(E) -> R
    ) throws(E) -> R? {
        guard let place = places[id] else { return nil }
        return try body(&values[place])
    }

    mutating func remove(_ id: AttemptID) -> Attempt? {
        guard let place = places.removeValue(forKey: id) else { return nil }
        let last = values.removeLast()
        guard place < values.count else { return last }
        places[last.id] = place
        defer { values[place] = last }
        return values[place]
    }

    // MARK: output

    /// Bytes for an attempt go out together, once per turn.
    mutating func write(to id: AttemptID, _ body: (inout [UInt8]) -> Void) {
        guard let place = places[id] else { return }
        if values[place].output.isEmpty { writers.append(id) }
        body(&values[place].output)
    }

    /// Before anything that must come behind the bytes.
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
