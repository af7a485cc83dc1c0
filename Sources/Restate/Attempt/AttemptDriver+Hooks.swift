import RestateHTTP
import RestateMachine

/// What others are told of an attempt.
extension AttemptDriver {
    var target: HandlerTarget { HandlerTarget(handler, key: machine.input.key) }

    var hooks: HookChain? { handler.hooks }

    /// What hooks learn of this attempt: one object for all of them.
    var info: AttemptInfo {
        if let known = observed?.info { return known }
        let made = AttemptInfo(self)
        observed?.info = made
        return made
    }

    var lasted: Duration {
        Duration.nanoseconds(Int64(clamping: monotonicNow() &- began))
    }

    /// Tells the log and the hooks what came of the attempt.
    @inline(never)
    func report() {
        logEnd()
        guard let hooks else { return }
        hooks.ended(info, AttemptReport(self))
        observed = nil  // The information holds the attempt.
    }

    @inline(never)
    func noteBegin() {
        observed?.handlerBegan = true
        logBegin()
    }

    /// Keeps the terminal error that was written as the output, for the log at least.
    @inline(never)
    func note(_ error: TerminalError) {
        let observed = observed ?? ObservedAttempt()
        observed.terminalError = error
        self.observed = observed
    }
}

/// What is kept of an attempt for hooks and for the log.
final class ObservedAttempt {
    /// What hooks learn of the attempt, once one has asked.
    var info: AttemptInfo?
    /// The handler was called.
    var handlerBegan = false
    /// The terminal error that was written as the output.
    var terminalError: TerminalError?
    /// The other side went before the last word.
    var wasLost = false
}
