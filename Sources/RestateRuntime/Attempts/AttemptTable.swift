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

    /// Says whether nothing waited before.
    fileprivate mutating func write(_ body: (inout [UInt8]) -> Void) -> Bool {
        let isFirst = output.isEmpty
        body(&output)
        return isFirst
    }

    fileprivate mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

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
    private var table = SlotTable<AttemptID, Attempt>()
    private var begun: UInt64 = 0
    /// Those that have output, in the order in which they got it.
    private var writers: [AttemptID] = []

    var count: Int { table.count }
    var values: [Attempt] { table.values }

    subscript(id: AttemptID) -> Attempt? {
        _read { yield table[id] }
        _modify { yield &table[id] }
    }

    func contains(_ id: AttemptID) -> Bool { table.place(of: id) != nil }

    mutating func nextID() -> AttemptID {
        begun += 1
        return AttemptID(number: begun)
    }

    mutating func insert(_ attempt: Attempt) { table.insert(attempt, for: attempt.id) }

    mutating func remove(_ id: AttemptID) -> Attempt? { table.remove(id) }

    // MARK: output

    /// Bytes for an attempt go out together, once per turn.
    mutating func write(to id: AttemptID, _ body: (inout [UInt8]) -> Void) {
        if table[id]?.write(body) == true { writers.append(id) }
    }

    /// Before anything that must come behind the bytes.
    mutating func flush(_ id: AttemptID, into effects: inout [Effect]) {
        guard let bytes = table[id]?.takeOutput(), !bytes.isEmpty else { return }
        effects.append(.send(id, bytes))
    }

    mutating func flushAll(into effects: inout [Effect]) {
        for id in writers { flush(id, into: &effects) }
        writers.removeAll(keepingCapacity: true)
    }
}
