import Primitives
package import RestateProtocol

/// The state of one key: its entries in a server's storage order, which puts shorter keys first.
package struct ObjectState: Sendable {
    struct Entry: Sendable {
        var key: Bytes
        var value: Bytes
    }

    /// The entries in pieces of at most `pieceLimit`, none of them empty. An insertion so moves one
    /// piece only: an object may have a hundred thousand entries.
    private var pieces: [[Entry]] = []
    private static let pieceLimit = 512

    var isEmpty: Bool { pieces.isEmpty }
    var entries: some Sequence<Entry> { pieces.joined() }

    package init() {}

    init(_ entries: [(key: Bytes, value: Bytes)]) {
        for entry in entries { set(entry.key, to: entry.value) }
    }

    /// A digest of all entries, by which a client says which state it wants to replace. Clients of
    /// a server compute the same digest from what they read, so its form is fixed: entries in the
    /// order of their keys' bytes.
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
        let (piece, place) = place(of: key)
        guard piece < pieces.count, place < pieces[piece].count, pieces[piece][place].key == key
        else { return nil }
        return pieces[piece][place].value
    }

    package mutating func set(_ key: Bytes, to value: Bytes) {
        let (piece, place) = place(of: key)
        if piece == pieces.count {
            pieces.append([Entry(key: key, value: value)])
        } else if place < pieces[piece].count, pieces[piece][place].key == key {
            pieces[piece][place].value = value
        } else {
            pieces[piece].insert(Entry(key: key, value: value), at: place)
            if pieces[piece].count > Self.pieceLimit { split(piece) }
        }
    }

    private mutating func split(_ piece: Int) {
        let middle = pieces[piece].count / 2
        let behind = Array(pieces[piece][middle...])
        pieces[piece].removeSubrange(middle...)
        pieces.insert(behind, at: piece + 1)
    }

    mutating func clear(_ key: Bytes) {
        let (piece, place) = place(of: key)
        guard piece < pieces.count, place < pieces[piece].count, pieces[piece][place].key == key
        else { return }
        pieces[piece].remove(at: place)
        if pieces[piece].isEmpty { pieces.remove(at: piece) }
    }

    /// Returns where the key is, or where it would be inserted. A key behind all others belongs to
    /// the last piece.
    private func place(of key: Bytes) -> (piece: Int, place: Int) {
        guard !pieces.isEmpty else { return (0, 0) }
        // The first piece that does not end before the key.
        let piece = min(
            Self.first(pieces.count) { !isBefore(pieces[$0][pieces[$0].count - 1].key, key) },
            pieces.count - 1)
        return (
            piece,
            Self.first(pieces[piece].count) { !isBefore(pieces[piece][$0].key, key) }
        )
    }

    /// Returns the first number below `count` for which the condition holds, by bisection: it must
    /// hold for all numbers behind that one, too.
    private static func first(_ count: Int, where isSo: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func isBefore(_ left: Bytes, _ right: Bytes) -> Bool {
        left.count != right.count
            ? left.count < right.count : left.lexicographicallyPrecedes(right)
    }
}
