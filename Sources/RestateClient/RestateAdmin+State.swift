import CanonicalJSON
internal import Primitives
internal import RestateServices

extension RestateAdmin {
    /// Asks the server in SQL, as `restate sql` does, and gives the rows of the answer.
    ///
    /// ```swift
    /// struct Row: Decodable { var id: String; var status: String }
    /// let open: [Row] = try await admin.query(
    ///     "SELECT id, status FROM sys_invocation WHERE status != 'completed'")
    /// ```
    /// Bytes are hexadecimal digits, and a column that is null is left out of its row.
    ///
    /// - Throws: ``IngressError`` if the server does not answer, or refuses the query;
    ///   `DecodingError` if a row is something else than a `Row`.
    public func query<Row: Decodable>(_ sql: String, as row: Row.Type = Row.self) async throws
        -> [Row]
    {
        var request = HTTPCaller.Request("POST", ["query"])
        request.headers = [
            ("content-type", "application/json"), ("accept", "application/json"),
        ]
        request.body = try JSON.encode(["query": sql])
        request.isRepeatable = true
        let answer = try JSON.decode([String: [Row]].self, from: try await result(request))
        return answer["rows"] ?? []
    }

    /// Reads the state of a key of an object or a workflow, with the version to replace it by.
    ///
    /// - Throws: ``IngressError`` if the server does not answer.
    public func state(of service: String, _ key: String) async throws -> KeyState {
        struct Row: Decodable {
            var key: String
            var value: String?
        }
        let rows: [Row] = try await query(
            "SELECT key, value FROM state WHERE service_name = \(sqlText(service)) AND service_key = "
                + sqlText(key))
        var entries: [String: [UInt8]] = [:]
        for row in rows { entries[row.key] = bytes(ofHexadecimal: row.value ?? "") }
        return KeyState(entries)
    }

    /// Replaces the whole state of a key, as `restate kv edit` does.
    ///
    /// The server answers before it has done so: the replacement waits until no handler runs on the key. If
    /// the state is not of that version by then, it is dropped, and nobody is told: read the state again to
    /// see.
    ///
    /// ```swift
    /// let old = try await admin.state(of: "Ticket", "seat-1")
    /// try await admin.replaceState(of: "Ticket", "seat-1", with: [:], version: old.version)
    /// ```
    /// - Parameters:
    ///   - service: the name of an object or a workflow.
    ///   - key: whose state it is.
    ///   - entries: all that is there afterwards.
    ///   - version: of the state that is to be replaced; nil for any.
    /// - Throws: ``IngressError`` if the server does not know the service, or it has no state.
    public func replaceState(
        of service: String, _ key: String, with entries: [String: [UInt8]], version: String?
    ) async throws {
        struct Replacement: Encodable {
            var version: String?
            var object_key: String
            var new_state: [String: [UInt8]]
        }
        var request = HTTPCaller.Request("POST", ["services", service, "state"])
        request.headers = [("content-type", "application/json")]
        request.body = try JSON.encode(
            Replacement(version: version, object_key: key, new_state: entries))
        // With a version it happens once.
        request.isRepeatable = version != nil
        _ = try await result(request)
    }
}

/// The state of one key: its entries as they are stored, mostly JSON.
public struct KeyState: Equatable, Sendable {
    /// The bytes of each entry by its name, after the format and the codec of the service.
    public let entries: [String: [UInt8]]

    /// Makes a state of entries, to compare it with another or to know its ``version``.
    public init(_ entries: [String: [UInt8]]) {
        self.entries = entries
    }

    /// Tells whether a state is still this one. A server computes the same from what it has.
    public var version: String {
        var bytes: [UInt8] = []
        let ordered = entries.map { (Array($0.key.utf8), $0.value) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
        for (index, (key, value)) in ordered.enumerated() {
            withUnsafeBytes(of: UInt64(index).bigEndian) { bytes.append(contentsOf: $0) }
            bytes += [1] + key + [2] + value + [3]
        }
        return String(decoding: Base64URL.encode(SHA256.digest(bytes)), as: UTF8.self)
    }
}

/// Writes a text in SQL.
func sqlText(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
}

private func bytes(ofHexadecimal text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in text.utf8 {
        guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { continue }
        if let first = high {
            bytes.append(first << 4 | UInt8(value))
            high = nil
        } else {
            high = UInt8(value)
        }
    }
    return bytes
}
