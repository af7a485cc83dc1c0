import RestateMachine

/// Ends an attempt when its endpoint shuts down.
extension AttemptDriver {
    /// Expects no more messages from the server: the attempt suspends at its next wait, after the
    /// runs that are executing have ended.
    package func serverDrains() {
        isDraining = true
        streamChanged()
    }

    /// Ends the attempt, because the grace period of the shutdown is over.
    package func serverGivesUp(after grace: Duration) -> Bool {
        let isCut = !machine.hasEnded
        if isCut {
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
        return isCut
    }
}
