public import Commands
public import Foundation

/// Flags whose values are addresses of servers.
extension Arguments {
    /// The address that a flag names; nil if it is not said.
    public func address(_ flag: String) throws(UsageError) -> URL? {
        guard let text = text(flag) else { return nil }
        return try address(flag, text)
    }

    /// A text that stands for a flag's value as an address.
    public func address(_ flag: String, _ text: String) throws(UsageError) -> URL {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
            let host = url.host(percentEncoded: true), Host.isOne(host),
            (0...65535).contains(url.port ?? 0)
        else {
            throw UsageError(
                "\(called(flag)) must be an address like http://localhost:8080, not '\(text)'.")
        }
        return url
    }
}
