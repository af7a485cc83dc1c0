import Foundation
import Primitives
import Restate
import RestateHTTP
import RestateProtocol
import SQLite
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// The folder on the disk, and what can be wrong with it.
@Suite(.timeLimit(.minutes(10))) struct DataFolderTests {
    /// A folder for the time of a test.
    private func withFolder<R>(_ body: (_ path: String) async throws -> R) async throws -> R {
        let path = FileManager.default.temporaryDirectory.path + "/restate-data-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private func settings(_ path: String) -> LocalServerSettings {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.dataDirectory = path
        // Every result is read from the folder.
        settings.runtime.storedResultBytes = 0
        return settings
    }

    /// A runtime on the folder, with the tour's services in this process.
    private func withServer<R>(
        _ path: String, _ body: (RunningLocalServer) async throws -> R
    ) async throws -> R {
        let server = try await LocalServer(settings(path)).start()
        do {
            try await server.register(Endpoint(Tour(), TourObject()).quiet)
            let result = try await body(server)
            await server.shutdown()
            return result
        } catch {
            await server.shutdown()
            throw error
        }
    }

    /// Why a runtime does not start on the folder, which it leaves as it was.
    private func refusal(_ path: String) async throws -> String {
        let before = try contents(path)
        do {
            var settings = settings(path)
            settings.folderWaits = 0
            let server = try await LocalServer(settings).start()
            await server.shutdown()
            return "it started"
        } catch {
            #expect(try contents(path) == before)
            return "\(error)"
        }
    }

    private func contents(_ path: String) throws -> [String: Data] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return [:]
        }
        guard isFolder.boolValue else {
            return ["": try Data(contentsOf: URL(filePath: path))]
        }
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            contents[name] = try Data(contentsOf: URL(filePath: path + "/" + name))
        }
        return contents
    }

    private func file(_ path: String) -> String { "\(path)/\(DataFolder.fileName)" }

    @Test func `what was answered is there after a new start`() async throws {
        try await withFolder { path in
            // The folders above are made, too.
            let deep = path + "/a/b"
            try await withServer(deep) { server in
                let filled = try await server.post("TourObject/k/fill", "3", key: "once")
                #expect(filled.status == 200)
                let sent = try await server.post("Tour/echo/send?delay=1h", "1")
                #expect(sent.status == 202)
            }
            #expect(try contents(deep).keys.sorted() == [DataFolder.fileName])
            try await withServer(deep) { server in
                let read = try await server.post("TourObject/k/readAll", "")
                #expect(read.text == #"[["k0","k1","k2"],[0,1,2]]"#)
                let again = try await server.post("TourObject/k/fill", "3", key: "once")
                #expect(again.headers["idempotency-expires"] != nil)
                let rows = try await server.query(
                    "select status, target from sys_invocation where status = 'scheduled'")
                #expect(rows.contains("Tour/echo"))
            }
        }
    }

    @Test func `an orderly end is no failure of what was running`() async throws {
        let endpoint = try Endpoint(Tour()).quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        let result: Result<Void, any Error>
        do {
            result = .success(try await withFolder { try await orderlyEnd($0, endpoint.port) })
        } catch {
            result = .failure(error)
        }
        await endpoint.shutdown(grace: .zero)
        try result.get()
    }

    private func orderlyEnd(_ path: String, _ port: Int) async throws {
        var settings = settings(path)
        // One failure would be the end.
        settings.runtime.retryPolicy.maxAttempts = 1
        settings.runtime.retryPolicy.onMaxAttempts = .kill
        let attempts = "select last_attempt_server from sys_invocation where status = 'running'"
        for round in 0..<2 {
            let server = try await LocalServer(settings).start()
            do {
                if round == 0 {
                    try await server.register("http://127.0.0.1:\(port)")
                    let sent = try await server.post("Tour/sleep/send", "3600000")
                    #expect(sent.status == 202)
                }
                // Until the endpoint has answered, with the test's time as the limit.
                while try await !server.query(attempts).contains("restate-sdk") {
                    try await Task.sleep(for: .milliseconds(5))
                }
                let failures = try await server.query(
                    "select id from sys_invocation where last_failure is not null")
                #expect(!failures.contains("inv_"))
            } catch {
                await server.shutdown()
                throw error
            }
            await server.shutdown(grace: .seconds(1))
        }
    }

    @Test func `a second runtime on the same folder is refused, and takes over afterwards`()
        async throws
    {
        try await withFolder { path in
            try await withServer(path) { _ in
                let refusal = try await refusal(path)
                #expect(
                    refusal
                        == "The data folder '\(path)' is in use by another local runtime. Stop "
                        + "that one, or name another folder.")
            }
            try await withServer(path) { _ in }
        }
    }

    @Test func `a folder that is a file is refused`() async throws {
        try await withFolder { path in
            try Data("text".utf8).write(to: URL(filePath: path))
            let refusal = try await refusal(path)
            #expect(
                refusal
                    == "The data folder '\(path)' is a file. Name a folder, or a path for a new "
                    + "one.")
        }
    }

    @Test func `a folder that cannot be made or written is refused`() async throws {
        // Nobody can make anything there, not even root.
        let refusal = try await refusal("/proc/nowhere")
        #expect(refusal.hasPrefix("The data folder '/proc/nowhere' cannot be created."))
        do {
            let server = try await LocalServer(settings("/proc/self")).start()
            await server.shutdown()
            Issue.record("it started")
        } catch {
            #expect("\(error)".hasPrefix("The data folder '/proc/self' cannot be written: "))
        }
    }

    @Test func `a database of another program is refused`() async throws {
        try await withFolder { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Database(path: file(path)).execute(
                "CREATE TABLE other (a); INSERT INTO other VALUES (1)")
            let refusal = try await refusal(path)
            #expect(refusal.contains("it belongs to another program"))
        }
    }

    @Test func `what is no database is refused`() async throws {
        try await withFolder { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data(repeating: 65, count: 5000).write(to: URL(filePath: file(path)))
            let refusal = try await refusal(path)
            #expect(refusal.contains("is not a database of a local runtime"))
        }
    }

    @Test func `a database of a newer version is refused`() async throws {
        try await withFolder { path in
            try await withServer(path) { _ in }
            try Database(path: file(path)).execute("PRAGMA user_version = 9")
            let refusal = try await refusal(path)
            #expect(
                refusal.contains(
                    "it was written by a newer version of this program (its format is 9, this one "
                        + "knows formats up to \(DataFolder.format))"))
        }
    }

    @Test func `a page that was overwritten is found`() async throws {
        try await withFolder { path in
            try await withServer(path) { server in
                for number in 0..<50 {
                    _ = try await server.post("TourObject/k\(number)/fill", "20")
                }
            }
            let handle = try FileHandle(forUpdating: URL(filePath: file(path)))
            let size = try handle.seekToEnd()
            #expect(size > 5 * 4096)
            try handle.seek(toOffset: 4096)
            try handle.write(contentsOf: Data(repeating: 0xA5, count: 4096))
            try handle.close()
            let refusal = try await refusal(path)
            #expect(refusal.hasPrefix("The database '\(file(path))' is damaged: "))
            #expect(refusal.hasSuffix("restore a copy, or name another folder."))
        }
    }

    @Test func `a database that was emptied is not taken for a new one`() async throws {
        try await withFolder { path in
            let other = path + "-copy"
            defer { try? FileManager.default.removeItem(atPath: other) }
            try await withServer(path) { server in
                _ = try await server.post("Tour/echo", "1", key: "a")
                // As a crash would leave it, with the log.
                try FileManager.default.copyItem(atPath: path, toPath: other)
            }
            try Data().write(to: URL(filePath: file(other)))
            let refusal = try await refusal(other)
            #expect(refusal.contains("is damaged: it is empty, but its log is not"))
            try FileManager.default.removeItem(atPath: file(other))
            #expect(try await self.refusal(other).contains("it is empty, but its log is not"))
        }
    }

    @Test func `a log is damaged in the middle, and torn at its end`() async throws {
        try await withFolder { path in
            let other = path + "-copy"
            defer { try? FileManager.default.removeItem(atPath: other) }
            let log = file(other) + "-wal"
            try await withServer(path) { server in
                for number in 0..<20 {
                    _ = try await server.post("Tour/echo", "1", key: "\(number)")
                }
                try FileManager.default.copyItem(atPath: path, toPath: other)
            }
            let whole = try Data(contentsOf: URL(filePath: log))
            let frame = 24 + 4096
            #expect(whole.count > 32 + 20 * frame)
            for place in [5, 40, 32 + 24 + 100, 32 + 3 * frame + 9, 32 + 5 * frame + 24] {
                var damaged = whole
                damaged[place] ^= 1
                try damaged.write(to: URL(filePath: log))
                let refusal = try await refusal(other)
                #expect(
                    refusal.contains("is damaged: commits in its log cannot be read any more"),
                    "\(place)")
            }
            var torn = whole
            torn[whole.count - 10] ^= 1
            for data in [torn, whole.dropLast(100), Data(count: 5000), whole] {
                try data.write(to: URL(filePath: log))
                #expect(try !DataFolder(other).isNew)
            }
            try await withServer(other) { server in
                let again = try await server.post("Tour/echo", "2", key: "19")
                #expect(again.text == "1")
            }
        }
    }

    @Test func `a value that is too long for the database is an error, and not the last one`()
        throws
    {
        let database = try Database()
        try database.execute("CREATE TABLE t (a BLOB)")
        database.limitValues(to: 100)
        let put = try database.prepare("INSERT INTO t VALUES (?)")
        try put.run([.bytes([1, 2, 3])])
        #expect(throws: SQLiteError.self) {
            try put.run([.bytes([UInt8](repeating: 7, count: 101))])
        }
        #expect(try database.number("SELECT count(*) FROM t") == 1)
    }

    @Test func `a record that does not decode is named`() async throws {
        try await withFolder { path in
            try await withServer(path) { server in
                _ = try await server.post("Tour/echo/send?delay=1h", "1")
            }
            try Database(path: file(path)).execute(
                "UPDATE invocations SET record = x'0aff' WHERE serial = 1")
            let refusal = try await refusal(path)
            #expect(
                refusal.contains(
                    "is damaged: invocation number 1 cannot be read: the message ends"))
        }
    }

    @Test func `nobody else can read a data folder, whatever the process's mask`() async throws {
        try await withFolder { path in
            let before = umask(0o022)
            defer { umask(before) }
            try await withServer(path) { server in
                try await server.register(Endpoint(Tour()).quiet)
                _ = try await server.post("Tour/echo", "1", key: "a")
                let files = FileManager.default
                func mode(_ name: String) throws -> Int? {
                    try files.attributesOfItem(atPath: path + name)[.posixPermissions] as? Int
                }
                #expect(try mode("") == 0o700)
                for name in try files.contentsOfDirectory(atPath: path) {
                    #expect(try mode("/" + name) == 0o600, "\(name)")
                }
            }
            // A folder of an earlier version is closed to others when it is used again.
            chmod(file(path), 0o644)
            try await withServer(path) { _ in
                let attributes = try FileManager.default.attributesOfItem(atPath: file(path))
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }
    }

    @Test func `when the disk is full nothing more is answered, and nothing is lost`() async throws
    {
        try await withFolder { path in
            let failures = Locked<[String]>([])
            let server: RunningLocalServer
            var chosen = settings(path)
            chosen.storageFailed = { error in failures.withLock { $0.append("\(error)") } }
            // So small that a few values fill it.
            chosen.runtime.pageLimit = 40
            server = try await LocalServer(chosen).start()
            try await server.register(Endpoint(Tour(), TourObject()).quiet)
            var answered: [String] = []
            var refused: Answer?
            for number in 0..<200 where refused == nil {
                let key = "full-\(number)"
                let value = "\"" + String(repeating: "x", count: 2000) + "\""
                let reply = try await server.post("Tour/echo", value, key: key)
                if reply.status == 200 { answered.append(key) } else { refused = reply }
            }
            let reply = try #require(refused)
            #expect(reply.status == 503)
            #expect(reply.text.contains("database or disk is full. Nothing more is accepted"))
            #expect(reply.text.contains("Make room on the disk and start again."))
            #expect(answered.count > 3)
            let later = try await server.post("Tour/echo", "1")
            #expect(later.status == 503)
            let admin = try await server.query("select 1 as one")
            #expect(admin.contains("disk is full"))
            // Whoever is told may end the process, so it comes behind the answers.
            while failures.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(20)) }
            #expect(failures.withLock { $0.count } == 1)
            await server.shutdown()

            try await withServer(path) { server in
                for key in answered {
                    let again = try await server.post("Tour/echo", "1", key: key)
                    #expect(again.headers["idempotency-expires"] != nil)
                    #expect(again.text.count == 2002)
                }
            }
        }
    }
}
