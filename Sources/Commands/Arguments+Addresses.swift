#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Flags whose values are addresses of servers.
extension Arguments {
    /// The address that a flag names; nil if it is not said.
    public func address(_ flag: String) throws(UsageError) -> URL? {
        guard let text = text(flag) else { return nil }
        return try address(flag, text)
    }

    /// A text that stands for a flag's value as an address.
    public func address(_ flag: String, _ text: String) throws(UsageError) -> URL {
        try Variable(name: called(flag), text: text).address()
    }
}

extension Variable {
    /// The address of a server.
    public func address(like example: String = "http://localhost:8080") throws(UsageError) -> URL {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
            let host = url.host(percentEncoded: true), Host.isOne(host),
            // Port 0 is for listening: nobody can be called there.
            (1...65535).contains(url.port ?? 80)
        else { throw mistake("an address like \(example)") }
        return url
    }
}
