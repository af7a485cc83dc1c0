internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A command of `nexus` as a process of its own, to be killed.
///
/// It does not outlive this process, however this one ends: its standard input is a pipe of ours, and it ends
/// when that does.
public final class OwnProcess: Sendable {
    /// The variable that tells a process to end with its standard input, and to read no file of settings: those
    /// of this process are not meant for its children.
    public static let leash = "NEXUS_LEASH"

    /// While it is held, no other process of ours begins, which would keep the pipe open.
    private static let beginning = Mutex(())

    private let pid: pid_t
    /// The writing end of its standard input.
    private let input: Int32
    private let hasEnded = Mutex(false)

    /// - Parameters:
    ///   - output: a file to which its standard output is added.
    ///   - complaints: a file to which its standard error is added; nil for ours.
    public init(
        _ executable: String, _ words: [String], output: String, complaints: String?
    ) throws {
        (pid, input) = try Self.beginning.withLock { _ in
            try Self.begin(executable, words, output: output, complaints: complaints)
        }
    }

    private static func begin(
        _ executable: String, _ words: [String], output: String, complaints: String?
    ) throws -> (pid: pid_t, input: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw OperationFailed("\(executable) gets no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        let files = [(STDOUT_FILENO, output)] + (complaints.map { [(STDERR_FILENO, $0)] } ?? [])
        for (descriptor, file) in files {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, file, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        var arguments = ([executable] + words).map { strdup($0) } + [nil]
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("NEXUS_") }
        environment[leash] = "1"
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, nil, &arguments, &variables)
        guard code == 0 else {
            close(ends[1])
            throw OperationFailed(
                "\(executable) does not start: \(String(cString: strerror(code)))")
        }
        return (pid, ends[1])
    }

    deinit {
        close(input)
    }

    /// Whether it has not ended by itself.
    public func isRunning() -> Bool {
        hasEnded.withLock { hasEnded in
            if !hasEnded, waitpid(pid, nil, WNOHANG) == pid { hasEnded = true }
            return !hasEnded
        }
    }

    /// Ends it at once, as a crash does. It is gone when this returns.
    public func kill() {
        hasEnded.withLock { hasEnded in
            // The number of a process that was waited for may be another one's by now.
            if hasEnded { return }
            _ = systemKill(pid, SIGKILL)
            while waitpid(pid, nil, 0) < 0, errno == EINTR {}
            hasEnded = true
        }
    }
}

// The system's own functions, whose names the type above gives to its methods.

private func systemKill(_ pid: pid_t, _ signal: Int32) -> Int32 { kill(pid, signal) }
