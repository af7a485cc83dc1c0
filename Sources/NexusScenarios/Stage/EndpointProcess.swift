internal import Foundation
internal import Glibc
internal import Restate

/// `nexus serve` as a process of its own, so that it can be killed in the middle of something.
struct EndpointProcess {
    private let pid: pid_t

    init(executable: String, port: Int, gateway: String, mailTime: Duration) throws {
        let milliseconds = mailTime / .milliseconds(1)
        let words = [
            executable, "serve", "--host", "127.0.0.1", "--port", "\(port)", "--loops", "1",
            "--gateway-url", gateway, "--mail-time", "\(Int(milliseconds))ms",
            "--log", "trouble",
        ]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        if Stage.logger is SilentLogger {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        var arguments = words.map { strdup($0) } + [nil]
        // Settings of this process are not meant for its children.
        var variables: [UnsafeMutablePointer<CChar>?] =
            ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("NEXUS_") }
            .map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, nil, &arguments, &variables)
        guard code == 0 else {
            throw ScenarioError("\(executable) does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
    }

    /// Ends it at once, as a crash does. It is gone when this returns.
    func kill() {
        _ = Glibc.kill(pid, SIGKILL)
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }
}
