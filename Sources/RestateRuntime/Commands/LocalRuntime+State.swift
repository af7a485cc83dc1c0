import Primitives
import RestateProtocol

/// State and promises of a key. Writes count as soon as the command is stored, for everybody.
extension LocalRuntime {
    mutating func stateCommand(
        _ type: MessageType, _ frame: Frame, of id: InvocationIdentity, at now: Timestamp
    ) throws(EndpointFailure) {
        guard let facts = invocations[id]?.facts else { return }
        guard let owner = facts.owner else {
            throw EndpointFailure("RT0017", "'\(facts.target)' has no state: \(type)")
        }
        switch type {
        case .getLazyStateCommand:
            let command: GetLazyStateCommand = try decode(frame)
            store(frame, of: id, at: now)
            let value = states[owner]?.value(of: command.key)
            notify(
                id, .getLazyStateCompletion, .completion(command.completionID),
                value.map { .value($0) } ?? .void, at: now)
        case .getLazyStateKeysCommand:
            let command: GetLazyStateKeysCommand = try decode(frame)
            store(frame, of: id, at: now)
            notify(
                id, .getLazyStateKeysCompletion, .completion(command.completionID),
                .stateKeys(states[owner]?.entries.map(\.key) ?? []), at: now)
        case .getEagerStateCommand:
            let _: GetEagerStateCommand = try decode(frame)
            store(frame, of: id, at: now)
        case .getEagerStateKeysCommand:
            let _: GetEagerStateKeysCommand = try decode(frame)
            store(frame, of: id, at: now)
        default:
            guard facts.handlerKind != .shared else {
                throw EndpointFailure(
                    "RT0017", "'\(facts.target)' is shared and cannot write state: \(type)")
            }
            try write(type, frame, to: owner)
            store(frame, of: id, at: now)
        }
    }

    private mutating func write(
        _ type: MessageType, _ frame: Frame, to owner: StateOwner
    ) throws(EndpointFailure) {
        switch type {
        case .setStateCommand:
            let command: SetStateCommand = try decode(frame)
            states.set(command.key.copied, to: (command.value ?? []).copied, of: owner)
        case .clearStateCommand:
            let command: ClearStateCommand = try decode(frame)
            states.clear(command.key.copied, of: owner)
        default:
            let _: ClearAllStateCommand = try decode(frame)
            states.replace(owner, with: nil)
        }
    }

    // MARK: promises

    private func workflow(_ id: InvocationIdentity) throws(EndpointFailure) -> StateOwner {
        guard let facts = invocations[id]?.facts, facts.serviceKind == .workflow,
            let owner = facts.owner
        else { throw EndpointFailure("RT0017", "promises belong to workflows") }
        return owner
    }

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
        } else if let asker = invocations[id]?.asker {
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

    mutating func completePromise(
        _ id: InvocationIdentity, _ command: CompletePromiseCommand, _ frame: Frame,
        at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try workflow(id)
        guard let completion = command.completion else {
            throw EndpointFailure("RT0012", "a promise is completed without a result")
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
        for waiter in waiting
        where invocations[waiter.asker.id]?.serial == waiter.asker.serial {
            notify(
                waiter.asker.id, .getPromiseCompletion, .completion(waiter.completion),
                completion.notification, at: now)
        }
    }
}
