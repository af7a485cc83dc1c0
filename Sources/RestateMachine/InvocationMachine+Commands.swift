import RestateProtocol

/// The one path of every command: it is compared with the journal while commands are left there,
/// and written afterwards.
extension InvocationMachine {
    /// Checks that operations are allowed. Every operation calls it first.
    @inline(__always)
    mutating func enter(_ operation: StaticString) throws(AttemptEndCause) {
        switch phase {
        case .replaying, .processing: return
        case .awaitingStart, .receivingJournal: throw ending(with: .tooEarly(operation))
        case .ended(let end): throw end
        }
    }

    /// Compares a command with the next recorded one, or writes it.
    mutating func issue(
        _ command: some CommandMessage, at site: CallSite
    ) throws(AttemptEndCause) {
        let type = Swift.type(of: command).type
        journal.advance(type, command.name)
        if let sites { sites.note(journal.upcomingIndex &- 1, site) }
        guard case .replaying = phase else {
            isAtFirstEntry = false
            let start = output.bytes.count
            output.frame(command)
            // The limit is the server's for a message, which does not include the frame's header.
            let size = output.bytes.count - start - FrameHeader.size
            if size > options.messageLimit { throw tooLarge(command, size, from: start, at: site) }
            return
        }
        let frame = try recorded(type, at: site)
        // Usually the encoded bytes are equal, and nothing has to be decoded. Large commands are
        // compared field by field, which does not encode them again.
        if frame.payload.count <= 4096, output.writes(command, as: frame.payload) { return }
        try match(command, try decoded(frame), at: site)
    }

    @inline(never)
    private mutating func tooLarge<C: CommandMessage>(
        _ command: C, _ size: Int, from start: Int, at site: CallSite
    ) -> AttemptEndCause {
        output.truncate(to: start)
        let subject = command.subject.isEmpty ? "" : " \"\(Excerpt.text(command.subject))\""
        let operation = "\(C.type.word)\(subject) at \(site)"
        return ending(
            with: relate(.tooLarge(operation, size, limit: options.messageLimit)))
    }

    /// Returns the next recorded command. Its type must be the given one. After the last one, the
    /// attempt continues with processing.
    mutating func recorded(
        _ type: MessageType, at site: CallSite
    ) throws(AttemptEndCause) -> Frame {
        guard let frame = journal.take() else { throw ending(with: relate(.replayEnded())) }
        guard frame.code == type.rawValue else {
            let attempted = RelatedCommand(
                index: journal.current?.index ?? 0, type: type, name: journal.current?.name ?? "")
            throw mismatch(Mismatch.type(recorded: frame, attempted: attempted, at: site))
        }
        if !journal.hasRecorded {
            phase = .processing
            isAtFirstEntry = true
            replayedCommands = journal.upcomingIndex
        }
        return frame
    }

    mutating func decoded<C: CommandMessage>(
        _ frame: Frame, as type: C.Type = C.self
    ) throws(AttemptEndCause) -> C {
        do {
            return try C(decoding: frame.payload)
        } catch {
            throw ending(with: relate(.undecodable("the recorded \(C.type.word)", error)))
        }
    }

    /// Compares a command with the recorded one field by field, and fails with all differences.
    mutating func match<C: CommandMessage>(
        _ command: C, _ recorded: C, at site: CallSite
    ) throws(AttemptEndCause) {
        var comparison = Comparison(checksPayloads: options.checksPayloads)
        command.compare(with: recorded, into: &comparison)
        guard !comparison.lines.isEmpty else { return }
        let attempted = RelatedCommand(
            index: journal.current?.index ?? 0, type: C.type, name: command.name)
        throw mismatch(Mismatch.fields(comparison.lines, attempted: attempted, at: site))
    }

    // MARK: Failures of operations

    /// Names the command that is being issued as the cause of a failure.
    func relate(_ failure: AttemptFailure) -> AttemptFailure {
        var failure = failure
        failure.related = journal.current
        return failure
    }

    mutating func mismatch(_ message: String) -> AttemptEndCause {
        mismatch(message, relatedTo: journal.current)
    }

    mutating func mismatch(
        _ message: String, relatedTo command: RelatedCommand?
    ) -> AttemptEndCause {
        ending(
            with: AttemptFailure(
                code: AttemptFailure.journalMismatch, message: message, related: command,
                behavior: version.carriesErrorBehavior ? options.mismatchBehavior : .retry))
    }

    /// Refuses what needs a newer protocol version, before any id is used for it.
    mutating func require(
        _ isSupported: Bool, _ feature: StaticString, since version: ProtocolVersion
    ) throws(AttemptEndCause) {
        guard !isSupported else { return }
        throw ending(with: .unsupported(feature, version: self.version, needs: version))
    }

    /// Prepares a failure for the protocol: its text is shortened, and its metadata is left out in
    /// versions without it. The invocation must still end with it, because another attempt would
    /// fail in the same way.
    mutating func outgoing(_ failure: Failure) -> Failure {
        var failure = failure
        failure.message = ErrorText.fitting(failure.message)
        if !version.carriesFailureMetadata, !failure.metadata.isEmpty {
            failure.metadata = []
            hasLeftOutMetadata = true
        }
        return failure
    }

    mutating func outgoing(_ result: ValueOrFailure) -> ValueOrFailure {
        if case .failure(let failure) = result { .failure(outgoing(failure)) } else { result }
    }

    mutating func check(scope: String?, limitKey: String? = nil) throws(AttemptEndCause) {
        if scope?.isEmpty == true { throw ending(with: .empty("scope")) }
        if limitKey?.isEmpty == true { throw ending(with: .empty("limit key")) }
        try require(version.carriesScopes || scope == nil, "scope", since: .v7)
        try require(version.carriesScopes || limitKey == nil, "limit key", since: .v7)
    }

    // MARK: Input, sleep

    /// Reads command 0, the input. The handler can begin only after that.
    package mutating func readInput() throws(AttemptEndCause) {
        try enter("input")
        guard case .replaying = phase else {
            throw ending(with: .violation("The input was asked for after the journal."))
        }
        journal.advance(.inputCommand, "")
        let frame = try recorded(
            .inputCommand, at: CallSite(fileID: "the start of the handler", line: 0))
        do {
            input.body = try InputCommand.value(in: frame.payload)
        } catch {
            throw ending(with: relate(.undecodable("the recorded input", error)))
        }
        input.command = frame.payload
    }

    /// Sets a timer. In a replay the recorded wake-up time counts, and not this one.
    /// - Parameter wakeUpTime: milliseconds since 1970.
    /// - Returns: the id of a completion without a value.
    package mutating func sleep(
        until wakeUpTime: UInt64, name: String = "", at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("sleep")
        var command = SleepCommand()
        command.wakeUpTime = wakeUpTime
        command.completionID = journal.completionID()
        command.name = name
        try issue(command, at: site)
        return command.completionID
    }
}

extension AttemptFailure {
    static func replayEnded() -> Self {
        violation("The journal ended before the command that should be replayed.")
    }
}
