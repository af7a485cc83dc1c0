package import RestateProtocol

/// Who gets the result of an invocation: commands of other invocations, and waiters outside.
extension LocalRuntime {
    /// Gives the result to a listener when the invocation ends. Returns false if it does not run.
    @discardableResult
    mutating func listen(
        _ listener: InvocationLinks.Listener, to id: InvocationIdentity
    ) -> Bool {
        invocations.link(id) { $0.listeners.append(listener) } != nil
    }

    /// Returns the invocation if it has ended. A command asks before it is stored: if the result
    /// cannot be read now, the attempt fails, and the next one asks again.
    func ended(_ id: InvocationIdentity) throws(EndpointFailure) -> FinishedInvocation? {
        do throws(ArchiveFailure) {
            return try results.find(id)
        } catch {
            throw EndpointFailure("RT0006", "the result of \(id) cannot be read: \(error)")
        }
    }

    mutating func tell(
        _ listener: InvocationLinks.Listener, _ outcome: InvocationOutcome, at now: Timestamp
    ) {
        switch listener {
        case .waiter(let waiter):
            waiters.remove(waiter)
            emit(.answer(waiter, outcome))
        case .command(let asker, let completion, let type):
            guard invocations.contains(asker) else { return }
            notify(
                asker.id, type, .completion(completion), outcome.result.notification, at: now)
        }
    }

    /// Returns the id that a target means: all names of an invocation lead to one. Returns nil if
    /// the text is not an id, or a scope is given, which is not supported.
    package func id(of target: InvocationTarget) -> InvocationIdentity? {
        switch target {
        case .id(let text): InvocationIdentity(text)
        case .workflow(let target):
            target.scope == nil ? .workflow(target.workflow, key: target.key) : nil
        case .idempotent(let target):
            target.scope == nil
                ? .idempotent(
                    service: target.service, key: target.key, handler: target.handler,
                    idempotencyKey: target.idempotencyKey) : nil
        }
    }

    // MARK: Waiters

    /// What is known about an invocation's result.
    package enum Lookup: Sendable {
        case unknown
        case running
        case completed(InvocationOutcome)
        case unreadable(ArchiveFailure)
    }

    package func lookup(_ id: InvocationIdentity) -> Lookup {
        do throws(ArchiveFailure) {
            if let done = try results.find(id) { return .completed(done.outcome(of: id)) }
        } catch {
            return .unreadable(error)
        }
        return !invocations.contains(id) ? .unknown : .running
    }

    /// Answers a waiter when the invocation ends, or at once if it has. Returns false if it is
    /// unknown.
    package mutating func attach(
        _ id: InvocationIdentity, waiter: WaiterID, at now: Timestamp
    ) -> Bool {
        if listen(.waiter(waiter), to: id) {
            waiters.insert(waiter, for: id)
            return true
        }
        do throws(ArchiveFailure) {
            guard let done = try results.find(id) else { return false }
            tell(.waiter(waiter), done.outcome(of: id), at: now)
        } catch {
            emit(.refuse(waiter, error))
        }
        return true
    }

    /// Removes a waiter whose client has gone. The invocation goes on.
    package mutating func detach(_ waiter: WaiterID) {
        guard let id = waiters.remove(waiter) else { return }
        invocations.link(id) { $0.listeners.removeAll { $0 == .waiter(waiter) } }
    }
}
