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

    /// A value of nil is a key that this attempt has cleared.
    private var entries: [(key: Bytes, value: Bytes?)] = []
    /// Where each key stands, once there are so many that looking through them all would show.
    private var places: [Key: Int] = [:]
    private static let fewEntries = 8
    /// False when a key that is not in `entries` does not exist.
    private(set) var isPartial = true

    init() {}

    init(_ known: [StateEntry], isPartial: Bool) {
        self.isPartial = isPartial
        guard !known.isEmpty else { return }
        entries.reserveCapacity(known.count)
        for entry in known { set(entry.key, entry.value) }
    }

    subscript(key: Bytes) -> Entry {
        guard let place = place(of: key) else { return isPartial ? .unknown : .absent }
        return entries[place].value.map { .value($0) } ?? .absent
    }

    mutating func set(_ key: Bytes, _ value: Bytes) {
        put(key, value)
    }

    mutating func clear(_ key: Bytes) {
        put(key, nil)
    }

    mutating func clearAll() {
        entries = []
        places = [:]
        isPartial = false
    }

    /// All keys in the order of their bytes, or nil if only the server knows them all.
    var keys: [Bytes]? {
        guard !isPartial else { return nil }
        return entries.compactMap { $0.value == nil ? nil : $0.key }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func place(of key: Bytes) -> Int? {
        guard places.isEmpty else { return places[Key(bytes: key)] }
        return entries.firstIndex { $0.key == key }
    }

    private mutating func put(_ key: Bytes, _ value: Bytes?) {
        if let place = place(of: key) {
            entries[place].value = value
            return
        }
        entries.append((key, value))
        if !places.isEmpty {
            places[Key(bytes: key)] = entries.count - 1
        } else if entries.count > Self.fewEntries {
            for (place, entry) in entries.enumerated() { places[Key(bytes: entry.key)] = place }
        }
    }
}
