/// Makes untrusted text safe for one line of the log.
package enum LogText {
    /// Escapes characters that would break the line or hide a part of it, and cuts the text at
    /// about `limit` bytes.
    package static func line(_ text: String, limit: Int) -> String {
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            return text
        }
        var line = ""
        for scalar in text.unicodeScalars {
            if line.utf8.count >= limit {
                return line + "… (\(text.utf8.count) bytes)"
            }
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where isHarmful(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// Matches control characters, line separators, and marks that change the direction of the
    /// text.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate: true
        default: false
        }
    }
}
