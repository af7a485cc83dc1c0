import RestateProtocol
import Times

/// Steps of the program's own. The closure runs elsewhere; its result counts once it is stored.
extension InvocationMachine {
    /// The closure is not started here, but when an await point asks for it: a run that nobody
    /// awaits is never executed.
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

    /// The next run whose closure the last await point wants, if there is another one: the same
    /// as asking `awaitPoint` again, but without looking at the whole tree.
    package mutating func nextRun() -> UInt32? {
        guard case .processing = phase else { return nil }
        while let id = runnable.popLast() {
            if runs.execute(id) { return id }
        }
        return nil
    }

    /// The names of the runs whose closures run.
    package var executingRuns: [String] {
        runs.executing.sorted { $0.index < $1.index }.map(\.name)
    }

    /// Offers the result of a closure. Late offers are dropped: the run is executed again.
    /// - Throws: if that ends the attempt, because the closure is to be tried again.
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
            try require(
                version.carriesErrorBehavior || policy?.onMax != .pause,
                "retry policy that pauses", since: .v7)
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
        guard let policy else { throw ending(with: checked(failure)) }
        // The server counts since the journal last grew: new entries start a new count.
        let failed = isAtFirstEntry ? input.start.retryCount : 0
        let count = max(failed, failed &+ 1)
        let since = failed > 0 ? input.start.durationSinceLastEntry : 0
        let total = Duration(milliseconds: since) + elapsed
        switch policy.decision(count: count, elapsed: total) {
        case .retry(let delay):
            failure.nextRetryDelay = delay
            throw ending(with: checked(failure))
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
