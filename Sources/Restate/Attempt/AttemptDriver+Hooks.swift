import RestateHTTP
import RestateMachine

/// What others are told of an attempt.
extension AttemptDriver {
    var target: HandlerTarget { HandlerTarget(handler, key: machine.input.key) }

    var hooks: HookChain? { handler.hooks }

    /// What hooks learn of this attempt: one object for all of them.
    var info: AttemptInfo {
        if let knownInfo { return knownInfo }
        let made = AttemptInfo(self)
        knownInfo = made
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
        knownInfo = nil  // The two hold each other.
    }
}
