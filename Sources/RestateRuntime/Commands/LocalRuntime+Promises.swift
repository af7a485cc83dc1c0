import Primitives
package import RestateProtocol

/// The commands on the promises of a workflow. Every handler of a workflow may use them.
extension LocalRuntime {
    /// Returns whose promises an invocation may use, and refuses every handler that is not a
    /// workflow's.
    private func workflow(_ id: InvocationIdentity) throws(EndpointFailure) -> StateOwner {
        guard let head = invocations[id]?.head, head.serviceKind == .workflow,
            let owner = head.owner
        else { throw EndpointFailure("RT0017", "only handlers of a workflow can use promises") }
        return owner
    }

    /// Answers with the result, or when the promise is completed.
    mutating func getPromise(
        _ id: InvocationIdentity, _ command: GetPromiseCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try workflow(id)
        store(frame, of: id, at: now)
        let name = ExactName(text: command.key)
        if let result = promises.result(name, of: owner) {
            notify(
                id, .getPromiseCompletion, .completion(command.completionID),
                result.notification, at: now)
        } else if let asker = invocations[id]?.head.asker {
            promises.wait(
                PromiseTable.Waiting(asker: asker, completion: command.completionID), for: name,
                of: owner)
        }
    }

    mutating func peekPromise(
        _ id: InvocationIdentity, _ command: PeekPromiseCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try workflow(id)
        store(frame, of: id, at: now)
        notify(
            id, .peekPromiseCompletion, .completion(command.completionID),
            promises.result(ExactName(text: command.key), of: owner)?.notification ?? .void, at: now
        )
    }

    /// Completes a promise and answers all who wait for it. A promise is completed once; later
    /// attempts get the error 409.
    mutating func completePromise(
        _ id: InvocationIdentity, _ command: CompletePromiseCommand, _ frame: Frame,
        at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try workflow(id)
        guard let completion = command.completion else {
            throw EndpointFailure(
                "RT0012", "CompletePromise contains neither a value nor a failure")
        }
        store(frame, of: id, at: now)
        let resolved = promises.resolve(
            ExactName(text: command.key), of: owner, with: completion.copied)
        guard let waiting = resolved else {
            return notify(
                id, .completePromiseCompletion, .completion(command.completionID),
                .failure(Failure(code: 409, message: "promise was already completed")), at: now)
        }
        notify(
            id, .completePromiseCompletion, .completion(command.completionID), .void, at: now)
        tell(waiting, completion.notification, at: now)
    }

    private mutating func tell(
        _ waiting: [PromiseTable.Waiting], _ result: NotificationResult, at now: Timestamp
    ) {
        for waiter in waiting where invocations.contains(waiter.asker) {
            notify(
                waiter.asker.id, .getPromiseCompletion, .completion(waiter.completion), result,
                at: now)
        }
    }

    /// Completes a promise from outside. False if it was completed before.
    package mutating func completePromise(
        _ name: String, of owner: StateOwner, _ result: ValueOrFailure, at now: Timestamp
    ) -> Bool {
        let resolved = promises.resolve(ExactName(text: name), of: owner, with: result)
        guard let waiting = resolved else { return false }
        tell(waiting, result.notification, at: now)
        return true
    }
}
