/// Lets generic code see that a type is an optional.
package protocol OptionalValue {
    var isAbsent: Bool { get }
}

extension Optional: OptionalValue {
    package var isAbsent: Bool {
        if case .none = self { true } else { false }
    }
}

extension JSON {
    /// Returns whether a type is an optional. The answer is cached for each type.
    package static func isOptional<Value>(_ type: Value.Type) -> Bool {
        JSONTypePlan.of(type).isOptional
    }

    /// Returns whether a value is an optional without a value. Check `isOptional` first, because
    /// the cast is slow for other types.
    package static func isAbsent<Value>(_ value: Value) -> Bool {
        (value as? any OptionalValue)?.isAbsent ?? false
    }
}
