import RestateProtocol

/// Handles the messages of an endpoint: commands are checked, stored and answered; the last words
/// end the attempt; anything else is a protocol violation.
extension LocalRuntime {
    /// Handles one message. An error that it throws fails the attempt.
    mutating func handle(
        _ frame: Frame, of id: InvocationIdentity, in attempt: AttemptID, at now: Timestamp
    ) throws(EndpointFailure) {
        guard let type = frame.type else {
            throw EndpointFailure("RT0012", "\(WireError.unknownMessage(code: frame.code))")
        }
        switch type {
        case .suspension: try suspend(id, attempt, decode(frame), at: now)
        case .error:
            let error: ErrorMessage = try decode(frame)
            attemptFailed(id, EndpointFailure(error), at: now)
        case .end: try end(id, at: now)
        case .proposeRunCompletion:
            try proposeRun(id, attempt, decode(frame), frame.requestsAck, at: now)
        case .awaitingOn:
            let message: AwaitingOnMessage = try decode(frame)
            guard let tree = message.awaitingOn else {
                throw EndpointFailure("RT0012", "AwaitingOn names nothing to wait for")
            }
            attempts.update(attempt) { $0.awaitingOn = tree }
        case .start, .commandAck, .proposeRunCompletionAck:
            throw EndpointFailure("RT0012", "only the runtime may send the message \(type)")
        case .getLazyStateCompletion, .getLazyStateKeysCompletion, .getPromiseCompletion,
            .peekPromiseCompletion, .completePromiseCompletion, .sleepCompletion, .callCompletion,
            .callInvocationIDCompletion, .runCompletion, .attachInvocationCompletion,
            .getInvocationOutputCompletion, .signalNotification:
            throw EndpointFailure("RT0012", "only the runtime may send notifications: \(type)")
        case .outputCommand: try output(id, decode(frame), frame, at: now)
        case .inputCommand: try check(InputCommand.self, frame, of: id, at: now)
        case .sleepCommand: try sleep(id, decode(frame), frame, at: now)
        case .runCommand: try check(RunCommand.self, frame, of: id, at: now)
        case .callCommand: try call(id, decode(frame), frame, at: now)
        case .oneWayCallCommand: try send(id, decode(frame), frame, at: now)
        case .getLazyStateCommand: try getState(id, frame, at: now)
        case .getLazyStateKeysCommand: try getStateKeys(id, frame, at: now)
        case .getEagerStateCommand: try checkState(GetEagerStateCommand.self, id, frame, at: now)
        case .getEagerStateKeysCommand:
            try checkState(GetEagerStateKeysCommand.self, id, frame, at: now)
        case .setStateCommand: try setState(id, frame, at: now)
        case .clearStateCommand: try clearState(id, frame, at: now)
        case .clearAllStateCommand: try clearAllState(id, frame, at: now)
        case .getPromiseCommand: try getPromise(id, decode(frame), frame, at: now)
        case .peekPromiseCommand: try peekPromise(id, decode(frame), frame, at: now)
        case .completePromiseCommand: try completePromise(id, decode(frame), frame, at: now)
        case .sendSignalCommand: try sendSignal(id, decode(frame), frame, at: now)
        case .completeAwakeableCommand: try completeAwakeable(id, decode(frame), frame, at: now)
        case .attachInvocationCommand: try attach(id, decode(frame), frame, at: now)
        case .getInvocationOutputCommand: try getOutput(id, decode(frame), frame, at: now)
        }
        if frame.kind == .command, frame.requestsAck { acknowledge(id, at: now) }
    }

    private mutating func acknowledge(_ id: InvocationIdentity, at now: Timestamp) {
        guard let index = invocations[id]?.journal.commandCount else { return }
        var ack = CommandAckMessage()
        ack.commandIndex = index - 1
        send(MessageType.commandAck.rawValue, ack.payload, to: id, at: now)
    }

    /// Decodes a message, or fails the attempt. A tree that is too deep pauses the invocation,
    /// because every further attempt would send it again.
    func decode<M: FieldCoded>(_ frame: Frame) throws(EndpointFailure) -> M {
        do throws(WireError) {
            return try M(decoding: frame.payload)
        } catch {
            if case .tooDeep = error {
                var failure = EndpointFailure("RT0025", "\(error)")
                failure.behavior = .pause
                throw failure
            }
            throw EndpointFailure("RT0012", "\(frame.type.map { "\($0)" } ?? ""): \(error)")
        }
    }

    // MARK: Commands

    /// Stores a command that needs no answer. It is decoded first, because an unreadable entry
    /// would make the journal unreadable.
    private mutating func check<M: FieldCoded>(
        _ type: M.Type, _ frame: Frame, of id: InvocationIdentity, at now: Timestamp
    ) throws(EndpointFailure) {
        let _: M = try decode(frame)
        store(frame, of: id, at: now)
    }

    /// Stores the result. The invocation ends only with the message End.
    private mutating func output(
        _ id: InvocationIdentity, _ command: OutputCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        guard let result = command.result else {
            throw EndpointFailure("RT0012", "the output contains neither a value nor a failure")
        }
        store(frame, of: id, output: result.copied.known, at: now)
    }

    /// Appends a command to the journal, and pins the deployment with the first one.
    ///
    /// The order is always the same: a command is checked, then stored, and its immediate answers
    /// follow it in the journal.
    mutating func store(
        _ frame: Frame, of id: InvocationIdentity, output: ValueOrFailure? = nil, at now: Timestamp
    ) {
        invocations.append(
            command: JournalEntry(
                code: frame.code, payload: frame.payload.copied, appendedAt: now),
            output: output, to: id)
        if invocations[id]?.progress.attempts.retriesSinceEntry != 0 {
            invocations.update(id) { $0.attempts.retriesSinceEntry = 0 }
        }
        pin(id)
    }

    /// Fixes the deployment and the protocol version of the running attempt, once there is
    /// something that a replay must match.
    mutating func pin(_ id: InvocationIdentity) {
        guard invocations[id]?.isPinned == false, let attempt = invocations[id]?.attempt,
            let deployment = attempts[attempt]?.deployment,
            let version = attempts[attempt]?.version
        else { return }
        invocations.update(id) {
            $0.milestones.pinned = PinnedDeployment(deployment: deployment, version: version)
        }
    }

    // MARK: Notifications

    /// Appends a notification to the journal and delivers it: a running attempt is sent it, and a
    /// suspended invocation that waits for it continues. A cancellation also continues a paused
    /// one.
    mutating func notify(
        _ id: InvocationIdentity, _ type: MessageType, _ name: NotificationID,
        _ result: NotificationResult, at now: Timestamp
    ) {
        guard invocations[id]?.isInvoked == true else { return }
        let notification = NotificationMessage(type, name, result)
        let bytes = notification.payload
        record(id, notification, bytes, at: now)
        send(notification.code, bytes, to: id, at: now)
        switch invocations[id]?.phase {
        case .suspended: wake(id, at: now)
        case .paused: if name == .cancel { restart(id, at: now) }
        case .scheduled, .inboxed, .ready, .running, .backingOff, nil: break
        }
    }

    /// Appends a notification to the journal without delivering it.
    mutating func record(
        _ id: InvocationIdentity, _ notification: NotificationMessage, _ bytes: Bytes,
        at now: Timestamp
    ) {
        invocations.append(
            JournalEntry(code: notification.code, payload: bytes, appendedAt: now), notification,
            to: id)
    }

    /// Writes a message to the running attempt. Without one, or with its input ended, nothing is
    /// sent: the next attempt gets the whole journal.
    mutating func send(
        _ code: UInt16, _ bytes: Bytes, to id: InvocationIdentity, at now: Timestamp
    ) {
        guard let attempt = invocations[id]?.attempt, attempts[attempt]?.inputIsOpen == true
        else { return }
        attempts.write(to: attempt) { Frame.append(code, bytes, to: &$0) }
        // Traffic in either direction counts; the deadline's entry in the heap stays as it is.
        attempts.update(attempt) { $0.lastActivity = now }
    }
}

extension OpenInvocation {
    fileprivate var isPinned: Bool { progress.milestones.pinned != nil }
}

extension Frame {
    /// Appends a message with its header: two bytes of type, no flags, four bytes of length.
    static func append(_ code: UInt16, _ payload: Bytes, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: (UInt64(code) << 48 | UInt64(payload.count)).bigEndian) {
            bytes.append(contentsOf: $0)
        }
        bytes += payload
    }
}

extension Message {
    /// The encoded fields without the frame's header.
    var payload: Bytes {
        var fields = FieldWriter(reserving: 128)  // Most are smaller.
        encode(into: &fields)
        return fields.bytes[...]
    }
}

extension Bytes {
    /// A copy with storage of its own. A slice would keep the whole chunk of the network alive as
    /// long as it is stored.
    var copied: Bytes { Array(self)[...] }
}

extension ValueOrFailure {
    /// The result with a code that fits into the protocol's 16 bits. A larger code becomes 500.
    var known: ValueOrFailure {
        guard case .failure(var failure) = self, failure.code > UInt16.max else { return self }
        failure.code = 500
        return .failure(failure)
    }

    var copied: ValueOrFailure {
        switch self {
        case .value(let value): .value(value.copied)
        case .failure: self
        }
    }

    var notification: NotificationResult {
        switch self {
        case .value(let value): .value(value)
        case .failure(let failure): .failure(failure)
        }
    }
}
