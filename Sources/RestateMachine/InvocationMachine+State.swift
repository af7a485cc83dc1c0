package import RestateProtocol

/// Operations on the object's state. A read is answered at once if the state that the server sent
/// along suffices, and the journal records which kind of read it was.
extension InvocationMachine {
    /// Reads a key.
    /// - Returns: the id of the completion with a value, or void if there is no such key.
    package mutating func getState(
        _ key: Bytes, name: String = "", at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("get state")
        let id = journal.completionID()
        guard case .replaying = phase else {
            switch state[key] {
            case .unknown:
                try readLazily(key, id, name, at: site)
            case .absent:
                try readEagerly(key, .void, name, at: site)
                notifications.put(.completion(id), .void)
            case .value(let value):
                try readEagerly(key, .value(value), name, at: site)
                notifications.put(.completion(id), .value(value))
            }
            return id
        }
        // In a replay the recorded kind of read counts, because the server may have sent more or
        // less state this time.
        guard journal.upcoming?.type != .getLazyStateCommand else {
            try readLazily(key, id, name, at: site)
            return id
        }
        var command = GetEagerStateCommand()
        command.key = key
        command.name = name
        switch try replayRead(command, at: site).result {
        case .void: notifications.put(.completion(id), .void)
        case .value(let value): notifications.put(.completion(id), .value(value))
        case nil: throw ending(with: relate(.readWithoutResult()))
        }
        return id
    }

    // The commands are variables, and have no initializer with all their fields, because either way
    // all of these would be copied once more.

    private mutating func readLazily(
        _ key: Bytes, _ id: UInt32, _ name: String, at site: CallSite
    ) throws(AttemptEndCause) {
        var command = GetLazyStateCommand()
        command.key = key
        command.completionID = id
        command.name = name
        try issue(command, at: site)
    }

    private mutating func readEagerly(
        _ key: Bytes, _ result: GetEagerStateCommand.Result, _ name: String, at site: CallSite
    ) throws(AttemptEndCause) {
        var command = GetEagerStateCommand()
        command.key = key
        command.name = name
        command.result = result
        try issue(command, at: site)
    }

    /// Reads the names of all keys.
    /// - Returns: the id of the completion with the names.
    package mutating func stateKeys(
        name: String = "", at site: CallSite
    ) throws(AttemptEndCause) -> UInt32 {
        try enter("get state keys")
        let id = journal.completionID()
        var lazy = GetLazyStateKeysCommand()
        lazy.name = name
        lazy.completionID = id
        var eager = GetEagerStateKeysCommand()
        eager.name = name
        guard case .replaying = phase else {
            guard let keys = state.keys else {
                try issue(lazy, at: site)
                return id
            }
            eager.keys = StateKeys(keys)
            try issue(eager, at: site)
            notifications.put(.completion(id), .stateKeys(keys))
            return id
        }
        guard journal.upcoming?.type != .getLazyStateKeysCommand else {
            try issue(lazy, at: site)
            return id
        }
        guard let keys = try replayRead(eager, at: site).keys else {
            throw ending(with: relate(.readWithoutResult()))
        }
        notifications.put(.completion(id), .stateKeys(keys.keys))
        return id
    }

    /// Compares an eager read with the recorded one, and returns that one, because it contains the
    /// result.
    private mutating func replayRead<C: CommandMessage>(
        _ command: C, at site: CallSite
    ) throws(AttemptEndCause) -> C {
        journal.advance(C.type, command.name)
        if let sites { sites.note(journal.upcomingIndex &- 1, site) }
        let recorded: C = try decoded(try recorded(C.type, at: site))
        try match(command, recorded, at: site)
        return recorded
    }

    package mutating func setState(
        _ key: Bytes, _ value: Bytes, name: String = "", at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("set state")
        state.set(key, value)
        var command = SetStateCommand()
        command.key = key
        command.value = value
        command.name = name
        try issue(command, at: site)
    }

    package mutating func clearState(
        _ key: Bytes, name: String = "", at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("clear state")
        state.clear(key)
        var command = ClearStateCommand()
        command.key = key
        command.name = name
        try issue(command, at: site)
    }

    package mutating func clearAllState(
        name: String = "", at site: CallSite
    ) throws(AttemptEndCause) {
        try enter("clear all state")
        state.clearAll()
        var command = ClearAllStateCommand()
        command.name = name
        try issue(command, at: site)
    }
}

extension AttemptFailure {
    static func readWithoutResult() -> Self {
        violation("The journal holds a state read without its result.")
    }
}
