import Primitives
package import RestateProtocol

/// The state machine of one attempt of one invocation: bytes of the request and operations of the
/// handler go in, bytes of the response come out. It does no I/O and has no clock or threads.
///
/// ```
/// awaitingStart → receivingJournal → replaying → processing → ended
///        any of them, on a violation or failure  ────────────→ ended
/// ```
///
/// No input of a peer and no order of operations traps. Whatever is wrong ends the attempt with an
/// `Error` message. The machine is noncopyable, because accidental copies of a struct of this size
/// would be expensive.
package struct InvocationMachine: ~Copyable, Sendable {
    package enum Phase: Sendable {
        case awaitingStart
        case receivingJournal(remaining: UInt32)
        /// Recorded commands are left, and operations are compared with them.
        case replaying
        /// All recorded commands are replayed, and operations are written.
        case processing
        /// A final message is written, or the connection is lost. Nothing more is written.
        case ended(AttemptEndCause)
    }

    let version: ProtocolVersion
    package let options: MachineOptions

    package internal(set) var phase = Phase.awaitingStart
    package internal(set) var input = InvocationInput()
    var journal = Journal()
    var notifications = Notifications()
    var state = EagerState()
    var children: [TrackedChild] = []
    /// How many parts of the program that a cancellation does not end are being run, one in another.
    package var shields = 0
    var runs = RunTable()
    /// The runs whose closures the last await point wants executed, the next one last.
    var runnable: [UInt32] = []
    /// The results that were proposed. Each becomes visible with its acknowledgement.
    var proposed: [UInt32: ValueOrFailure] = [:]
    /// Whether nothing was written since the journal ended. Then the server's count of failures is
    /// about the last replayed command.
    var isAtFirstEntry = false
    /// The number of commands in the journal, including the input; 0 while some are left.
    var replayedCommands: UInt32 = 0
    /// The number of commands that had been issued when the attempt ended.
    var issuedCommands: UInt32 = 0
    var inputHasEnded = false
    /// Notes the line of each command, for an attempt that is recorded.
    package var sites: SiteLog?
    /// Whether the attempt has ended with a failure. Stored, because every attempt is asked.
    package internal(set) var hasFailed = false
    /// Whether a failure was sent without its metadata, because the protocol version has none.
    package internal(set) var hasLeftOutMetadata = false
    /// The bytes to send. The driver reads this property directly, because calling a getter would
    /// move the noncopyable machine.
    package internal(set) var output = FieldWriter()
    private var decoder: FrameDecoder

    package init(version: ProtocolVersion, options: MachineOptions = .init()) {
        self.version = version
        self.options = options
        decoder = FrameDecoder(limit: options.frameLimit)
    }

    // MARK: What the driver asks

    /// Whether the whole journal has arrived, so that the handler can start.
    package var isReady: Bool {
        switch phase {
        case .replaying, .processing: true
        case .awaitingStart, .receivingJournal, .ended: false
        }
    }

    /// Whether the handler does new work. What it logs now, for example, was not logged by an
    /// earlier attempt.
    package var isProcessing: Bool {
        if case .processing = phase { true } else { false }
    }

    /// Whether operations are being compared with recorded commands.
    package var isReplaying: Bool {
        if case .replaying = phase { true } else { false }
    }

    package var hasEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// Why the attempt has ended; nil while it goes on.
    package var outcome: AttemptEndCause? {
        if case .ended(let end) = phase { end } else { nil }
    }

    /// The number of entries that came with the attempt, without the input.
    package var knownEntries: Int { max(0, Int(input.start.knownEntries) - 1) }

    /// The number of commands that this attempt has added to the journal.
    package var newCommands: Int {
        guard replayedCommands > 0 else { return 0 }
        return Int(max(issuedCommands, journal.upcomingIndex)) - Int(replayedCommands)
    }

    /// The number of attempts that failed since the journal last grew.
    package var failedAttempts: Int { Int(input.start.retryCount) }

    /// The command that was issued last, for a failure that it has caused.
    package var lastCommand: RelatedCommand? { journal.current }

    /// The command that would be issued next, for a failure while it is prepared.
    package func nextCommand(_ type: MessageType, name: String = "") -> RelatedCommand {
        RelatedCommand(index: journal.upcomingIndex, type: type, name: name)
    }

    // MARK: Input

    package mutating func receive(_ bytes: [UInt8]) {
        guard !hasEnded else { return }  // The server may still send; the attempt is over.
        decoder.push(bytes)
        do throws(AttemptFailure) {
            while !hasEnded, let frame = try nextFrame() { try accept(frame) }
        } catch {
            _ = ending(with: error)
        }
    }

    package mutating func inputClosed() {
        inputHasEnded = true
        switch phase {
        case .awaitingStart, .receivingJournal: _ = ending(with: .inputEndedEarly())
        case .replaying, .processing, .ended: break  // The next await that blocks suspends.
        }
    }

    private mutating func nextFrame() throws(AttemptFailure) -> Frame? {
        do {
            return try decoder.next()
        } catch {
            throw .undecodable("a frame", error)
        }
    }

    private mutating func accept(_ frame: consuming Frame) throws(AttemptFailure) {
        switch phase {
        case .awaitingStart:
            guard frame.type == .start else { throw .refused(frame, "before Start") }
            try begin(frame)
        case .receivingJournal(let remaining):
            switch frame.kind {
            case .command: journal.append(frame)
            case .notification: try arrive(frame)
            case .control, .custom: throw .refused(frame, "inside the journal")
            }
            phase = remaining > 1 ? .receivingJournal(remaining: remaining - 1) : .replaying
        case .replaying:
            guard frame.kind == .notification else {
                throw .refused(frame, "while the journal is replayed")
            }
            try arrive(frame)
        case .processing:
            if frame.kind == .notification {
                try arrive(frame)
            } else if frame.type == .proposeRunCompletionAck {
                try acknowledge(frame)
            } else {
                throw .refused(frame, "after the journal")
            }
        case .ended:
            break
        }
    }

    private mutating func begin(_ frame: Frame) throws(AttemptFailure) {
        // A handler often says again what it was told: its state, as it reads and as it writes it.
        if frame.payload.count > 128 {
            output = FieldWriter(expecting: 128 + 2 * min(frame.payload.count, 4096))
        }
        do {
            try input.start.read(frame.payload)
        } catch {
            throw .undecodable("Start", error)
        }
        let knownEntries = input.start.knownEntries
        guard knownEntries > 0 else {
            throw AttemptFailure(message: "Start announces a journal without an input.")
        }
        var entries: [StateEntry] = []
        swap(&entries, &input.start.stateMap)
        // By index, because each copy of an entry would retain its bytes twice.
        for index in entries.indices where !isUTF8(entries[index].key) {
            let key = Excerpt.bytes(entries[index].key)
            throw AttemptFailure(message: "Start has the state key \(key), which is not UTF-8.")
        }
        state = EagerState(entries, isPartial: input.start.partialState)
        input.randomSeed =
            version.carriesRandomSeed
            ? input.start.randomSeed : RandomSeed.seed(of: input.start.id)
        if !version.carriesScopes { input.start.forgetScopes() }
        phase = .receivingJournal(remaining: knownEntries)
    }

    private mutating func arrive(_ frame: borrowing Frame) throws(AttemptFailure) {
        var message: NotificationMessage
        do {
            message = try NotificationMessage(decoding: frame.payload)
        } catch {
            throw .undecodable("notification \(MessageType.hexCode(frame.code))", error)
        }
        guard let id = message.id.take(), let result = message.result.take() else { return }
        notifications.arrive(id, result)
    }

    private mutating func acknowledge(_ frame: Frame) throws(AttemptFailure) {
        let message: ProposeRunCompletionAckMessage
        do {
            message = try ProposeRunCompletionAckMessage(decoding: frame.payload)
        } catch {
            throw .undecodable("an acknowledgement", error)
        }
        guard let result = proposed.removeValue(forKey: message.completionID) else {
            throw .violation(
                "Run \(message.completionID) was acknowledged, but nothing was proposed for it.")
        }
        // The acknowledgement replaces the notification: acknowledgements come in the journal's
        // order.
        notifications.arrive(.completion(message.completionID), NotificationResult(result))
    }

    // MARK: Output

    /// Removes and returns the bytes to send, which may be none. The driver calls it at each wait: an attempt that waits
    /// keeps no memory for its output, nor for the comparisons of a replay.
    package mutating func takeOutput() -> [UInt8] { output.takeAll() }
}

extension StartMessage {
    /// Removes fields that older versions of the protocol do not have. A server of such a version
    /// cannot have meant them.
    fileprivate mutating func forgetScopes() {
        scope = nil
        limitKey = nil
        idempotencyKey = nil
    }
}

extension AttemptFailure {
    /// The answer to a frame that is not allowed where it came.
    static func refused(_ frame: Frame, _ place: StaticString) -> Self {
        let isKnown = frame.type != nil && frame.type != .commandAck
        // CommandAck is treated as unknown, because we never ask for it.
        if frame.kind == .control, !isKnown {
            return undecodable("a frame", .unknownMessage(code: frame.code))
        }
        return unexpected(frame, place)
    }
}
