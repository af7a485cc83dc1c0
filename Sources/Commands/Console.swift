#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Writes a program's output and ends it with an exit status.
public enum Console {
    /// Prints a line without buffering, even into a pipe, because another program may wait for it.
    public static func say(_ text: String) {
        write("\(text)\n", to: STDOUT_FILENO)
    }

    public static func complain(_ text: String) {
        write("\(text)\n", to: STDERR_FILENO)
    }

    /// Runs a program. An error is printed as `<name>: <sentence>`. The exit status is 2 for an
    /// invalid command line, the error's own if it has one, and 1 for any other error.
    public static func run(_ name: String, _ body: @Sendable () async throws -> Void) async {
        do {
            try await body()
        } catch let error as UsageError {
            complain("\(name): \(error) See '\(error.command ?? name) --help'.")
            exit(2)
        } catch {
            fail(name, error)
        }
    }

    /// Does what a word of the command line asks for. A mistake in the other words names the word, because its
    /// help tells its flags.
    ///
    /// - Parameter name: the program's, and the words, as `nexus serve`.
    nonisolated(nonsending) public static func command(
        _ name: String, _ body: nonisolated(nonsending) () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch var error as UsageError {
            error.command = error.command ?? name
            throw error
        }
    }

    /// Prints the error and ends the program immediately: with the error's own status, or with 1.
    public static func fail(_ name: String, _ error: any Error) -> Never {
        let text = "\(error)"
        complain("\(name): \(text)\(text.hasSuffix(".") ? "" : ".")")
        exit((error as? any StatedExit)?.exitStatus ?? 1)
    }

    /// Writes the whole text with one call if possible, so that lines of several threads do not
    /// mix.
    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                systemWrite(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EAGAIN {
                // The pipe is non-blocking and full. Waiting keeps the line from getting lost.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, -1)
            } else if count < 0, errno != EINTR {
                return
            }
            written += max(count, 0)
        }
    }
}

/// An error that scripts tell apart from others by the status with which the program ends.
public protocol StatedExit: Error {
    var exitStatus: Int32 { get }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
