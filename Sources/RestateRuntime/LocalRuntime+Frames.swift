import Primitives
import RestateProtocol
import Times

/// What an endpoint sends: stored, answered, or refused.
extension LocalRuntime {
    mutating func handle(
        _ frame: Frame, of id: InvocationIdentity, at now: Timestamp
    ) throws(EndpointFailure) {
        guard let type = frame.type else {
            throw EndpointFailure(
                "RT0012", "\(WireError.unknownMessage(code: frame.code))")
        }
        switch type {
        case .suspension: try suspend(id, decode(frame), at: now)
        case .error:
            let error: ErrorMessage = try decode(frame)
            attemptFailed(id, EndpointFailure(error), at: now)
        case .end: try end(id, at: now)
        case .proposeRunCompletion: try propose(id, decode(frame), frame.requestsAck, at: now)
        case .awaitingOn:
            let message: AwaitingOnMessage = try decode(frame)
            guard let tree = message.awaitingOn else {
                throw EndpointFailure("RT0012", "AwaitingOn names nothing to wait for")
            }
            invocations[id]?.attempt?.awaitingOn = tree
        case .start, .commandAck, .proposeRunCompletionAck:
            throw EndpointFailure("RT0012", "only the runtime may send the message \(type)")
        default:
            guard frame.kind == .command else {
                throw EndpointFailure("RT0012", "only the runtime may send notifications: \(type)")
            }
            try command(type, frame, of: id, at: now)
        }
    }

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

    /// A new command: checked first, then stored, then its immediate answers behind it.
    private mutating func command(
        _ type: MessageType, _ frame: Frame, of id: InvocationIdentity, at now: Timestamp
    ) throws(EndpointFailure) {
        switch type {
        case .outputCommand:
            let output: OutputCommand = try decode(frame)
            guard let result = output.result else {
                throw EndpointFailure("RT0012", "an output without a result")
            }
            invocations[id]?.output = result.copied.known
            store(frame, of: id, at: now)
        case .sleepCommand:
            let sleep: SleepCommand = try decode(frame)
            store(frame, of: id, at: now)
            self.sleep(id, sleep, at: now)
        case .runCommand:
            let _: RunCommand = try decode(frame)
            store(frame, of: id, at: now)
        case .inputCommand:
            let _: InputCommand = try decode(frame)
            store(frame, of: id, at: now)
        case .callCommand: try call(id, decode(frame), frame, at: now)
        case .oneWayCallCommand: try send(id, decode(frame), frame, at: now)
        case .getLazyStateCommand, .getLazyStateKeysCommand, .getEagerStateCommand,
            .getEagerStateKeysCommand, .setStateCommand, .clearStateCommand,
            .clearAllStateCommand:
            try stateCommand(type, frame, of: id, at: now)
        case .getPromiseCommand: try getPromise(id, decode(frame), frame, at: now)
        case .peekPromiseCommand: try peekPromise(id, decode(frame), frame, at: now)
        case .completePromiseCommand: try completePromise(id, decode(frame), frame, at: now)
        case .sendSignalCommand: try sendSignal(id, decode(frame), frame, at: now)
        case .completeAwakeableCommand: try completeAwakeable(id, decode(frame), frame, at: now)
        case .attachInvocationCommand: try attach(id, decode(frame), frame, at: now)
        case .getInvocationOutputCommand: try getOutput(id, decode(frame), frame, at: now)
        default: throw EndpointFailure("RT0012", "unexpected message \(type)")
        }
        if frame.requestsAck, let index = invocations[id]?.commandCount {
            var ack = CommandAckMessage()
            ack.commandIndex = index - 1
            let bytes = payload(of: ack)
            send(MessageType.commandAck.rawValue, bytes, to: id, at: now)
        }
    }

    /// A command becomes part of the journal, and with the first one the deployment is settled.
    mutating func store(_ frame: Frame, of id: InvocationIdentity, at now: Timestamp) {
        append(
            JournalEntry(
                code: frame.code, payload: frame.payload.copied, appendedAt: now), to: id)
        invocations[id]?.lastEntryAt = now
        if invocations[id]?.retriesSinceEntry != 0 {
            invocations[id]?.retriesSinceEntry = 0
            headChanged(id)
        }
        pin(id)
    }

    mutating func append(_ entry: JournalEntry, to id: InvocationIdentity) {
        journalGrew(id, from: invocations[id]?.journal.count ?? 0)
        invocations[id]?.append(entry)
    }

    private mutating func pin(_ id: InvocationIdentity) {
        guard invocations[id]?.pinned == nil, let deployment = invocations[id]?.attempt?.deployment,
            let version = invocations[id]?.attempt?.version
        else { return }
        invocations[id]?.pinned = (deployment, version)
        headChanged(id)
    }

    /// A closure's result counts from here on: what is stored is never run again.
    private mutating func propose(
        _ id: InvocationIdentity, _ proposal: ProposeRunCompletionMessage, _ requestsAck: Bool,
        at now: Timestamp
    ) throws(EndpointFailure) {
        let result: NotificationResult
        switch proposal.result {
        case .value(let value): result = .value(value)
        case .failure(let failure): result = .failure(failure)
        case nil: throw EndpointFailure("RT0012", "a run's proposal without a result")
        }
        pin(id)
        let isShort =
            requestsAck && invocations[id]?.attempt?.version.acknowledgesRuns == true
        let notification = NotificationMessage(
            .runCompletion, .completion(proposal.completionID), result)
        let bytes = payload(of: notification)
        record(id, notification, bytes, at: now)
        if isShort {
            var ack = ProposeRunCompletionAckMessage()
            ack.completionID = proposal.completionID
            let short = payload(of: ack)
            send(MessageType.proposeRunCompletionAck.rawValue, short, to: id, at: now)
        } else {
            send(notification.code, bytes, to: id, at: now)
        }
    }

    private mutating func sleep(
        _ id: InvocationIdentity, _ sleep: SleepCommand, at now: Timestamp
    ) {
        let due = min(sleep.wakeUpTime, Moment.latest)
        invocations[id]?.sleeps[sleep.completionID] = deadlines.add(
            .sleep(id, sleep.completionID), at: due)
    }

    // MARK: notifications

    /// Appends a notification and tells whoever can hear it: a running attempt gets it, a
    /// suspended invocation that waits for it goes on.
    mutating func notify(
        _ id: InvocationIdentity, _ type: MessageType, _ name: NotificationID,
        _ result: NotificationResult, at now: Timestamp
    ) {
        guard invocations[id]?.isInvoked == true else { return }
        let notification = NotificationMessage(type, name, result)
        let bytes = payload(of: notification)
        record(id, notification, bytes, at: now)
        send(notification.code, bytes, to: id, at: now)
        switch invocations[id]?.status {
        case .suspended: wake(id, at: now)
        case .paused where name == .cancel: restart(id, at: now)
        default: break
        }
    }

    private mutating func record(
        _ id: InvocationIdentity, _ notification: NotificationMessage, _ bytes: Bytes,
        at now: Timestamp
    ) {
        append(
            JournalEntry(code: notification.code, payload: bytes, appendedAt: now), to: id)
        invocations[id]?.note(notification)
    }

    /// To the running attempt, while its input is open.
    private mutating func send(
        _ code: UInt16, _ bytes: Bytes, to id: InvocationIdentity, at now: Timestamp
    ) {
        guard invocations[id]?.attempt?.inputIsOpen == true else { return }
        write(to: id) { appendFrame(code, bytes, to: &$0) }
        // Traffic in either direction counts; the deadline's entry in the heap stays as it is.
        invocations[id]?.attempt?.lastActivity = now
    }
}

extension Bytes {
    /// Bytes of their own, so that a small part does not keep a big chunk alive.
    var copied: Bytes { Array(self)[...] }
}

extension ValueOrFailure {
    /// A code has two bytes; a larger one is nobody's.
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
