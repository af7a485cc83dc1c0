internal import Commands
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Another process of this program.
///
/// It ends with this one, even if this one is killed: its standard input is a pipe that nobody else holds open, and
/// it is started with `--with-input` where it would go on.
final class ChildProcess {
    private let pid: pid_t
    private let input: Int32
    private var status: Int32?

    /// - Parameter variables: are added to those of this process.
    init(_ words: [String], variables added: [String: String] = [:]) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ClientFailed("There is no pipe: \(errno)") }
        // Other children must not hold it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        defer { close(ends[0]) }
        let program = "/proc/self/exe"
        let environment = ProcessInfo.processInfo.environment.merging(added) { $1 }
        var arguments = (["patterns"] + words).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, nil, &arguments, &variables)
        guard code == 0 else {
            close(ends[1])
            throw ClientFailed("A process does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
        input = ends[1]
    }

    deinit { close(input) }

    /// Whether it has not ended by itself.
    func isRunning() -> Bool {
        var found: Int32 = 0
        if status == nil, waitpid(pid, &found, WNOHANG) == pid { status = found }
        return status == nil
    }

    /// Whether it has ended with a status of its own, and was not killed.
    func hasExited() -> Bool { !isRunning() && (status ?? 0) & 0x7F == 0 }

    /// Ends it at once, as a crash does. It is gone when this returns.
    func kill() {
        // The number of a process that was waited for may be another one's by now.
        guard isRunning() else { return }
        _ = systemKill(pid, SIGKILL)
        _ = wait()
    }

    /// Waits for its end.
    /// - Returns: its status, as `waitpid` gives it.
    func wait() -> Int32 {
        if let status { return status }
        var found: Int32 = 0
        while waitpid(pid, &found, 0) < 0, errno == EINTR {}
        status = found
        return found
    }

    /// In the child: ends this process when its parent has ended.
    static func endWithInput() {
        Thread.detachNewThread {
            while readLine() != nil {}
            exit(0)
        }
    }

    static let flag = Flag(toggle: "--with-input", "ends when its standard input does")
}

// The system's own functions, whose names the type above gives to its methods.

private func systemKill(_ pid: pid_t, _ signal: Int32) -> Int32 { kill(pid, signal) }
