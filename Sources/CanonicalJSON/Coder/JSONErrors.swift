/// Describes what is wrong with a JSON text or with a value in it, and at which byte.
///
/// It is the underlying error of the `DecodingError`s that `Codable` code expects.
package struct JSONFault: Error, CustomStringConvertible {
    /// Says what is wrong: "expected a string", "unexpected end of JSON".
    package let problem: String
    /// Says what was found instead: "found a number".
    package var found: String?
    /// Counted from the first byte of the text.
    package let offset: Int
    var isSyntax = false

    package var description: String {
        // The capacity is reserved once, because code that tries one type after the other makes
        // many of these texts.
        var text = ""
        text.reserveCapacity(96)
        text += problem
        text += " at byte "
        text += String(offset)
        guard let found else { return text }
        text += ", "
        text += found
        return text
    }

    func decodingError() -> DecodingError {
        .dataCorrupted(
            .init(codingPath: [], debugDescription: description, underlyingError: self))
    }
}

extension JSON {
    /// Turns an error of coding into a sentence that says what is wrong and where.
    package static func describe(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return sentence("missing field '\(key.stringValue)'", context)
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            return sentence(context.debugDescription, context)
        case EncodingError.invalidValue(_, let context):
            return "\(trimmed(context.debugDescription)) at \(place(context.codingPath))"
        default:
            return "\(error)"
        }
    }

    private static func sentence(_ problem: String, _ context: DecodingError.Context) -> String {
        guard let fault = context.underlyingError as? JSONFault else {
            // The error comes from an initializer of the user's.
            return "\(trimmed(problem)) at \(place(context.codingPath))"
        }
        if fault.isSyntax { return fault.description }
        return "\(fault.problem) at \(place(context.codingPath)) (byte \(fault.offset))"
            + (fault.found.map { ", \($0)" } ?? "")
    }

    /// Formats a coding path in the usual notation: `$.seats[3].buyer`.
    static func place(_ path: [any CodingKey]) -> String {
        path.reduce(into: "$") { place, key in
            if let key = key as? JSONKey, let index = key.intValue {
                place += "[\(index)]"
            } else if key.intValue != nil, key.stringValue.hasPrefix("Index ") {
                place += "[\(key.intValue ?? 0)]"
            } else if isIdentifier(key.stringValue) {
                place += ".\(key.stringValue)"
            } else {
                place += "[\"\(key.stringValue.prefix(60))\"]"
            }
        }
    }

    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.first, !first.isNumber, name.utf8.count <= 60 else { return false }
        return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    /// Drops the final period, because the text becomes part of a longer sentence.
    private static func trimmed(_ sentence: String) -> String {
        sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    }
}
