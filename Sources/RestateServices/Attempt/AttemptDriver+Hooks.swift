import Primitives
import RestateMachine

/// Reports an attempt to the hooks and the log.
extension AttemptDriver {
    var target: HandlerTarget { HandlerTarget(handler, key: machine.input.key) }

    var hooks: HookChain? { handler.hooks }

    /// What hooks see of this attempt. All hooks get the same object.
    var info: AttemptInfo {
        if let known = observed?.info { return known }
        let made = AttemptInfo(self)
        observed?.info = made
        return made
    }

    var lasted: Duration {
        Duration.nanoseconds(Int64(clamping: monotonicNow() &- began))
    }

    /// Reports the attempt's outcome to the log and the hooks.
    @inline(never)
    func report() {
        logEnd()
        guard let hooks else { return }
        hooks.ended(info, AttemptReport(self))
        observed = nil  // `info` holds the attempt: break the cycle.
    }

    @inline(never)
    func noteBegin() {
        observed?.handlerBegan = true
        logBegin()
    }

    /// Keeps the terminal error that was written as the output, because the report names it.
    @inline(never)
    func note(_ error: TerminalError) {
        let observed = observed ?? ObservedAttempt()
        observed.terminalError = error
        self.observed = observed
    }
}

/// The facts about an attempt that only hooks and the log need.
final class ObservedAttempt {
    /// Made when the first hook asks for it.
    var info: AttemptInfo?
    /// Whether the handler was called.
    var handlerBegan = false
    /// The terminal error that was written as the output.
    var terminalError: TerminalError?
    /// Whether the server closed the stream before the attempt had ended.
    var wasLost = false
}
