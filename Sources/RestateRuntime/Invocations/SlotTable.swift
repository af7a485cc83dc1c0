/// Values by key.
///
/// Like a dictionary, but what is read or changed is reached where it lies: a dictionary copies the
/// whole value, with all that it refers to, for a look at one of its fields.
struct SlotTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var places: [Key: Int] = [:]
    private var slots: [Value?] = []
    private var free: [Int] = []

    var count: Int { places.count }
    var values: [Value] { slots.compactMap { $0 } }
    var keys: [Key] { Array(places.keys) }

    /// Behind the last place. Places are filled again when their value is removed.
    var endPlace: Int { slots.count }

    func place(of key: Key) -> Int? { places[key] }

    subscript(place place: Int) -> Value? {
        _read { yield slots[place] }
        _modify { yield &slots[place] }
    }

    subscript(key: Key) -> Value? {
        _read {
            if let place = places[key] { yield slots[place] } else { yield nil }
        }
        _modify {
            if let place = places[key] {
                yield &slots[place]
            } else {
                // Nothing is stored this way: `insert` does that.
                var nobody: Value?
                yield &nobody
            }
        }
    }

    mutating func insert(_ value: Value, for key: Key) {
        if let place = places[key] {
            slots[place] = value
        } else if let place = free.popLast() {
            slots[place] = value
            places[key] = place
        } else {
            places[key] = slots.count
            slots.append(value)
        }
    }

    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        free.append(place)
        return slots[place].take()
    }
}
