package import RestateProtocol

/// Await points. Only here do results become visible, are closures requested, and can the attempt
/// suspend.
extension InvocationMachine {
    /// Decides whether the program can continue, and if not, what the driver has to do.
    ///
    /// With implicit cancellation, every await also waits for the cancel signal. Behind a shield the
    /// server is told so, but the signal decides nothing.
    /// - Throws: after writing the `Suspension`, if the input has ended and nothing else can
    ///   happen.
    package mutating func awaitPoint(
        _ tree: AwaitTree, at site: CallSite
    ) throws(AttemptEndCause) -> AwaitAnswer {
        try enter("await")
        runnable.removeAll()
        let role = cancelRole
        let answer = try progress(tree, cancel: role, at: site)
        // A cancel signal takes precedence over results that became visible with it, but not over
        // an earlier result that decided the await: in that case the signal has not been read yet.
        guard role == .decides, answer == .completed, notifications.isCancelReady else {
            return answer
        }
        return try cancelChildren(at: site)
    }

    /// What the cancel signal does to an await here.
    private var cancelRole: CancelRole {
        switch options.implicitCancellation {
        case .disabled: .ignored
        case .enabled: shields > 0 ? .watched : .decides
        }
    }

    /// Removes and returns a result that is ready. No later await can see it.
    package mutating func take(_ id: NotificationID) -> NotificationResult? {
        guard isReady, let result = notifications.take(id) else { return nil }
        if case .completion(let completion) = id {
            if !runs.isEmpty { runs.forgetIfIdle(completion) }
            if case .invocationID(let invocation) = result { resolve(completion, invocation) }
        }
        return result
    }

    /// Removes and returns the result of a command if an await for it would return it at once.
    /// Otherwise nothing has changed for that await.
    package mutating func takeDecided(_ completion: UInt32) -> NotificationResult? {
        let id = NotificationID.completion(completion)
        if let result = take(id) { return result }
        guard isReady else { return nil }
        let isCancellable = cancelRole == .decides
        guard notifications.read(until: id, orCancel: isCancellable) else { return nil }
        // A cancellation takes precedence, see `awaitPoint`.
        if isCancellable, notifications.isCancelReady { return nil }
        return take(id)
    }

    /// Whether `take` would return a result.
    package func isCompleted(_ id: NotificationID) -> Bool {
        isReady && notifications.isReady(id)
    }

    /// Reads notifications until the tree is decided or none is left.
    mutating func progress(
        _ tree: AwaitTree, cancel: CancelRole, at site: CallSite
    ) throws(AttemptEndCause) -> AwaitAnswer {
        if case .leaf(let id) = tree,
            notifications.read(until: id, orCancel: cancel == .decides)
        {
            return .completed
        }
        var plan: WaitPlan
        do {
            plan = try WaitPlan(tree, cancel: cancel)
        } catch {
            throw ending(with: error)
        }
        if plan.isDecided(by: &notifications) { return .completed }
        if case .replaying = phase { throw addedAwait(plan, at: site) }
        // It has come already: to wait for it would be to go on at once, again and again.
        if notifications.isCancelReady { plan.stopWatching() }
        return try block(on: plan)
    }

    /// Decides what to do when everything that has arrived does not suffice: execute a run, wait,
    /// or suspend.
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
        // The server shows what an invocation waits for. While closures run, their Run commands
        // already show it.
        if version.reportsAwaiting, runs.executingCount == 0 {
            var message = AwaitingOnMessage()
            message.awaitingOn = plan.tree
            output.frame(message)
        }
        return .wait(forInput: true, forRun: waitsForRun)
    }

    // MARK: An await that was not there before

    /// Fails because an await blocks in the middle of the replay: commands were recorded after this
    /// point, so the recorded execution did not have to wait here.
    private mutating func addedAwait(
        _ plan: WaitPlan, at site: CallSite
    ) -> AttemptEndCause {
        var ids = Set(plan.pending)
        if plan.cancel != .ignored { ids.insert(.cancel) }
        let pending = ids.sorted(by: precedes)
        // These are loops, because the methods of a noncopyable value cannot be passed to `map`.
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

/// Orders ids for the error text: completions, named signals, numbered signals, then the
/// cancellation.
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
