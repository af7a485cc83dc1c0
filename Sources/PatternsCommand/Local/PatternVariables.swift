internal import Foundation

/// The variables of this process, and those of the file `.env` in its folder.
struct PatternVariables {
    private let values: [String: String]

    init() {
        let text = (try? String(contentsOfFile: ".env", encoding: .utf8)) ?? ""
        let lines = text.split(whereSeparator: \.isNewline).compactMap {
            line -> (String, String)? in
            // As shells read it, a line may begin with "export".
            let line = line.hasPrefix("export ") ? line.dropFirst("export ".count) : line
            guard !line.hasPrefix("#"), let mark = line.firstIndex(of: "=") else { return nil }
            let value = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
            return (
                line[..<mark].trimmingCharacters(in: .whitespaces),
                value.trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
            )
        }
        values = Dictionary(lines, uniquingKeysWith: { $1 })
            .merging(ProcessInfo.processInfo.environment) { $1 }
    }

    /// The value; nil if there is none or it is empty.
    subscript(name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
