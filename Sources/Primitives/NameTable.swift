/// A dictionary by name that compares names byte by byte.
///
/// It is for names that come from outside. With `String` keys, canonically equivalent names, such
/// as the Kelvin sign and the letter K, would find each other's entries.
package struct NameTable<Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
    private var entries: [ExactName: Value] = [:]

    package init() {}

    package init(dictionaryLiteral elements: (String, Value)...) {
        for (name, value) in elements { entries[ExactName(text: name)] = value }
    }

    package subscript(name: String) -> Value? {
        _read { yield entries[ExactName(text: name)] }
        _modify { yield &entries[ExactName(text: name)] }
    }

    package var values: some Collection<Value> { entries.values }
    package var keys: [String] { entries.keys.map(\.text) }
    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }

    package mutating func removeValue(forKey name: String) -> Value? {
        entries.removeValue(forKey: ExactName(text: name))
    }

    package func mapValues<Other>(_ transform: (Value) -> Other) -> [String: Other] {
        var other: [String: Other] = [:]
        for (name, value) in entries { other[name.text] = transform(value) }
        return other
    }
}
