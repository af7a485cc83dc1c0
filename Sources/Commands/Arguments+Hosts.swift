internal import Primitives

/// Flags whose values are hosts.
extension Arguments {
    /// Where to listen; nil if that is not said.
    public func host(_ name: String) throws(UsageError) -> String? {
        try text(name).map { text throws(UsageError) in
            guard let host = Host.listening(text) else { throw Host.mistake(called(name), text) }
            return host
        }
    }

    /// All hosts of a flag that may be repeated.
    public func hosts(_ name: String) throws(UsageError) -> [String] {
        try texts(name).map { text throws(UsageError) in
            guard Host.isOne(text) else { throw Host.mistake(called(name), text) }
            return text
        }
    }
}

/// Hosts as people write them, on command lines and in the environment.
public enum Host {
    public static func isOne(_ text: String) -> Bool { HostName(text) != nil }

    /// As who listens there wants it, an IPv6 address without brackets; nil if it is none. A star stands
    /// for all interfaces.
    public static func listening(_ text: String) -> String? {
        text == "*" ? text : HostName(text)?.text
    }

    public static let expected =
        "a name or an address like localhost, 127.0.0.1 or ::1, without a port"

    fileprivate static func mistake(_ name: String, _ text: String) -> UsageError {
        UsageError("\(name) must be \(expected), not '\(text)'.")
    }
}
