import CanonicalJSON
import Primitives
import RestateMachine
import RestateProtocol

// Reads and writes the state as one value, of which each stored property is an entry.
extension SharedObjectContext {
    /// Reads the state as one value. Each stored property is the entry named like its coding key.
    ///
    /// ```swift
    /// struct Cart: Codable, Sendable {
    ///     var items: [String] = []
    ///     var coupon: String?
    /// }
    ///
    /// var cart = try await ctx.state(Cart.self, default: Cart())
    /// ```
    /// Missing entries are fetched concurrently. Entries that the type does not have are not
    /// touched. A ``StateKey`` with the name of a property reads and writes the same entry, if its
    /// format is JSON: the entries here are, whatever the format of the service is.
    ///
    /// The default value supplies the properties that have no entry. Without it such a property
    /// must be optional, or the attempt fails.
    public nonisolated(nonsending) func state<State: Codable & Sendable>(
        _ type: State.Type = State.self, default value: State? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> State {
        let site = CallSite(fileID: fileID, line: line)
        let entries = try WholeState(of: type, at: site)
        let ids = entries.names.map { name in
            invocation.issue { try invocation.machine.getState(Bytes(name.utf8), at: site) }
        }
        var members = try value.map { try entries.members(of: $0) } ?? [:]
        for (name, id) in zip(entries.names, ids) {
            switch try await invocation.result(id, at: site) {
            case .void: continue
            case .value(let bytes):
                members[name] = Array(try invocation.coding?.removed(from: bytes) ?? bytes)
            case let other: throw UnexpectedResult(of: "get state", other)
            }
        }
        return try entries.value(members)
    }
}

extension StateWritingContext {
    /// Stores the state as one value. Each stored property is the entry named like its coding key;
    /// a property that is nil has no entry. Entries that the type does not have are not touched.
    public func setState<State: Codable & Sendable>(
        _ state: State, fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            let entries = try WholeState(of: State.self, at: site)
            let members = try entries.members(of: state)
            for name in entries.names {
                let key = Bytes(name.utf8)
                if var bytes = members[name] {
                    if let coding = invocation.coding {
                        bytes = try coding.applied(
                            to: bytes, for: "set state \"\(name)\"", at: site)
                    }
                    try invocation.machine.setState(key, bytes[...], at: site)
                } else {
                    try invocation.machine.clearState(key, at: site)
                }
            }
        }
    }
}

/// Splits a value into the entries of its stored properties, and joins them again.
private struct WholeState<State: Codable & Sendable> {
    let names: [String]
    let site: CallSite

    init(of type: State.Type, at site: CallSite) throws {
        do {
            names = try StateNames.all(of: type)
        } catch {
            throw OperationError("state of \(type)", at: site, error)
        }
        self.site = site
    }

    func members(of state: State) throws -> [String: [UInt8]] {
        let bytes = try encoded(state, nil, for: "state of \(State.self)", at: site)
        guard case .object(let members) = try JSON.decode(JSONValue.self, from: bytes) else {
            throw OperationError("state of \(State.self)", at: site, NoProperties())
        }
        return try members.filter { $0.value != .null }.mapValues { try JSON.encode($0) }
    }

    func value(_ members: [String: [UInt8]]) throws -> State {
        var bytes = Array("{".utf8)
        for (name, member) in members {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += try JSON.encode(name) + [UInt8(ascii: ":")] + member
        }
        bytes.append(UInt8(ascii: "}"))
        do {
            return try JSON.decode(State.self, from: bytes)
        } catch {
            throw OperationError("state of \(State.self)", at: site, error)
        }
    }
}

private struct NoProperties: Error, CustomStringConvertible {
    var description: String {
        "the type must read and write its stored properties one by one, as a struct does whose "
            + "'Codable' the compiler writes"
    }
}

/// Caches the property names of the types of state, because finding them means a walk through the
/// type.
private enum StateNames {
    private static let known = Locked<[ObjectIdentifier: [String]]>([:])

    static func all<State: Decodable>(of type: State.Type) throws -> [String] {
        let id = ObjectIdentifier(type)
        if let names = known.withLock({ $0[id] }) { return names }
        guard let names = try JSON.members(of: type) else { throw NoProperties() }
        known.withLock { $0[id] = names }
        return names
    }
}
