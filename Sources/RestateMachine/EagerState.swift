import RestateProtocol

/// What is known of the object's state without asking the server.
///
/// Keys are bytes: a `String` would take different spellings of one character for the same key.
struct EagerState: Sendable {
    enum Entry: Equatable {
        case value(Bytes)
        case absent
        case unknown
    }

    private struct Key: Hashable {
        let bytes: Bytes

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// Nil for a key that this attempt has cleared.
    private var entries: [Key: Bytes?] = [:]
    /// False when a key that is not in `entries` does not exist.
    private(set) var isPartial = true

    init() {}

    init(_ start: StartMessage) {
        isPartial = start.partialState
        entries.reserveCapacity(start.stateMap.count)
        for entry in start.stateMap { entries[Key(bytes: entry.key)] = entry.value }
    }

    subscript(key: Bytes) -> Entry {
        switch entries[Key(bytes: key)] {
        case .some(.some(let value)): .value(value)
        case .some(.none): .absent
        case .none: isPartial ? .unknown : .absent
        }
    }

    mutating func set(_ key: Bytes, _ value: Bytes) {
        entries.updateValue(value, forKey: Key(bytes: key))
    }

    mutating func clear(_ key: Bytes) {
        if isPartial {
            entries.updateValue(nil, forKey: Key(bytes: key))
        } else {
            entries.removeValue(forKey: Key(bytes: key))
        }
    }

    mutating func clearAll() {
        entries = [:]
        isPartial = false
    }

    /// All keys in the order of their bytes, or nil if only the server knows them all.
    var keys: [Bytes]? {
        guard !isPartial else { return nil }
        return entries.compactMap { $0.value == nil ? nil : $0.key.bytes }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }
}
