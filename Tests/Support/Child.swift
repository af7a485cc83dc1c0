import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A child process, with our ends of its pipes. It replaces Foundation's `Process`, which sometimes
/// crashes when several threads start children, and misses the termination of a child that exits at
/// once.
struct Child {
    private let pid: pid_t
    /// The creator of the child reads it to its end and closes it.
    let output: Int32
    /// Nil if the child inherits our standard error.
    let complaints: Int32?

    private static let spawning = NSLock()

    /// - Parameter environment: the complete environment of the child; nil for ours.
    init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil,
        catchingComplaints: Bool = false
    ) throws {
        // Children are spawned one at a time, because a child that is spawned meanwhile would
        // inherit our ends of the pipes and keep them open.
        Self.spawning.lock()
        defer { Self.spawning.unlock() }
        let output = try Self.pipe()
        defer { close(output.writing) }
        let complaints = catchingComplaints ? try Self.pipe() : nil
        defer { if let complaints { close(complaints.writing) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        if let complaints { posix_spawn_file_actions_adddup2(&actions, complaints.writing, 2) }

        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment?.map { strdup("\($0.key)=\($0.value)") } ?? []
        variables.append(nil)
        defer { for text in argv + variables { free(text) } }
        var pid: pid_t = 0
        let code =
            environment == nil
            ? posix_spawnp(&pid, path, &actions, nil, &argv, environ)
            : posix_spawnp(&pid, path, &actions, nil, &argv, &variables)
        guard code == 0 else {
            close(output.reading)
            if let complaints { close(complaints.reading) }
            throw FixtureError("\(path) does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
        self.output = output.reading
        self.complaints = complaints?.reading
    }

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw FixtureError("No pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the termination. Until then the system does not reuse the process id.
    /// - Returns: the status as `waitpid` returns it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// Reads from one of our ends until the child has closed its end.
    static func read(_ descriptor: Int32, _ found: (ArraySlice<UInt8>) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            found(buffer.prefix(count))
        }
        close(descriptor)
    }
}
