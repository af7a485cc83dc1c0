import Foundation
import Support

/// What was recorded, as bytes to begin with. Read from `Fixtures`.
enum Corpus {
    private static func must<T>(_ body: () throws -> T) -> T {
        do { return try body() } catch { fatalError("Fixtures: \(error)") }
    }

    private static func object(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: Fixtures.root.appending(path: path))
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Finding("\(path) is no JSON object.")
        }
        return object
    }

    /// One recorded attempt: the frames of both directions.
    struct Journal {
        var isVersion7: Bool
        var sent: [[UInt8]] = []
        var answered: [[UInt8]] = []
    }

    static let journals: [Journal] = must {
        var journals: [Journal] = []
        for folder in ["contract", "nexus", "tour"] {
            let paths = try FileManager.default.subpathsOfDirectory(
                atPath: Fixtures.root.appending(path: folder).path())
            for path in paths.sorted() where path.hasSuffix(".json") {
                let recorded = try object("\(folder)/\(path)")
                var journal = Journal(isVersion7: path.hasPrefix("v7"))
                for case let step as [Any] in recorded["frames"] as? [Any] ?? [] {
                    guard step.count == 5, let text = step[4] as? String else { continue }
                    if step[0] as? String == "in" {
                        journal.sent.append(try bytes(hex: text))
                    } else {
                        journal.answered.append(try bytes(hex: text))
                    }
                }
                journals.append(journal)
            }
        }
        return journals
    }

    /// A recorded question to one of the two HTTP APIs.
    struct Question {
        var to: String
        var method: String
        var path: String
        var headers: [(String, String)]
        var body: [UInt8]
        /// What a registered endpoint said.
        var manifest: [UInt8]?
    }

    static let questions: [Question] = must {
        let text = try String(
            contentsOf: Fixtures.root.appending(path: "http/ask/server-answers.jsonl"),
            encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            guard
                let row = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? [String: Any], let request = row["request"] as? [String: Any],
                let to = request["to"] as? String, let method = request["method"] as? String,
                let path = request["path"] as? String
            else { return nil }
            var headers: [(String, String)] = []
            if let fields = request["headers"] as? [String: String] {
                headers = fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            } else if let fields = request["headers"] as? [[String]] {
                headers = fields.filter { $0.count == 2 }.map { ($0[0], $0[1]) }
            }
            let endpoint = request["endpoint"] as? [String: Any]
            let manifest = endpoint?["manifest"].flatMap {
                try? JSONSerialization.data(
                    withJSONObject: $0, options: [.sortedKeys, .withoutEscapingSlashes])
            }
            return Question(
                to: to, method: method, path: path, headers: headers,
                body: Array((request["body"] as? String ?? "").utf8),
                manifest: manifest.map(Array.init))
        }
    }
}

/// Readable on one line, whatever it holds.
func quoted(_ bytes: [UInt8], atMost limit: Int = 2000) -> String {
    var text = ""
    for scalar in String(decoding: bytes.prefix(limit), as: UTF8.self).unicodeScalars {
        text +=
            scalar.value < 0x20 || scalar.value == 0x7f
            ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return bytes.count > limit ? "\(text)… (\(bytes.count) bytes)" : text
}
