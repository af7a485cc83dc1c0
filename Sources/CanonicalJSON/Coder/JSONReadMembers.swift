/// How an object becomes a dictionary with names as keys.
enum JSONReadMembers {
    static func read<Value: Decodable>(
        from document: JSONDocument, at index: Int
    ) throws -> [String: Value] {
        let count = try document.expect(.object, at: index, for: [String: Any].self)
        // A generic function looks up the layout of a dictionary at each insertion, which costs more than the insertion.
        // The type of the table of places is known, and only `mapValues` needs the generic one, once for all members.
        // An object with a name twice is read in order, because a wrong value before it is told first.
        guard count >= JSONDocument.many, let places = try? document.places(of: index) else {
            return try readInOrder(count, from: document, at: index)
        }
        let isCase = JSONTypePlan.of(Value.self).isCase
        var cases = JSONReadCases()
        var wrong = 0
        do {
            return try places.mapValues { step in
                let place = index &+ step
                do {
                    return isCase
                        ? try cases.read(Value.self, from: document, at: place)
                        : try document.decode(Value.self, at: place)
                } catch {
                    wrong = place
                    throw error
                }
            }
        } catch {
            // A dictionary has no order, and the first mistake of the text is told. The value that failed is not read
            // again, or the time of nested objects would double with each level.
            try check(membersBefore: wrong, of: Value.self, in: document, at: index)
            throw error
        }
    }

    private static func check<Value: Decodable>(
        membersBefore place: Int, of type: Value.Type, in document: JSONDocument, at index: Int
    ) throws {
        var next = index + 1
        while next + 1 < place {
            _ = try document.decode(Value.self, at: next + 1)
            next = document.end(of: next + 1)
        }
    }

    private static func readInOrder<Value: Decodable>(
        _ count: Int, from document: JSONDocument, at index: Int
    ) throws -> [String: Value] {
        var members: [String: Value] = [:]
        members.reserveCapacity(count)
        let isCase = JSONTypePlan.of(Value.self).isCase
        var cases = JSONReadCases()
        var next = index + 1
        for _ in 0..<count {
            let value =
                isCase
                ? try cases.read(Value.self, from: document, at: next + 1)
                : try document.decode(Value.self, at: next + 1)
            if members.updateValue(value, forKey: document.string(at: next)) != nil {
                throw document.doubled(at: next)
            }
            next = document.end(of: next + 1)
        }
        return members
    }
}
