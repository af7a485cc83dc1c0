import Foundation

/// A worker, and how it ended.
///
/// Started and awaited without Foundation's `Process`, which now and then misses the end of a child
/// that ends at once.
final class WorkerProcess {
    enum End: Equatable { case status(Int32), signal(Int32) }

    private let pid: pid_t
    private(set) var end: End?

    /// - Parameter complaints: the file that gets its standard error.
    init(_ program: URL, _ arguments: [String], complaints: URL) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, complaints.path(), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        var words = ([program.path()] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program.path(), &actions, nil, &words, &variables)
        guard code == 0 else {
            throw Finding("\(program.path()) does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    /// Looks whether it has ended.
    var isRunning: Bool {
        if end == nil { wait(options: WNOHANG) }
        return end == nil
    }

    func kill() {
        if end != nil { return }
        Foundation.kill(pid, SIGKILL)
        wait(options: 0)
    }

    private func wait(options: Int32) {
        var status: Int32 = 0
        var found = waitpid(pid, &status, options)
        while found < 0, errno == EINTR { found = waitpid(pid, &status, options) }
        if found == 0 { return }
        // What cannot be awaited has not ended well.
        if found < 0 { return end = .status(-1) }
        let signal = status & 0x7f
        end = signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
    }
}
