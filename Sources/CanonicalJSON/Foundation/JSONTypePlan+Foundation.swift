#if !WithoutFoundation
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension JSONTypePlan {
    /// Returns the kind of one of Foundation's types, and `.other` for all the rest.
    static func foundationKind<T>(of type: T.Type) -> Kind {
        if type == Date.self { return .date }
        if type == Data.self { return .data }
        if type == URL.self { return .url }
        if type == UUID.self { return .uuid }
        if type == Decimal.self { return .decimal }
        return .other
    }

    /// Returns why a type has no JSON, which holds for none here.
    static func refusal<T>(of type: T.Type) -> (any Error)? { nil }
}
#endif
