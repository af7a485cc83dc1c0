package import RestateProtocol

/// The only writers of final frames. After one of them, nothing is written any more.
extension InvocationMachine {
    /// The result of the invocation. `end` follows.
    package mutating func writeOutput(
        _ result: ValueOrFailure, at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("output")
        try issue(OutputCommand(result: outgoing(result)), at: site)
    }

    /// The handler has returned, and its output is written.
    package mutating func end() throws(AttemptEndCause) {
        if case .ended(.closed) = phase { return }
        try enter("end")
        guard case .processing = phase else {
            throw ending(
                with: .violation("The handler ended before it came to the end of its journal."))
        }
        output.frame(EndMessage())
        phase = .ended(.closed)  // The driver drops the machine now, so nothing is tidied up first.
    }

    /// The handler failed, and not for good: the server tries again.
    package mutating func fail(_ failure: AttemptFailure) {
        _ = ending(with: checked(failure))
    }

    /// The connection is lost. Nothing is written, and the handler stops at its next operation.
    package mutating func abort() {
        if !hasEnded { finish(.closed) }
        output = FieldWriter()
    }

    // MARK: for operations

    /// Ends the attempt with `failure`, unless it has ended: the first reason counts.
    mutating func ending(with failure: AttemptFailure) -> AttemptEndCause {
        if case .ended(let end) = phase { return end }
        output.frame(failure.wire)
        finish(.failed(failure))
        return .failed(failure)
    }

    mutating func suspending(on plan: WaitPlan) -> AttemptEndCause {
        guard !plan.isEmpty else {
            return ending(
                with: AttemptFailure(
                    message: "The handler awaits an empty set of futures, which can never complete."
                ))
        }
        output.frame(SuspensionMessage(awaiting: plan.tree, version: version))
        finish(.suspended)
        return .suspended
    }

    /// A pause or an end that the server would not understand becomes the failure that says so.
    func checked(_ failure: AttemptFailure) -> AttemptFailure {
        guard failure.behavior != .retry, !version.carriesErrorBehavior else { return failure }
        return .unsupported("way to pause or end after an error", version: version, needs: .v7)
    }

    private mutating func finish(_ end: AttemptEndCause) {
        phase = .ended(end)
        issuedCommands = journal.upcomingIndex
        // Nobody asks for these any more; the handler may take a while to unwind.
        journal = Journal()
        notifications = Notifications()
        state = EagerState()
        children = []
        runs = RunTable()
        runnable = []
        proposed = [:]
    }
}
