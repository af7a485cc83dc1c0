internal import Restate

// Inputs are read without complaint and checked afterwards, so that a caller gets one clear
// sentence about the first field that is wrong instead of a decoder's view of it.

extension KeyedDecodingContainer {
    /// A field's text; nil if it is missing, null or something else than text.
    func text(_ key: Key) -> String? {
        guard let text = try? decodeIfPresent(String.self, forKey: key) else { return nil }
        return text
    }
}

/// The text of a field that must be there.
func checked(_ text: String?, _ field: String) throws(TerminalError) -> String {
    guard let text, !text.isEmpty else {
        throw badInput("\(field) must be a non-empty string")
    }
    return text
}

func badInput(_ message: String) -> TerminalError {
    TerminalError(message, code: 400)
}

extension String {
    /// For a line of a log: what a stranger wrote must not look like another line.
    var onOneLine: String {
        let isPlain = { (scalar: Unicode.Scalar) in
            ![.control, .lineSeparator, .paragraphSeparator].contains(
                scalar.properties.generalCategory)
        }
        if unicodeScalars.allSatisfy(isPlain) { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { isPlain($0) ? $0 : " " }))
    }
}
