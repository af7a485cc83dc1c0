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

    /// The known entries. A nil value marks a key that this attempt has cleared.
    private var entries: [(key: Bytes, value: Bytes?)] = []
    /// The index of each key in `entries`. It is used only from a number of entries on at which a
    /// linear search becomes slower.
    private var places: [Key: Int] = [:]
    private static let fewEntries = 8
    /// Whether the server may have keys that are not in `entries`.
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

    /// All keys in the order of their bytes; nil if only the server knows them all.
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
