package import RestateProtocol

/// Exclusive handlers and new states take turns at their key.
extension LocalRuntime {
    /// Past its delay: an exclusive handler waits for its key, everybody else goes on.
    mutating func admit(_ id: InvocationIdentity, at now: Timestamp) {
        guard let head = invocations[id]?.head else { return }
        guard head.handlerKind == .exclusive, let owner = head.owner else {
            return launch(id, at: now)
        }
        guard let place = locks.enter(owner, id) else { return launch(id, at: now) }
        invocations.update(id) {
            $0.phase = .inboxed(sequence: place)
            $0.milestones.inboxedAt = now
            $0.modifiedAt = now
        }
    }

    /// The next one may have the key.
    mutating func unlock(_ owner: StateOwner, heldBy id: InvocationIdentity, at now: Timestamp) {
        guard locks.holder(of: owner) == id else { return }
        passOn(owner, at: now)
    }

    /// To the first that waits for the key, past what has only its state to change.
    mutating func passOn(_ owner: StateOwner, at now: Timestamp) {
        while let next = locks.popFirst(of: owner) {
            switch next {
            case .newState(let edit): replaceState(edit)
            case .invocation(let next):
                // Whoever was cancelled while waiting is not there any more.
                guard case .inboxed = invocations[next]?.phase else { continue }
                locks.give(owner, to: next)
                return launch(next, at: now)
            }
        }
        locks.free(owner)
    }

    /// Replaces the whole state of a key, behind what runs on it.
    ///
    /// - Parameter version: of the state that is to be replaced, see `ObjectState.version`; any if
    ///   nil. That it is another one by then is not told.
    package mutating func setState(
        service: String, key: String, _ entries: [(key: Bytes, value: Bytes)],
        replacing version: String? = nil
    ) {
        let edit = StateEdit(
            owner: StateOwner(service: service, key: key), state: ObjectState(entries),
            replaces: version, sequence: 0)
        if !locks.enqueue(edit) { replaceState(edit) }
    }

    private mutating func replaceState(_ edit: StateEdit) {
        let owner = edit.owner
        if let version = edit.replaces, version != (states[owner] ?? ObjectState()).version {
            return
        }
        states.replace(owner, with: edit.state)
    }
}
