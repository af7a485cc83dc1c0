/// Where a gateway is: `http://host[:port][/path]`, or the same with `https`.
///
/// The path is that of charges; without one it is the mock gateway's. Refunds are below it.
public struct GatewayURL: Equatable, Sendable, CustomStringConvertible {
    let isEncrypted: Bool
    let host: String
    let port: Int
    let path: String

    /// - Throws: ``InvalidURL`` with a sentence about what is wrong.
    public init(_ text: String) throws(InvalidURL) {
        let schemes = ["http://", "https://"]
        guard let scheme = schemes.first(where: text.lowercased().hasPrefix) else {
            throw InvalidURL(text, "it must begin with http:// or https://")
        }
        isEncrypted = scheme == "https://"
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        guard !authority.contains("@"), !path.contains(where: { "?# ".contains($0) }) else {
            throw InvalidURL(text, "only a host, a port and a path are possible")
        }
        var host = authority
        var port = isEncrypted ? 443 : 80
        // The last colon begins the port, unless it is part of an address in brackets.
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            guard let number = Int(authority[colon...].dropFirst()), (1...65535).contains(number)
            else { throw InvalidURL(text, "its port is not a number from 1 to 65535") }
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw InvalidURL(text, "it has no host") }
        guard host.utf8.allSatisfy(Self.isOfHosts) else {
            throw InvalidURL(text, "'\(host)' is no host")
        }
        self.host = String(host)
        self.port = port
        let trimmed = path.hasSuffix("/") ? path.dropLast() : path
        self.path = trimmed.isEmpty ? GatewayPath.charge : String(trimmed)
    }

    /// Letters, digits and what else stands in names and addresses; the rest is the resolver's to know.
    private static func isOfHosts(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: ":")).contains(byte) || "-._%".utf8.contains(byte)
    }

    var authority: String {
        (host.contains(":") ? "[\(host)]" : host)
            + (port == (isEncrypted ? 443 : 80) ? "" : ":\(port)")
    }

    public var description: String { "\(isEncrypted ? "https" : "http")://\(authority)\(path)" }
}

/// A text that is not the address of a gateway.
public struct InvalidURL: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ text: String, _ reason: String) {
        description = "'\(text)' cannot be a gateway's URL: \(reason)."
    }
}
