import RestateHTTP
import RestateMachine

/// Ends an attempt when its endpoint shuts down.
extension AttemptDriver {
    /// Expects no more messages from the server: the attempt suspends at its next wait, after the
    /// runs that are executing have ended.
    func drain() {
        inTurn { [self] in
            isDraining = true
            streamChanged()
        }
    }

    /// Runs `body` on the attempt's loop or strand, synchronously if the caller is already there.
    private func inTurn(_ body: @escaping () -> Void) {
        if loop.isCurrent { return body() }
        let confined = LoopBound(body, on: loop)
        loop.execute { confined.value() }
    }

    /// Ends the attempt, because the grace period of the shutdown is over.
    func giveUp(after grace: Duration) {
        inTurn { [self] in endNow(after: grace) }
    }

    private func endNow(after grace: Duration) {
        if !machine.hasEnded {
            let runs = machine.executingRuns.map { "run \"\($0)\"" }.joined(separator: ", ")
            let what =
                runs.isEmpty
                ? "the handler did not come to a wait" : "\(runs) did not end"
            machine.fail(
                AttemptFailure(
                    message: "The endpoint is shutting down, and \(what) within its grace of "
                        + "\(grace). It is tried again.",
                    stacktrace: "handler \(name)"))
            stopRuns()
            flush()
            streamChanged()
        }
        stream.finish()
    }
}
