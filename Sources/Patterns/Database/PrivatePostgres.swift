#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

#if PostgreSQL
internal import Foundation

/// A PostgreSQL server of one's own, in a folder that is removed when it ends.
///
/// PostgreSQL refuses to run as root: then the server runs as `postgres`, or else as `nobody`.
public final class PrivatePostgres {
    /// Where the example's database is.
    public let url: String
    private let server: Process
    private let folder: URL

    /// Whether it can be started here.
    public static var isInstalled: Bool { initdb != nil }

    /// Starts a server, and returns when it answers.
    ///
    /// - Parameter port: of this machine alone; nil for a socket in the folder.
    public init(port: Int? = nil) async throws {
        guard let initdb = Self.initdb else { throw PrivatePostgresError("There is no initdb.") }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "postgres-\(UInt32.random(in: 0...UInt32.max))")
        let data = folder.appending(path: "data").path(percentEncoded: false)
        let user = "restatedb"
        let owner = try Self.makeFolder(folder)
        self.folder = folder
        let made = try Self.process(
            owner, initdb,
            ["-D", data, "-U", user, "--auth=trust", "--encoding=UTF8", "--no-sync"],
            log: folder)
        made.waitUntilExit()
        guard made.terminationStatus == 0 else {
            throw PrivatePostgresError("initdb fails: \(Self.log(folder))")
        }
        let socket = folder.path(percentEncoded: false)
        let place = port.map { ["-c", "listen_addresses=127.0.0.1", "-p", "\($0)"] }
        server = try Self.process(
            owner, initdb.replacing("initdb", with: "postgres"),
            ["-D", data, "-k", socket, "-c", "max_prepared_transactions=100", "-c", "fsync=off"]
                + (place ?? ["-c", "listen_addresses="]),
            log: folder)
        let base =
            port.map { "postgres://\(user):\(user)@127.0.0.1:\($0)" } ?? "postgres://\(user)@"
        let query = port == nil ? "?host=\(socket)" : ""
        url = "\(base)/exampledb\(query)"
        try await open("\(base)/postgres\(query)")
    }

    deinit { stop() }

    /// Ends the server and removes its folder.
    public func stop() {
        if server.isRunning {
            // The fast way to stop: sessions are ended.
            kill(server.processIdentifier, SIGINT)
            server.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Makes the database when the server answers.
    private func open(_ first: String) async throws {
        while true {
            do {
                try await Postgres(first).perform {
                    _ = try $0.query("CREATE DATABASE exampledb")
                }
                return try await Postgres(url).makeTables()
            } catch {
                guard server.isRunning else {
                    throw PrivatePostgresError("postgres ends: \(Self.log(folder))")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    // MARK: Programs

    private static var initdb: String? {
        let files = FileManager.default
        let versions = (try? files.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let newest = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            newest.map { "/usr/lib/postgresql/\($0)/bin" }
            + path.split(separator: ":").map(String.init)
        // Beside it must be the server, and not only a link to initdb.
        return folders.first {
            files.isExecutableFile(atPath: "\($0)/initdb")
                && files.isExecutableFile(atPath: "\($0)/postgres")
        }.map { "\($0)/initdb" }
    }

    /// Makes the folder, and gives it to whom the server will run as.
    /// - Returns: the user's name; nil to run as ourselves.
    private static func makeFolder(_ folder: URL) throws -> String? {
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            guard let user = getpwnam(name) else { continue }
            chown(folder.path(percentEncoded: false), user.pointee.pw_uid, user.pointee.pw_gid)
            return name
        }
        throw PrivatePostgresError("PostgreSQL does not run as root, and there is no other user.")
    }

    private static func process(
        _ owner: String?, _ program: String, _ words: [String], log folder: URL
    ) throws -> Process {
        let process = Process()
        let whole =
            owner.map {
                ["setpriv", "--reuid=\($0)", "--regid=\(groupID(of: $0))", "--clear-groups"]
            } ?? []
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = whole + [program] + words
        process.currentDirectoryURL = folder
        let log = logFile(folder)
        let path = log.path(percentEncoded: false)
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func groupID(of name: String) -> UInt32 {
        getpwnam(name).map { $0.pointee.pw_gid } ?? 0
    }

    private static func logFile(_ folder: URL) -> URL { folder.appending(path: "log") }

    private static func log(_ folder: URL) -> String {
        let text = (try? String(contentsOf: logFile(folder), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: " ")
    }
}

/// A server of one's own cannot be started.
struct PrivatePostgresError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
#endif
