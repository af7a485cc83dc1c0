/// The name of a state entry, with the type of its value.
///
/// A key with a default always gives a value; a key without one is of an optional type, and gives
/// nil when there is no entry.
///
/// ```swift
/// static let count = StateKey<Int>("count", default: 0)
/// static let owner = StateKey<String?>("owner")
/// ```
/// Reading an entry that holds another type fails the attempt, as any ordinary error does.
public struct StateKey<Value: Codable & Sendable>: Sendable {
    public let name: String
    /// What an absent entry reads as.
    public let defaultValue: Value

    public init(_ name: String, default value: Value) {
        self.name = name
        defaultValue = value
    }

    public init(_ name: String) where Value: ExpressibleByNilLiteral {
        self.init(name, default: nil)
    }
}
