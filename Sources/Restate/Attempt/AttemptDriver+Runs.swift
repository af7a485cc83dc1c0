import RestateHTTP
import RestateMachine

/// The closures of runs, which run elsewhere.
extension AttemptDriver {
    /// Keeps the closure of a run that is waited for at once.
    func keep(_ body: @escaping RunBody, for id: UInt32) {
        runs[id] = .closure(body)
    }

    /// Keeps the closure of a run until somebody waits for it. It will see the task-locals of now, not
    /// those of whoever waits.
    func keepStarted(_ body: @escaping RunBody, for id: UInt32) {
        let executor = HeldExecutor(handler.settings.runs)
        let (loop, invocation) = (loop, LoopBound(self, on: loop))
        let task = Task(executorPreference: executor) {
            // Nobody has waited for it, or the attempt is over.
            let outcome = Task.isCancelled ? nil : await body()
            loop.execute { invocation.value.finished(id, outcome) }
        }
        runs[id] = .started(task, executor)
    }

    @inline(never)
    func stopRuns() {
        guard !runs.isEmpty || !executing.isEmpty else { return }
        for task in executing.values { task.cancel() }
        for case .started(let task, let executor) in runs.values {
            task.cancel()
            executor.release()
        }
        runs.removeAll()
    }

    func execute(_ id: UInt32) {
        switch runs.removeValue(forKey: id) {
        case .closure(let body):
            let (loop, invocation) = (loop, LoopBound(self, on: loop))
            // Off the loop, so that slow or blocking work holds up nobody else.
            executing[id] = Task(executorPreference: handler.settings.runs) {
                let outcome = await body()
                loop.execute { invocation.value.finished(id, outcome) }
            }
        case .started(let task, let executor):
            executing[id] = task
            executor.release()
        case nil: break
        }
    }

    private func finished(_ id: UInt32, _ outcome: RunOutcome?) {
        executing[id] = nil
        if let outcome {
            attempt { try machine.proposeRun(id, outcome) }
            flush()  // The server can only acknowledge what it has seen.
            streamChanged()
        }
        comesToRest?()
    }
}
