/// The invocations that have not ended, by id.
///
/// Like a dictionary, but what is read or changed is reached where it lies: a dictionary copies the
/// whole value, with all that it refers to, for a look at one of its fields.
struct InvocationTable: Sendable {
    private var places: [InvocationIdentity: Int] = [:]
    private var slots: [OpenInvocation?] = []
    private var free: [Int] = []

    var count: Int { places.count }
    var values: [OpenInvocation] { slots.compactMap { $0 } }

    var ids: [InvocationIdentity] { Array(places.keys) }

    /// Behind the last place. Places are filled again when their invocation has ended.
    var endPlace: Int { slots.count }

    func withInvocation<R>(at place: Int, _ body: (OpenInvocation) -> R) -> R? {
        slots[place].map(body)
    }

    subscript(id: InvocationIdentity) -> OpenInvocation? {
        _read {
            if let place = places[id] { yield slots[place] } else { yield nil }
        }
        _modify {
            if let place = places[id] {
                yield &slots[place]
            } else {
                // Nothing is stored this way: `insert` does that.
                var nobody: OpenInvocation?
                yield &nobody
            }
        }
    }

    func contains(_ id: InvocationIdentity) -> Bool {
        places[id] != nil
    }

    mutating func insert(_ invocation: OpenInvocation) {
        if let place = places[invocation.id] {
            slots[place] = invocation
        } else if let place = free.popLast() {
            slots[place] = invocation
            places[invocation.id] = place
        } else {
            places[invocation.id] = slots.count
            slots.append(invocation)
        }
    }

    mutating func remove(_ id: InvocationIdentity) -> OpenInvocation? {
        guard let place = places.removeValue(forKey: id) else { return nil }
        free.append(place)
        return slots[place].take()
    }
}
