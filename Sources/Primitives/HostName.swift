#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The name or the address of a machine, without a port. What cannot be one is none, whether or not
/// somebody knows it.
package struct HostName: Hashable, Sendable {
    /// An IPv6 address without its brackets.
    package let text: String
    private let isIPv6: Bool

    package init?(_ text: String) {
        if text.contains(":") || text.hasPrefix("[") {
            let hasBrackets = text.hasPrefix("[") && text.hasSuffix("]")
            let address = hasBrackets ? String(text.dropFirst().dropLast()) : text
            guard Self.isIPv6(address) else { return nil }
            (self.text, isIPv6) = (address, true)
        } else {
            guard Self.isName(text) else { return nil }
            (self.text, isIPv6) = (text, false)
        }
    }

    /// As it stands in a URL and in the header `host`.
    package var inURL: String { isIPv6 ? "[\(text)]" : text }

    /// What stands behind a percent sign names one of the machine's own interfaces.
    private static func isIPv6(_ text: String) -> Bool {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count > 1, !isName(String(parts[1])) { return false }
        var address = in6_addr()
        return parts.first.map { inet_pton(AF_INET6, String($0), &address) == 1 } ?? false
    }

    private static func isName(_ text: String) -> Bool {
        let name = text.hasSuffix(".") ? text.dropLast() : text[...]
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy({ isLabel($0.utf8) }) else { return false }
        // No name ends with a number: that is an IPv4 address, in one of its forms.
        guard let last = labels.last, last.utf8.allSatisfy(isDigit) else { return true }
        var address = in_addr()
        return inet_aton(text, &address) == 1
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let dash = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != dash && label.last != dash
            && label.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || isDigit($0)
                    || $0 == dash || $0 == UInt8(ascii: "_")
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
