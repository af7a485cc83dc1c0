package import RestateProtocol

/// How exclusive handlers and state edits take turns at a key.
extension LocalRuntime {
    /// Lets an invocation begin when its delay is over. An exclusive handler first waits for its
    /// key.
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

    /// Passes the key on if the invocation holds it. One that ended in the inbox does not.
    mutating func unlock(_ owner: StateOwner, heldBy id: InvocationIdentity, at now: Timestamp) {
        guard locks.holder(of: owner) == id else { return }
        passOn(owner, at: now)
    }

    /// Gives the key to the next invocation in its queue, and applies the edits before it. Frees
    /// the key if none is left.
    mutating func passOn(_ owner: StateOwner, at now: Timestamp) {
        while let next = locks.popFirst(of: owner) {
            switch next {
            case .newState(let edit): replaceState(edit)
            case .invocation(let next):
                // An invocation that was cancelled in the inbox is still in the queue.
                guard case .inboxed = invocations[next]?.phase else { continue }
                locks.give(owner, to: next)
                return launch(next, at: now)
            }
        }
        locks.free(owner)
    }

    /// Replaces the whole state of a key, after the invocation that holds it and all that wait.
    ///
    /// - Parameter version: the version that is replaced (`ObjectState.version`); nil replaces any.
    ///   If the state has another version by then the edit is dropped, and the caller is not told,
    ///   because the answer was given long before.
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
