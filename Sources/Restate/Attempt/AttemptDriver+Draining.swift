import RestateHTTP
import RestateMachine

/// The endpoint's end.
extension AttemptDriver {
    /// From now on nothing more is expected of the server: whatever waits suspends, and what runs is
    /// finished before.
    func drain() {
        inTurn { [self] in
            isDraining = true
            streamChanged()
        }
    }

    /// Runs `body` where the attempt runs: at once, if that is here.
    private func inTurn(_ body: @escaping () -> Void) {
        if loop.isCurrent { return body() }
        let confined = LoopBound(body, on: loop)
        loop.execute { confined.value() }
    }

    /// The time for that is over.
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
