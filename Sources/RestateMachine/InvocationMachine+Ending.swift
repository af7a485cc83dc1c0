package import RestateProtocol

/// The last messages of an attempt. Only these functions write them, and after one of them nothing
/// is written.
extension InvocationMachine {
    /// Writes the invocation's result. `end` must follow.
    package mutating func writeOutput(
        _ result: ValueOrFailure, at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("output")
        try issue(OutputCommand(result: outgoing(result)), at: site)
    }

    /// Ends the attempt after the handler has returned and its output was written.
    package mutating func end() throws(AttemptEndCause) {
        if case .ended(.closed) = phase { return }
        try enter("end")
        guard case .processing = phase else {
            throw ending(
                with: .violation("The handler ended before it came to the end of its journal."))
        }
        output.frame(EndMessage())
        phase = .ended(.closed)  // The driver drops the machine now: nothing needs cleaning up.
    }

    /// Ends the attempt because the handler failed with an error that is not terminal. The server
    /// retries.
    package mutating func fail(_ failure: AttemptFailure) {
        _ = ending(with: failure)
    }

    /// Ends the attempt because the connection is lost. Nothing is written, and the handler stops
    /// at its next operation.
    package mutating func abort() {
        if !hasEnded { finish(.closed) }
        output = FieldWriter()
    }

    // MARK: For operations

    /// Ends the attempt with a failure. If it has already ended, the first cause is returned.
    mutating func ending(with failure: AttemptFailure) -> AttemptEndCause {
        if case .ended(let end) = phase { return end }
        output.frame(failure.wire)
        finish(.failed(failure))
        return .failed(failure)
    }

    /// Ends the attempt with a suspension on what is left of the tree.
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

    private mutating func finish(_ end: AttemptEndCause) {
        phase = .ended(end)
        if case .failed = end { hasFailed = true }
        issuedCommands = journal.upcomingIndex
        // This memory is freed at once, because the handler may take a while to unwind.
        journal = Journal()
        notifications = Notifications()
        state = EagerState()
        children = []
        runs = RunTable()
        runnable = []
        proposed = [:]
    }
}
