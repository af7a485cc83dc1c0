/// What is wrong with a JSON text, and where, as people say it: `data.object.amount is missing`.
struct JSONMistake: CustomStringConvertible {
    let description: String

    init(_ error: any Error) {
        description =
            switch error as? DecodingError {
            case .keyNotFound(let key, let context):
                "\(Self.place(context.codingPath + [key])) is missing"
            case .valueNotFound(let type, let context):
                "\(Self.place(context.codingPath)) must be \(Self.name(of: type)), not null"
            case .typeMismatch(let type, let context):
                "\(Self.place(context.codingPath)) must be \(Self.name(of: type))"
            case .dataCorrupted(let context) where !context.codingPath.isEmpty:
                "\(Self.place(context.codingPath)) cannot be read"
            default: "it is no JSON"
            }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "it" : path.map(\.stringValue).joined(separator: ".")
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Int.Type: "a whole number"
        default: "an object"
        }
    }
}
