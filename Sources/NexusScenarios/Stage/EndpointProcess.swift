internal import Glibc

/// `nexus serve` as a process of its own, so that it can be killed in the middle of something.
struct EndpointProcess {
    private let pid: pid_t

    init(executable: String, port: Int, gateway: String, mailTime: Duration) throws {
        let milliseconds = mailTime / .milliseconds(1)
        let words = [
            executable, "serve", "--host", "127.0.0.1", "--port", "\(port)", "--loops", "1",
            "--gateway-url", gateway, "--mail-time", "\(Int(milliseconds))ms",
        ]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for text in arguments { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, nil, &arguments, environ)
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
