import Primitives

/// Which finished invocations there are: for each id the serial number and the size of the journal
/// that is kept, in 28 bytes.
///
/// A dictionary of the same would take 48 bytes a place, and half of its places can be free. This
/// is a table with open addressing that grows by half. It consists of segments, which grow one by
/// one, so that growing never copies more than a 64th at once.
struct ResultIndex: Sendable {
    struct Entry: Equatable, Sendable {
        var serial: UInt64
        /// The bytes of the journal; 0 if it is not kept.
        var journalSize: Int
    }

    private static let segmentCount = 64
    private var segments = [Segment](repeating: Segment(), count: segmentCount)
    private(set) var count = 0

    subscript(id: InvocationIdentity) -> Entry? {
        let hash = Self.hash(id)
        let segment = Self.segment(of: hash)
        return segments[segment].place(of: id, hash).map { segments[segment].entry(at: $0) }
    }

    func contains(_ id: InvocationIdentity) -> Bool {
        let hash = Self.hash(id)
        return segments[Self.segment(of: hash)].place(of: id, hash) != nil
    }

    /// Adds an id, or gives it another entry.
    mutating func insert(_ id: InvocationIdentity, _ entry: Entry) {
        let hash = Self.hash(id)
        if segments[Self.segment(of: hash)].insert(id, hash, entry) { count += 1 }
    }

    /// Changes the size of the journal of an id that is there.
    mutating func setJournalSize(_ size: Int, of id: InvocationIdentity) {
        let hash = Self.hash(id)
        segments[Self.segment(of: hash)].setJournalSize(size, of: id, hash)
    }

    mutating func remove(_ id: InvocationIdentity) -> Entry? {
        let hash = Self.hash(id)
        guard let entry = segments[Self.segment(of: hash)].remove(id, hash) else { return nil }
        count -= 1
        return entry
    }

    /// An id's hash has a seed of the process, so that nobody can choose ids that
    /// collide.
    private static func hash(_ id: InvocationIdentity) -> UInt64 {
        UInt64(bitPattern: Int64(id.hashValue))
    }

    private static func segment(of hash: UInt64) -> Int { Int(hash >> 58) }
}

extension ResultIndex {
    /// One part of the table, with linear probing.
    fileprivate struct Segment: Sendable {
        private struct Key: Sendable {
            var high: UInt64 = 0
            var low: UInt64 = 0
            /// 0 marks a free place: serial numbers begin with 1.
            var serial: UInt64 = 0

            var id: InvocationIdentity {
                InvocationIdentity(partitionKey: 0, high: high, low: low)
            }
        }

        // Two arrays, because one of structs would fill each of them up to 32 bytes.
        private var keys: [Key] = []
        private var sizes: [UInt32] = []
        private var count = 0

        func entry(at place: Int) -> Entry {
            Entry(serial: keys[place].serial, journalSize: Int(sizes[place]))
        }

        /// The place of an id, by the bits of the hash behind those that chose the segment.
        func place(of id: InvocationIdentity, _ hash: UInt64) -> Int? {
            guard !keys.isEmpty else { return nil }
            var place = home(hash)
            while keys[place].serial != 0 {
                if keys[place].low == id.low, keys[place].high == id.high { return place }
                place = next(place)
            }
            return nil
        }

        private func home(_ hash: UInt64) -> Int {
            Int((hash << 6).multipliedFullWidth(by: UInt64(keys.count)).high)
        }

        private func next(_ place: Int) -> Int { place + 1 == keys.count ? 0 : place + 1 }

        /// Returns whether the id is new.
        mutating func insert(_ id: InvocationIdentity, _ hash: UInt64, _ entry: Entry) -> Bool {
            if let place = place(of: id, hash) {
                keys[place].serial = entry.serial
                sizes[place] = UInt32(clamping: entry.journalSize)
                return false
            }
            if (count + 1) * 4 > keys.count * 3 { grow() }
            put(
                Key(high: id.high, low: id.low, serial: entry.serial),
                UInt32(clamping: entry.journalSize), hash)
            count += 1
            return true
        }

        private mutating func put(_ key: Key, _ size: UInt32, _ hash: UInt64) {
            var place = home(hash)
            while keys[place].serial != 0 { place = next(place) }
            keys[place] = key
            sizes[place] = size
        }

        private mutating func grow() {
            let (old, oldSizes) = (keys, sizes)
            let room = old.count + old.count / 2 + 8
            keys = [Key](repeating: Key(), count: room)
            sizes = [UInt32](repeating: 0, count: room)
            for (key, size) in zip(old, oldSizes) where key.serial != 0 {
                put(key, size, ResultIndex.hash(key.id))
            }
        }

        mutating func setJournalSize(_ size: Int, of id: InvocationIdentity, _ hash: UInt64) {
            guard let place = place(of: id, hash) else { return }
            sizes[place] = UInt32(clamping: size)
        }

        mutating func remove(_ id: InvocationIdentity, _ hash: UInt64) -> Entry? {
            guard var hole = place(of: id, hash) else { return nil }
            let entry = entry(at: hole)
            count -= 1
            // Whatever stands behind the hole and could not be found any more moves into it.
            var place = next(hole)
            while keys[place].serial != 0 {
                let wanted = home(ResultIndex.hash(keys[place].id))
                let isReachable =
                    hole < place
                    ? hole < wanted && wanted <= place : hole < wanted || wanted <= place
                if !isReachable {
                    (keys[hole], sizes[hole]) = (keys[place], sizes[place])
                    hole = place
                }
                place = next(place)
            }
            (keys[hole], sizes[hole]) = (Key(), 0)
            return entry
        }
    }
}
