internal import NexusOperations
internal import Restate

extension OwnProcess {
    /// `nexus serve` as a process of its own, so that it can be killed in the middle of something.
    convenience init(
        executable: String, port: Int, gateway: String, mailTime: Duration
    ) throws {
        let milliseconds = mailTime / .milliseconds(1)
        try self.init(
            executable,
            [
                "serve", "--host", "127.0.0.1", "--port", "\(port)", "--loops", "1",
                "--gateway-url", gateway, "--mail-time", "\(Int(milliseconds))ms", "--log",
                "trouble",
            ], output: "/dev/null",
            complaints: Stage.logger is SilentLogger ? "/dev/null" : nil)
    }
}
