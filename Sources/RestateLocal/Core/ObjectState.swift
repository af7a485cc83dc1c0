import RestateProtocol

/// The state of one key: entries in a server's storage order, shorter keys first.
struct ObjectState: Sendable {
    struct Entry: Sendable {
        var key: Bytes
        var value: Bytes
    }

    private(set) var entries: [Entry] = []

    init() {}

    init(_ entries: [(key: Bytes, value: Bytes)]) {
        for entry in entries { set(entry.key, to: entry.value) }
    }

    /// Tells whether the state is still the one that somebody has seen: clients of a server compute
    /// it from what they read. A digest of the entries, in the order of their keys' bytes.
    var version: String {
        var bytes: [UInt8] = []
        let ordered = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (index, entry) in ordered.enumerated() {
            withUnsafeBytes(of: UInt64(index).bigEndian) { bytes.append(contentsOf: $0) }
            bytes += [1] + entry.key + [2] + entry.value + [3]
        }
        return String(decoding: Base64URL.encode(SHA256.digest(bytes)), as: UTF8.self)
    }

    func value(of key: Bytes) -> Bytes? {
        let place = place(of: key)
        guard place < entries.count, entries[place].key == key else { return nil }
        return entries[place].value
    }

    mutating func set(_ key: Bytes, to value: Bytes) {
        let place = place(of: key)
        if place < entries.count, entries[place].key == key {
            entries[place].value = value
        } else {
            entries.insert(Entry(key: key, value: value), at: place)
        }
    }

    mutating func clear(_ key: Bytes) {
        let place = place(of: key)
        if place < entries.count, entries[place].key == key { entries.remove(at: place) }
    }

    /// Where the key is, or would be.
    private func place(of key: Bytes) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(entries[middle].key, key) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func isBefore(_ left: Bytes, _ right: Bytes) -> Bool {
        left.count != right.count
            ? left.count < right.count : left.lexicographicallyPrecedes(right)
    }
}
