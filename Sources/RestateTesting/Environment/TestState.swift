public import Restate
internal import RestateProtocol
internal import RestateRuntime

/// Reads and writes the state of an object or a workflow in a test, by the handlers' keys.
///
/// A write takes effect after the exclusive handler that is running on the key, if there is one.
public struct TestState: Sendable {
    let environment: TestEnvironment
    let owner: StateOwner
    let coding: ServiceCoding

    /// Returns the value of an entry, or the key's default if there is none.
    public func get<Value>(_ key: StateKey<Value>) async throws -> Value {
        let bytes = await entries().first { $0.name == key.name }?.value
        return try key.value(of: bytes.map { $0[...] }, coding)
    }

    /// Stores an entry. Storing nil removes it.
    public func set<Value>(_ key: StateKey<Value>, _ value: Value) async throws {
        let bytes = try key.bytes(of: value, coding)
        await change { entries in
            entries.removeAll { $0.key.elementsEqual(key.name.utf8) }
            if let bytes { entries.append((Bytes(key.name.utf8), bytes[...])) }
        }
    }

    /// Removes an entry.
    public func clear<Value>(_ key: StateKey<Value>) async {
        await change { entries in entries.removeAll { $0.key.elementsEqual(key.name.utf8) } }
    }

    /// Removes all entries.
    public func clearAll() async { await change { $0 = [] } }

    /// Returns all entries as text, which is JSON in most cases. What the codec cannot decode is as it
    /// is stored.
    public func all() async -> [String: String] {
        let coding = coding
        let pairs = await entries().map { name, value in
            let bytes = (try? coding.decoded(value[...])) ?? value[...]
            return (name, String(decoding: bytes, as: UTF8.self))
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private func entries() async -> [(name: String, value: [UInt8])] {
        let owner = owner
        return await environment.ask { engine in
            engine.runtime.state(of: owner).map {
                (String(decoding: $0.key, as: UTF8.self), Array($0.value))
            }
        }
    }

    private func change(
        _ body: @escaping @Sendable (inout [(key: Bytes, value: Bytes)]) -> Void
    ) async {
        let owner = owner
        await environment.ask { engine in
            engine.perform { runtime, _ in
                var entries = runtime.state(of: owner)
                body(&entries)
                runtime.setState(service: owner.service, key: owner.key, entries)
            }
        }
    }
}

/// Reads and completes a promise of a workflow in a test.
public struct TestPromise<Value: Codable & Sendable>: Sendable {
    let environment: TestEnvironment
    let owner: StateOwner
    let key: PromiseKey<Value>
    let coding: ServiceCoding

    /// Returns the value of the promise, or nil if it is not completed.
    /// - Throws: the `TerminalError` with which the promise was rejected.
    public func peek() async throws -> Value? {
        let (owner, name) = (owner, key.name)
        let result = await environment.ask { engine in
            engine.runtime.promiseRows(of: owner).first { $0.name == name }?.result
        }
        switch result {
        case .value(let bytes)?: return try key.value(of: bytes, coding)
        case .failure(let failure)?: throw TerminalError(failure)
        case nil: return nil
        }
    }

    /// Completes the promise with a value.
    /// - Throws: a `TerminalError` if the promise is completed already.
    public func resolve(with value: Value) async throws {
        try await complete(.value(try key.bytes(of: value, coding)[...]))
    }

    /// Completes the promise with a terminal error.
    /// - Throws: a `TerminalError` if the promise is completed already.
    public func reject(_ error: TerminalError) async throws {
        try await complete(.failure(error.failure))
    }

    private func complete(_ result: ValueOrFailure) async throws {
        let (owner, name) = (owner, key.name)
        let isNew = await environment.ask { engine in
            engine.perform { $0.completePromise(name, of: owner, result, at: $1) }
        }
        if !isNew { throw TerminalError("promise was already completed", code: 409) }
    }
}

extension TestEnvironment {
    /// Returns the state of an object.
    public func state<S: VirtualObject>(of type: S.Type, _ key: String) -> TestState {
        TestState(
            environment: self, owner: StateOwner(service: S.name, key: key),
            coding: ServiceCoding(of: type, coding))
    }

    /// Returns the state of a workflow.
    public func state<S: Workflow>(of type: S.Type, _ key: String) -> TestState {
        TestState(
            environment: self, owner: StateOwner(service: S.name, key: key),
            coding: ServiceCoding(of: type, coding))
    }

    /// Returns a promise of a workflow.
    public func promise<S: Workflow, Value>(
        of type: S.Type, _ key: String, _ promise: PromiseKey<Value>
    ) -> TestPromise<Value> {
        TestPromise(
            environment: self, owner: StateOwner(service: S.name, key: key), key: promise,
            coding: ServiceCoding(of: type, coding))
    }

    // MARK: Awakeables

    /// Completes an awakeable with a value.
    ///
    /// - Parameters:
    ///   - id: the awakeable's, as its handler has given it away.
    ///   - value: what the handler gets.
    ///   - format: the one in which the value is awaited; nil for the endpoint's.
    public func resolve<Value: Codable & Sendable>(
        _ id: AwakeableID<Value>, with value: Value, format: Format? = nil
    ) async throws {
        let bytes = try ServiceCoding(coding).encode(value, in: format)
        try await complete(id.rawValue, .value(bytes[...]))
    }

    /// Completes an awakeable with a terminal error.
    public func reject<Value>(_ id: AwakeableID<Value>, _ error: TerminalError) async throws {
        try await complete(id.rawValue, .failure(error.failure))
    }

    private func complete(_ id: String, _ result: ValueOrFailure) async throws {
        let isKnown = await ask { engine in
            engine.perform { $0.completeAwakeable(id, result, at: $1) }
        }
        if !isKnown { throw TestMistake(description: "'\(id)' is no id of an awakeable.") }
    }
}
