import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A child process, and our ends of its pipes. Foundation's own `Process` crashes now and then when
/// several threads start children, and misses the end of one that ends at once.
struct Child {
    private let pid: pid_t
    /// Read to its end and closed by whoever made the child.
    let output: Int32
    /// Nil if complaints go where ours do.
    let complaints: Int32?

    private static let spawning = NSLock()

    /// - Parameter environment: all that the child has; nil for what this process has.
    init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil,
        catchingComplaints: Bool = false
    ) throws {
        // One at a time, or another child would hold our end open.
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

    /// Waits for its end. Until then its number is its own, even if it has ended long ago.
    /// - Returns: its status as `waitpid` has it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// Reads from one of our ends until the child has closed its own.
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
