import Primitives
import RestateMachine

/// Executes the closures of runs, off the loop.
extension AttemptDriver {
    /// Issues a run. If that fails, the machine keeps the error, and the next await throws it.
    func begin(_ name: String, at site: CallSite) -> RunStart {
        // Completion ids start at 1, so no notification ever has this one, and no closure is needed.
        var run = RunStart(completionID: 0, isReplayed: true)
        attempt { run = try machine.run(name: name, at: site) }
        return run
    }

    /// Keeps the closure of a run that is awaited at once.
    func keep(_ body: @escaping RunBody, for id: UInt32) {
        runs[id] = .closure(body)
    }

    /// Keeps the closure of a run that may be awaited later. The task is created now, so that the
    /// closure sees the task-locals of the line that started it and not of the line that awaits it.
    func keepStarted(_ body: @escaping RunBody, for id: UInt32) {
        let executor = HeldExecutor(handler.settings.runs)
        let (loop, invocation) = (loop, LoopBound(self, on: loop))
        let task = Task(executorPreference: executor) {
            // A task that was never released is cancelled when the attempt ends.
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
            // Off the loop, because a slow or blocking closure would delay all other attempts of
            // the loop.
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
            flush()  // The server acknowledges only what it has received.
            streamChanged()
        }
        comesToRest?()
    }
}
