internal import Foundation
internal import Glibc
internal import NexusOperations

/// A process of the test's own, to be killed.
final class LoadChild {
    private let pid: pid_t
    private var hasEnded = false

    /// - Parameter log: a file to which standard output and error are added.
    init(_ executable: String, _ words: [String], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var arguments = ([executable] + words).map { strdup($0) } + [nil]
        // Settings of this process are not meant for its children.
        var variables: [UnsafeMutablePointer<CChar>?] =
            ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("NEXUS_") }
            .map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, nil, &arguments, &variables)
        guard code == 0 else {
            throw OperationFailed(
                "\(executable) does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    /// Whether it has not ended by itself.
    func isRunning() -> Bool {
        if !hasEnded, waitpid(pid, nil, WNOHANG) == pid { hasEnded = true }
        return !hasEnded
    }

    /// Ends it at once, as a crash does. It is gone when this returns.
    func kill() {
        // The number of a process that was waited for may be another one's by now.
        guard isRunning() else { return }
        _ = Glibc.kill(pid, SIGKILL)
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
        hasEnded = true
    }
}
