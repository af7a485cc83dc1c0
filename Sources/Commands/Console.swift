internal import Glibc

/// What a program says, and how it ends.
public enum Console {
    /// Prints a line at once, also into a pipe: somebody may wait for it there.
    public static func say(_ text: String) {
        write("\(text)\n", to: STDOUT_FILENO)
    }

    public static func complain(_ text: String) {
        write("\(text)\n", to: STDERR_FILENO)
    }

    /// Runs a program. What it throws is told as `<name>: <sentence>`; the status is 2 if the command
    /// line makes no sense, else 1.
    public static func run(_ name: String, _ body: @Sendable () async throws -> Void) async {
        do {
            try await body()
        } catch let error as UsageError {
            complain("\(name): \(error) '\(name) --help' tells more.")
            exit(2)
        } catch {
            fail(name, error)
        }
    }

    /// Ends the program at once, with what went wrong as a sentence and status 1.
    public static func fail(_ name: String, _ error: any Error) -> Never {
        let text = "\(error)"
        complain("\(name): \(text)\(text.hasSuffix(".") ? "" : ".")")
        exit(1)
    }

    /// One call for the whole text, so that lines of several threads do not mix.
    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EAGAIN {
                // A pipe that somebody made non-blocking is full: the line comes, later.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, -1)
            } else if count < 0, errno != EINTR {
                return
            }
            written += max(count, 0)
        }
    }
}
