#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A failed system call: which one, on what, and why.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call and its subject, as in `bind 127.0.0.1:9080`.
    package var call: String
    package var errno: Int32
    /// The reason, where it is not that of `errno`. Name resolution has a table of its own.
    package var reason: String?

    package init(_ call: String, errno: Int32, reason: String? = nil) {
        self.call = call
        self.errno = errno
        self.reason = reason
    }

    /// Describes the failure of the call just made.
    init(_ call: String) { self.init(call, errno: lastError()) }

    package var description: String {
        if let reason { return "\(call): \(reason)" }
        // `strerror` returns a buffer that all threads share.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let base = text.baseAddress, strerror_r(errno, base, text.count) == 0 else {
                return "\(call): error \(errno)"
            }
            return "\(call): \(String(cString: base))"
        }
    }
}

/// The number of the last error, where a property has its name.
private func lastError() -> Int32 { errno }
