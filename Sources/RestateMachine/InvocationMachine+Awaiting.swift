package import RestateProtocol

/// Await points: the only places where results become visible, closures are asked for, and the
/// attempt suspends.
extension InvocationMachine {
    /// Whether the program can go on, and if not, what the driver has to do.
    ///
    /// With implicit cancellation, every await waits for the cancel signal as well.
    /// - Throws: after writing the `Suspension`, if the input has ended and nothing can happen.
    package mutating func awaitPoint(
        _ tree: AwaitTree, at site: CallSite
    ) throws(AttemptEndCause) -> AwaitAnswer {
        try enter("await")
        runnable.removeAll()
        switch options.implicitCancellation {
        case .disabled:
            return try progress(tree, orCancel: false, at: site)
        case .enabled:
            let answer = try progress(tree, orCancel: true, at: site)
            // A cancel signal wins over what came with it, but not over an earlier result that
            // decided the await: then it has not been read yet.
            guard answer == .completed, notifications.isCancelReady else { return answer }
            return try cancelChildren(at: site)
        }
    }

    /// Takes a result that is ready, and out of reach for every later await.
    package mutating func take(_ id: NotificationID) -> NotificationResult? {
        guard isReady, let result = notifications.take(id) else { return nil }
        if case .completion(let completion) = id {
            if !runs.isEmpty { runs.forgetIfIdle(completion) }
            if case .invocationID(let invocation) = result { resolve(completion, invocation) }
        }
        return result
    }

    /// Whether `take` would give something.
    package func isCompleted(_ id: NotificationID) -> Bool {
        isReady && notifications.isReady(id)
    }

    mutating func progress(
        _ tree: AwaitTree, orCancel: Bool, at site: CallSite
    ) throws(AttemptEndCause) -> AwaitAnswer {
        if case .leaf(let id) = tree, notifications.read(until: id, orCancel: orCancel) {
            return .completed
        }
        var plan: WaitPlan
        do {
            plan = try WaitPlan(tree, orCancel: orCancel)
        } catch {
            throw ending(with: error)
        }
        if plan.isDecided(by: &notifications) { return .completed }
        if case .replaying = phase { throw addedAwait(plan, orCancel, at: site) }
        return try block(on: plan)
    }

    /// All that has arrived is read, and it does not suffice.
    private mutating func block(on plan: WaitPlan) throws(AttemptEndCause) -> AwaitAnswer {
        var waitsForRun = false
        if !runs.isEmpty {
            var idle: Set<UInt32> = []
            for case .completion(let id) in plan.pending {
                guard let run = runs[id] else { continue }
                if run.isExecuting { waitsForRun = true } else { idle.insert(id) }
            }
            runnable = idle.sorted(by: >)
            if let run = nextRun() { return .execute(run: run) }
        }
        if inputHasEnded {
            guard !waitsForRun else { return .wait(forInput: false, forRun: true) }
            throw suspending(on: plan)
        }
        // What the server shows of a waiting invocation. Closures that run say it by themselves.
        if version.reportsAwaiting, runs.executingCount == 0 {
            var message = AwaitingOnMessage()
            message.awaitingOn = plan.tree
            output.frame(message)
        }
        return .wait(forInput: true, forRun: waitsForRun)
    }

    // MARK: an await that was not there before

    /// Commands are recorded after this point, so the execution that recorded them did not have
    /// to wait here.
    private mutating func addedAwait(
        _ plan: WaitPlan, _ orCancel: Bool, at site: CallSite
    ) -> AttemptEndCause {
        var ids = Set(plan.pending)
        if orCancel { ids.insert(.cancel) }
        let pending = ids.sorted(by: precedes)
        // Loops, because a value that cannot be copied does not lend its methods to `map`.
        var related: RelatedCommand?
        var lines: [String] = []
        for id in pending {
            related = related ?? pendingRun(id)
            lines.append(describe(id))
        }
        return mismatch(Mismatch.await(lines, at: site), relatedTo: related)
    }

    private func pendingRun(_ id: NotificationID) -> RelatedCommand? {
        if case .completion(let id) = id { runs[id]?.command } else { nil }
    }

    private func describe(_ id: NotificationID) -> String {
        switch id {
        case .completion(let number):
            if let run = pendingRun(id) {
                run.name.isEmpty
                    ? "run (command \(run.index))" : "run [\(Excerpt.text(run.name))]"
            } else {
                "completion id \(number)"
            }
        case .cancel: "Cancellation"
        case .signal(let number):
            number < Journal.firstSignalID
                ? "signal [\(number)]" : "Awakeable \(Excerpt.text(awakeableID(of: number)))"
        case .namedSignal(let name): "Named signal: \(Excerpt.text(name))"
        }
    }
}

/// Completions, named signals, numbered signals, and cancellation last.
private func precedes(_ left: NotificationID, _ right: NotificationID) -> Bool {
    switch (left, right) {
    case (.completion(let left), .completion(let right)): left < right
    case (.namedSignal(let left), .namedSignal(let right)):
        left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.cancel, _): false
    case (_, .cancel): true
    case (.signal(let left), .signal(let right)): left < right
    case (.completion, _): true
    case (.namedSignal, .signal): true
    case (.signal, _), (.namedSignal, .completion): false
    }
}
