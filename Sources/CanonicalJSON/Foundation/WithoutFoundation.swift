#if WithoutFoundation
/// The error for one of Foundation's types where the package trait `WithoutFoundation` is chosen.
///
/// Their `Codable` conformances would write other forms than the SDK does without the trait: a date
/// would be seconds since 2001. So they are recognised by their names and refused.
struct FoundationRefusal: Error, CustomStringConvertible {
    let description: String

    init(_ type: Any.Type) {
        description =
            "\(String(reflecting: type)) has no JSON with the package trait WithoutFoundation: "
            + "drop the trait, or use a String or a number"
    }
}

extension JSONTypePlan {
    /// Returns the kind of one of Foundation's types, and `.other` for all the rest. On Linux their
    /// module is FoundationEssentials.
    static func foundationKind<T>(of type: T.Type) -> Kind {
        switch String(reflecting: type) {
        case "FoundationEssentials.Date", "Foundation.Date": .date
        case "FoundationEssentials.Data", "Foundation.Data": .data
        case "FoundationEssentials.URL", "Foundation.URL": .url
        case "FoundationEssentials.UUID", "Foundation.UUID": .uuid
        case "FoundationEssentials.Decimal", "Foundation.Decimal", "__C.NSDecimal": .decimal
        default: .other
        }
    }

    /// Returns why a type has no JSON; nil if it has one.
    static func refusal<T>(of type: T.Type) -> (any Error)? {
        foundationKind(of: type) == .other ? nil : FoundationRefusal(type)
    }
}

extension JSONWriter {
    func encodeFoundation<T: Encodable>(_ value: T, _ kind: JSONTypePlan.Kind) throws {
        throw EncodingError.invalidValue(
            value,
            .init(codingPath: path(), debugDescription: FoundationRefusal(T.self).description))
    }
}

extension JSONDocument {
    func decodeFoundation<T>(
        _ type: T.Type, _ kind: JSONTypePlan.Kind, at index: Int
    ) throws -> T {
        throw corrupted(FoundationRefusal(type).description, at: index)
    }
}
#endif
