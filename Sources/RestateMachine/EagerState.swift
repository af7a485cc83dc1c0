import RestateProtocol

/// The part of the object's state that this attempt knows without asking the server: what was sent
/// along, and what the handler has written since.
///
/// Keys are compared as bytes, because `String` would merge canonically equivalent ones.
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

    /// The known entries.
    private var entries: [StateEntry] = []
    /// The index of each key in `entries`. It is used only from a number of entries on at which a
    /// linear search becomes slower.
    private var places: [Key: Int] = [:]
    private static let fewEntries = 8
    /// Whether the server may have keys that are not in `entries`. Those that this attempt has cleared are then in
    /// `cleared`.
    private(set) var isPartial = true
    private var cleared: Set<Key> = []

    init() {}

    init(_ known: [StateEntry], isPartial: Bool) {
        self.isPartial = isPartial
        // A single entry, as most objects have, is taken as it is. Several are put one by one, because nobody says that
        // their keys differ.
        if known.count < 2 {
            entries = known
        } else {
            entries.reserveCapacity(known.count)
            for entry in known { set(entry.key, entry.value) }
        }
    }

    subscript(key: Bytes) -> Entry {
        if let place = place(of: key) { return .value(entries[place].value) }
        return isPartial && !cleared.contains(Key(bytes: key)) ? .unknown : .absent
    }

    mutating func set(_ key: Bytes, _ value: Bytes) {
        if let place = place(of: key) {
            entries[place].value = value
            return
        }
        var entry = StateEntry()
        entry.key = key
        entry.value = value
        entries.append(entry)
        if !places.isEmpty {
            places[Key(bytes: key)] = entries.count - 1
        } else if entries.count > Self.fewEntries {
            for (place, entry) in entries.enumerated() { places[Key(bytes: entry.key)] = place }
        }
    }

    mutating func clear(_ key: Bytes) {
        if isPartial { cleared.insert(Key(bytes: key)) }
        guard let place = place(of: key) else { return }
        // The last entry takes the place.
        if !places.isEmpty {
            places[Key(bytes: entries[entries.count - 1].key)] = place
            places[Key(bytes: key)] = nil
        }
        entries.swapAt(place, entries.count - 1)
        entries.removeLast()
    }

    mutating func clearAll() {
        entries = []
        places = [:]
        cleared = []
        isPartial = false
    }

    /// All keys in the order of their bytes; nil if only the server knows them all.
    var keys: [Bytes]? {
        guard !isPartial else { return nil }
        return entries.map(\.key).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func place(of key: Bytes) -> Int? {
        guard places.isEmpty else { return places[Key(bytes: key)] }
        return entries.firstIndex { $0.key == key }
    }
}
