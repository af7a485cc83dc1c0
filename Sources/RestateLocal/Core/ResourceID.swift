/// How ids of all kinds are written: a type, `_`, a version and digits.
package enum ResourceID {
    private static let types = ["inv", "dp", "sub", "prom", "sign", "part", "snap"]

    /// Why a text is no id of a type, in a server's words.
    package static func complaint(
        _ id: some StringProtocol, type: String, digits: Int
    ) -> String {
        let bytes = Array(id.utf8)
        if bytes.isEmpty { return "bad length" }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "_")) else { return "bad format" }
        let name = String(decoding: bytes[..<end], as: UTF8.self)
        guard types.contains(name) else { return "unrecognized resource type: \(name)" }
        let rest = bytes[(end + 1)...]
        guard let version = rest.first else { return "bad length" }
        if version != UInt8(ascii: "1") { return "unrecognized codec version" }
        if name != type { return "id doesn't match the expected type" }
        return rest.count - 1 == digits ? "base62 decode error" : "bad length"
    }
}
