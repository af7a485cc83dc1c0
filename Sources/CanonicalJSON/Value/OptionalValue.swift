/// Lets generic code see that a type is an optional.
package protocol OptionalValue {
    static var absent: Self { get }
    var isAbsent: Bool { get }
}

extension Optional: OptionalValue {
    package static var absent: Wrapped? { nil }
    package var isAbsent: Bool {
        if case .none = self { true } else { false }
    }
}

extension JSON {
    /// Whether a type is an optional. Looked up once per type.
    package static func isOptional<Value>(_ type: Value.Type) -> Bool {
        JSONTypePlan.of(type).isOptional
    }

    /// Whether a value is an optional without a value. Ask `isOptional` first: the cast is slow for a
    /// type that is not one.
    package static func isAbsent<Value>(_ value: Value) -> Bool {
        (value as? any OptionalValue)?.isAbsent ?? false
    }
}
