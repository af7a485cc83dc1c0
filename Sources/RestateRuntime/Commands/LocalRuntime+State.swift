import RestateProtocol

/// The commands on the state of a key. A write takes effect when its command is stored, for all
/// readers.
extension LocalRuntime {
    mutating func getState(
        _ id: InvocationIdentity, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try stateOwner(id, frame)
        let command: GetLazyStateCommand = try decode(frame)
        store(frame, of: id, at: now)
        let value = states[owner]?.value(of: command.key)
        notify(
            id, .getLazyStateCompletion, .completion(command.completionID),
            value.map { .value($0) } ?? .void, at: now)
    }

    mutating func getStateKeys(
        _ id: InvocationIdentity, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try stateOwner(id, frame)
        let command: GetLazyStateKeysCommand = try decode(frame)
        store(frame, of: id, at: now)
        notify(
            id, .getLazyStateKeysCompletion, .completion(command.completionID),
            .stateKeys(states[owner]?.entries.map(\.key) ?? []), at: now)
    }

    /// Stores a read that the endpoint has answered itself, from the state that was sent along.
    mutating func checkState<M: FieldCoded>(
        _ type: M.Type, _ id: InvocationIdentity, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        _ = try stateOwner(id, frame)
        let _: M = try decode(frame)
        store(frame, of: id, at: now)
    }

    mutating func setState(
        _ id: InvocationIdentity, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try stateOwner(id, frame, isWritten: true)
        let command: SetStateCommand = try decode(frame)
        states.set(command.key.copied, to: (command.value ?? []).copied, of: owner)
        store(frame, of: id, at: now)
    }

    mutating func clearState(
        _ id: InvocationIdentity, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try stateOwner(id, frame, isWritten: true)
        let command: ClearStateCommand = try decode(frame)
        states.clear(command.key.copied, of: owner)
        store(frame, of: id, at: now)
    }

    mutating func clearAllState(
        _ id: InvocationIdentity, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        let owner = try stateOwner(id, frame, isWritten: true)
        let _: ClearAllStateCommand = try decode(frame)
        states.replace(owner, with: nil)
        store(frame, of: id, at: now)
    }

    /// Returns whose state an invocation uses. Throws if it has none, or if a shared handler wants
    /// to write.
    private func stateOwner(
        _ id: InvocationIdentity, _ frame: Frame, isWritten: Bool = false
    ) throws(EndpointFailure) -> StateOwner {
        guard let head = invocations[id]?.head else {
            throw EndpointFailure("RT0017", "the invocation has ended already")
        }
        guard let owner = head.owner else {
            throw EndpointFailure(
                "RT0017", "'\(head.target)' has no key and so no state: \(name(of: frame))")
        }
        if isWritten, head.handlerKind == .shared {
            throw EndpointFailure(
                "RT0017", "'\(head.target)' is shared and cannot write state: \(name(of: frame))")
        }
        return owner
    }

    private func name(of frame: Frame) -> String { frame.type.map { "\($0)" } ?? "" }
}
