internal import Foundation

/// A file of variables, `NAME=value` a line. Values may be in quotes; lines may begin with `export`; lines that
/// begin with `#` are comments.
struct EnvironmentFile {
    private(set) var values: [String: String] = [:]
    /// What is wrong with it, by the number of the line. What stands there is not told: it may be a secret.
    private(set) var complaints: [String] = []

    init() {}

    init(reading path: String) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            !isFolder.boolValue
        else { return }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            complaints = ["\(path) cannot be read, and counts for nothing"]
            return
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            do throws(Mistake) {
                guard let (name, value) = try Self.read(line) else { continue }
                values[name] = value
            } catch {
                complaints.append(
                    "\(path), line \(index + 1): \(error.reason); it counts for nothing")
            }
        }
    }

    private struct Mistake: Error {
        let reason: String
    }

    /// - Returns: nil for a line without a variable.
    private static func read(
        _ line: Substring
    ) throws(Mistake) -> (name: String, value: String)? {
        var line = line.trimmingCharacters(in: .whitespaces)
        if line.isEmpty || line.hasPrefix("#") { return nil }
        if line.hasPrefix("export ") { line.removeFirst("export ".count) }
        guard let equals = line.firstIndex(of: "=") else {
            throw Mistake(reason: "this is not NAME=value")
        }
        let name = line[..<equals].trimmingCharacters(in: .whitespaces)
        guard isName(name) else {
            throw Mistake(reason: "what stands before '=' is no name of a variable")
        }
        let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        guard let quote = value.first, quote == "\"" || quote == "'" else { return (name, value) }
        guard value.count > 1, value.last == quote else {
            throw Mistake(reason: "the quote of \(name) is not closed")
        }
        return (name, String(value.dropFirst().dropLast()))
    }

    private static func isName(_ text: String) -> Bool {
        let isLetter = { (byte: UInt8) in
            byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }
}
