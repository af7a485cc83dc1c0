import Primitives
package import RestateProtocol

/// One attempt of one invocation: bytes of the request in, operations of the handler in, bytes
/// of the response out. No I/O, no clock, no threads.
///
/// ```
/// awaitingStart → receivingJournal → replaying → processing → ended
///        any of them, on a violation or failure  ────────────→ ended
/// ```
///
/// Nothing that a peer sends and nothing in an order that a handler chooses traps: what is
/// wrong ends the attempt with an `Error` frame.
package struct InvocationMachine: ~Copyable, Sendable {
    enum Phase: Sendable {
        case awaitingStart
        case receivingJournal(remaining: UInt32)
        /// Recorded commands are left. Operations are matched with them.
        case replaying
        /// Operations are written.
        case processing
        /// A final frame is written, or the connection is lost. Nothing is written any more.
        case ended(AttemptEndCause)
    }

    let version: ProtocolVersion
    let options: MachineOptions

    var phase = Phase.awaitingStart
    package internal(set) var input = InvocationInput()
    var journal = Journal()
    var notifications = Notifications()
    var state = EagerState()
    var children: [TrackedChild] = []
    var runs = RunTable()
    /// Runs that the last await point found waiting for their closures, the next one last.
    var runnable: [UInt32] = []
    /// Results that were proposed and become visible with their acknowledgement.
    var proposed: [UInt32: ValueOrFailure] = [:]
    /// Since the journal ended, nothing was written: so the server's count of failed attempts
    /// is about the command that was replayed last.
    var isAtFirstEntry = false
    /// Commands that were in the journal, the input among them; 0 as long as some are left.
    var replayedCommands: UInt32 = 0
    /// Commands that an attempt had issued when it ended.
    var issuedCommands: UInt32 = 0
    var inputHasEnded = false
    /// A failure of this attempt went out without the metadata that the program gave it.
    package internal(set) var hasLeftOutMetadata = false
    /// What is to be sent. Looked at directly, because a getter's call would move the machine.
    package internal(set) var output = FieldWriter()
    private var decoder: FrameDecoder

    package init(version: ProtocolVersion, options: MachineOptions = .init()) {
        self.version = version
        self.options = options
        decoder = FrameDecoder(limit: options.frameLimit)
    }

    // MARK: what the driver asks

    /// All known entries are here: the handler may start.
    package var isReady: Bool {
        switch phase {
        case .replaying, .processing: true
        case .awaitingStart, .receivingJournal, .ended: false
        }
    }

    /// The handler does new things: what it logs, for example, was not logged before.
    package var isProcessing: Bool {
        if case .processing = phase { true } else { false }
    }

    /// Operations are matched with what was recorded.
    package var isReplaying: Bool {
        if case .replaying = phase { true } else { false }
    }

    package var hasEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// Why nothing is possible any more, once that is so.
    package var outcome: AttemptEndCause? {
        if case .ended(let end) = phase { end } else { nil }
    }

    /// The last word is said, or the connection lost; no failure and no suspension.
    package var isClosed: Bool {
        if case .ended(.closed) = phase { true } else { false }
    }

    /// Entries that came with the attempt, besides the input.
    package var knownEntries: Int { max(0, Int(input.start.knownEntries) - 1) }

    /// Commands that this attempt has added to the journal.
    package var newCommands: Int {
        guard replayedCommands > 0 else { return 0 }
        return Int(max(issuedCommands, journal.upcomingIndex)) - Int(replayedCommands)
    }

    /// How often the attempts before this one failed since the journal last grew.
    package var failedAttempts: Int { Int(input.start.retryCount) }

    /// The command that was issued last, for a failure that it caused.
    package var lastCommand: RelatedCommand? { journal.current }

    /// The command that would be issued next, for a failure in its preparation.
    package func nextCommand(_ type: MessageType, name: String = "") -> RelatedCommand {
        RelatedCommand(index: journal.upcomingIndex, type: type, name: name)
    }

    // MARK: input

    package mutating func receive(_ bytes: [UInt8]) {
        guard !hasEnded else { return }  // The server may still talk; we have said our last word.
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

    private mutating func accept(_ frame: Frame) throws(AttemptFailure) {
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
        for entry in entries where !isUTF8(entry.key) {
            throw AttemptFailure(
                message: "Start has the state key \(Excerpt.bytes(entry.key)), which is no text.")
        }
        state = EagerState(entries, isPartial: input.start.partialState)
        input.randomSeed =
            version.carriesRandomSeed
            ? input.start.randomSeed : RandomSeed.seed(of: input.start.id)
        if !version.carriesScopes { input.start.forgetScopes() }
        journal.expect(knownEntries)
        phase = .receivingJournal(remaining: knownEntries)
    }

    private mutating func arrive(_ frame: Frame) throws(AttemptFailure) {
        let message: NotificationMessage
        do {
            message = try NotificationMessage(decoding: frame)
        } catch {
            throw .undecodable("notification \(MessageType.hexCode(frame.code))", error)
        }
        guard let id = message.id, let result = message.result else { return }
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
        // It takes the place of the notification: the order of acknowledgements is the journal's.
        notifications.arrive(.completion(message.completionID), NotificationResult(result))
    }

    // MARK: output

    package var hasOutput: Bool { !output.bytes.isEmpty }

    package mutating func drainOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        guard hasOutput else { return }
        output.bytes.withUnsafeBytes(body)
        // A waiting attempt should be small, one that writes should not allocate every time.
        if output.bytes.capacity > 1024 { output = FieldWriter() } else { output.removeAll() }
    }
}

extension StartMessage {
    /// Before its version, such fields are unknown ones.
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
        // We never ask for the acknowledgement of a command, so it is as strange as no message.
        if frame.kind == .control, !isKnown {
            return undecodable("a frame", .unknownMessage(code: frame.code))
        }
        return unexpected(frame, place)
    }
}
