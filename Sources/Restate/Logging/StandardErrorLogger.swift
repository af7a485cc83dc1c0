internal import Times

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Writes each event as a line with a time on standard error. Endpoints use it by default.
///
/// ```
/// 2026-11-28T03:17:34.123Z WARN The attempt failed, … restate.invocation.id=inv_1 …
/// ```
/// Writing blocks while the reader of standard error is slow. If it stops reading, the program
/// stops too.
public struct StandardErrorLogger: RestateLogger {
    /// Makes the logger of endpoints that name no other one.
    public init() {}

    public func log(_ record: LogRecord) {
        let time = RFC3339.text(UInt64(clamping: millisecondsSince1970()))
        Self.write("\(time) \(record)\n")
    }

    /// Writes the line in one piece, so that lines of several threads do not mix.
    package static func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = systemWrite(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                // If standard error is closed, the line is lost: there is nowhere to report that.
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
