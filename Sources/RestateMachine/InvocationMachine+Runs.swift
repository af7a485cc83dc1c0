import RestateProtocol
import Times

/// Runs: closures whose results are recorded. The driver executes a closure; its result counts once
/// the server has stored it.
extension InvocationMachine {
    /// Issues a run. Its closure is executed only when an await point asks for it, so a run that is
    /// never awaited is never executed.
    package mutating func run(
        name: String, at site: CallSite
    ) throws(AttemptEndCause) -> RunStart {
        try enter("run")
        let id = journal.completionID()
        try issue(RunCommand(completionID: id, name: name), at: site)
        let isReplayed = notifications.holds(completion: id)
        if !isReplayed, let command = journal.current { runs.add(id, command) }
        return RunStart(completionID: id, isReplayed: isReplayed)
    }

    /// Returns the next run that the last await point wants executed. It is a cheaper way to ask
    /// `awaitPoint` again.
    package mutating func nextRun() -> UInt32? {
        guard case .processing = phase else { return nil }
        while let id = runnable.popLast() {
            if runs.execute(id) { return id }
        }
        return nil
    }

    /// The names of the runs whose closures are being executed.
    package var executingRuns: [String] {
        runs.executing.sorted { $0.index < $1.index }.map(\.name)
    }

    /// Sends the result of a closure to the server. A result that comes after the attempt's end is
    /// dropped, and the run will be executed again.
    /// - Throws: if the closure failed and will be retried, which ends the attempt.
    package mutating func proposeRun(
        _ id: UInt32, _ outcome: RunOutcome
    ) throws(AttemptEndCause) {
        switch phase {
        case .processing: break
        case .ended(.failed(let failure)): throw .failed(failure)
        case .awaitingStart, .receivingJournal, .replaying, .ended: return
        }
        guard let run = runs.remove(id) else { return }
        switch outcome {
        case .value(let value):
            propose(id, .value(value))
        case .failure(let failure):
            propose(id, .failure(outgoing(failure)))
        case .retryable(let failure, let policy, let elapsed):
            try retry(id, run.command, failure, policy, elapsed)
        }
    }

    private mutating func propose(_ id: UInt32, _ result: ValueOrFailure) {
        var message = ProposeRunCompletionMessage()
        message.completionID = id
        message.result = result
        guard version.acknowledgesRuns else { return output.frame(message) }
        output.frame(message, flags: FrameHeader.requestedAck)
        proposed[id] = result
    }

    private mutating func retry(
        _ id: UInt32, _ command: RelatedCommand, _ failure: AttemptFailure,
        _ policy: RunRetry?, _ elapsed: Duration
    ) throws(AttemptEndCause) {
        var failure = failure
        failure.related = command
        // The policy is not asked where there is none, or where the failure asks for a pause.
        guard let policy, failure.behavior == .retry else { throw ending(with: failure) }
        // The server counts failures since the journal last grew. If this attempt has added
        // entries, that count is not about this run.
        let failed = isAtFirstEntry ? input.start.retryCount : 0
        let count = max(failed, failed &+ 1)
        let since = failed > 0 ? input.start.durationSinceLastEntry : 0
        let total = Duration(milliseconds: since) + elapsed
        switch policy.decision(count: count, elapsed: total) {
        case .retry(let delay):
            failure.nextRetryDelay = failure.nextRetryDelay ?? delay
            throw ending(with: failure)
        case .exhausted:
            switch policy.onMax {
            case .terminal:
                let last = Failure(code: failure.code, message: failure.message)
                propose(id, .failure(outgoing(last)))
            case .pause:
                failure.nextRetryDelay = nil
                failure.behavior = .pause
                throw ending(with: failure)
            }
        }
    }
}
