internal import Glibc
internal import Times

/// Writes each event as one line on standard error, with the time in front. What an endpoint does
/// without another logger.
///
/// ```
/// 2026-11-28T03:17:34.123Z WARN The attempt failed, … restate.invocation.id=inv_1 …
/// ```
/// Whoever writes waits until the line is taken: a program whose standard error nobody reads comes to a
/// stand.
public struct StandardErrorLogger: RestateLogger {
    public init() {}

    public func log(_ record: LogRecord) {
        let time = RFC3339.text(UInt64(clamping: millisecondsSince1970()))
        Self.write("\(time) \(record)\n")
    }

    /// In one piece, so that lines of several threads do not mix.
    static func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                // Who does not read it misses it: there is nobody to tell.
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}

/// Drops every event, and has none formatted.
public struct SilentLogger: RestateLogger {
    public init() {}

    public func log(_ record: LogRecord) {}
}
