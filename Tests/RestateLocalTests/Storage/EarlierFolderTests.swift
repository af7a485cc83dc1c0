import Foundation
import Restate
import SQLite
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// Folders that earlier builds wrote: `Fixtures/data-folder` has them as SQL, named by the commit.
@Suite(.timeLimit(.minutes(2))) struct EarlierFolderTests {
    @Test(arguments: ["76685d0", "d7e5bd0"])
    func `a folder of an earlier build is opened, and what waits in it goes on`(
        commit: String
    ) async throws {
        let (path, settings) = try folder(of: commit)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withServer(settings) { server in
            try await look(at: server)
            if commit == "d7e5bd0" { try await lookAtJournals(server) }
            try await goOn(server)
        }
        try expectIndexes(path)
        // It is in today's format now.
        let format = try Database(path: "\(path)/\(DataFolder.fileName)")
            .number("PRAGMA user_version")
        #expect(format == DataFolder.format)
        try await withServer(settings) { server in
            let again = try await server.post("Counter/a/add", "5", key: "kept")
            #expect(again.text == #"{"newValue":10,"oldValue":5}"#)
        }
    }

    @Test
    func `a damaged record of a finished invocation does not keep a folder from being opened`()
        async throws
    {
        let (path, settings) = try folder(
            of: "d7e5bd0", change: "UPDATE finished SET record = x'ff' WHERE serial = 1")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withServer(settings) { server in
            let again = try await server.post("Counter/a/add", "5", key: "kept")
            #expect(again.text == #"{"newValue":10,"oldValue":5}"#)
        }
        let format = try Database(path: "\(path)/\(DataFolder.fileName)")
            .number("PRAGMA user_version")
        #expect(format == DataFolder.format)
    }

    @Test func `in a new folder, too, no large value is read to find another row`() async throws {
        let path = FileManager.default.temporaryDirectory.path + "/restate-new-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        (settings.ingressPort, settings.adminPort) = (0, 0)
        settings.dataDirectory = path
        try await withServer(settings) { _ in }
        try expectIndexes(path)
    }

    /// A look-up goes through an index that has the keys alone.
    private func expectIndexes(_ path: String) throws {
        let database = try Database(path: "\(path)/\(DataFolder.fileName)")
        for (table, key) in [
            ("journals", "serial = 1"), ("states", "service = 'a' AND key = 'b'"),
            ("promises", "service = 'a' AND key = 'b'"),
        ] {
            let plan = try database.prepare(
                "EXPLAIN QUERY PLAN SELECT 1 FROM \(table) WHERE \(key)"
            ).next()
            let text = plan.map { "\($0)" } ?? ""
            #expect(text.contains("USING COVERING INDEX"), "\(table): \(text)")
        }
    }

    private func folder(
        of commit: String, change: String = ""
    ) throws -> (path: String, settings: LocalServerSettings) {
        let path = FileManager.default.temporaryDirectory.path + "/restate-earlier-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        try Database(path: "\(path)/\(DataFolder.fileName)")
            .execute(Fixtures.text(inPackage: "Fixtures/data-folder/\(commit).sql") + change)
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.dataDirectory = path
        return (path, settings)
    }

    private func withServer(
        _ settings: LocalServerSettings, _ body: (RunningLocalServer) async throws -> Void
    ) async throws {
        let server = try await LocalServer(settings).start()
        let result: Result<Void, any Error>
        do {
            try await body(server)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await server.shutdown()
        try result.get()
    }

    /// Nothing is registered but what the folder has, where nobody listens.
    private func look(at server: RunningLocalServer) async throws {
        let again = try await server.post("Counter/a/add", "5", key: "kept")
        #expect(again.text == #"{"newValue":10,"oldValue":5}"#)
        let output = try await ask(
            port: server.ingressPort, "GET", "/restate/workflow/TourFlow/kept/output")
        #expect(output.text == #""n: done""#)
        let invocations = try await server.query(
            "SELECT target, CASE WHEN status IN ('ready', 'running', 'backing-off') THEN 'at work' "
                + "ELSE status END AS status FROM sys_invocation")
        for (target, status) in [
            ("Counter/a/add", "completed"), ("TourFlow/waiting/run", "at work"),
            ("TourFlow/paused/run", "paused"), ("Counter/later/add", "scheduled"),
            ("Counter/busy/add", "at work"), ("Counter/busy/add", "pending"),
        ] {
            #expect(invocations.contains(#"{"target":"\#(target)","status":"\#(status)"}"#))
        }
        let state = try await server.query(
            "SELECT service_key, value_utf8 FROM state WHERE service_key = 'a'")
        #expect(state == #"{"rows":[{"service_key":"a","value_utf8":"10"}]}"#)
        let promises = try await server.query(
            "SELECT service_key FROM sys_promise WHERE completed")
        #expect(promises == #"{"rows":[{"service_key":"kept"}]}"#)
        let deployment = try await server.query("SELECT endpoint FROM sys_deployment")
        #expect(deployment.contains("http://127.0.0.1:65535/"))
    }

    /// In this folder, one journal was to stay for a second, and stayed with the result.
    private func lookAtJournals(_ server: RunningLocalServer) async throws {
        let again = try await server.post("Counter/short/add", "1", key: "short")
        #expect(again.text == #"{"newValue":1,"oldValue":0}"#)
        let sizes = try await server.query(
            "SELECT target_service_key, journal_size FROM sys_invocation "
                + "WHERE target = 'Counter/short/add'")
        #expect(sizes == #"{"rows":[{"target_service_key":"short","journal_size":0}]}"#)
        let entries = try await server.query(
            "SELECT target_service_key, count(*) AS n FROM sys_journal JOIN sys_invocation "
                + "ON sys_journal.id = sys_invocation.id WHERE status = 'completed' "
                + "AND target_service_name = 'Counter' GROUP BY target_service_key")
        #expect(entries == #"{"rows":[{"target_service_key":"a","n":8}]}"#)
    }

    /// With an endpoint that answers.
    private func goOn(_ server: RunningLocalServer) async throws {
        try await server.register(Endpoint(Counter(), TourFlow()))
        let counted = try await server.post("Counter/a/get", "")
        #expect(counted.text == "10")
        // The pinned one is resumed where it can go on.
        let resolved = try await server.post("TourFlow/paused/resolve", #""now""#)
        #expect(resolved.text == #""resolved""#)
        try await resume("TourFlow/paused/run", "?deployment=latest", server)
        let attached = try await ask(
            port: server.ingressPort, "GET", "/restate/workflow/TourFlow/paused/attach")
        #expect(attached.text == #""again: now""#)
        // Two that had not begun, and a change of the state behind them. The first one backs off, and
        // may have gone on by itself meanwhile.
        try await resume("Counter/busy/add", "", server, unlessEnded: true)
        let busy = try await server.post("Counter/busy/add", "0")
        #expect(busy.text == #"{"newValue":7,"oldValue":7}"#)
    }

    private func resume(
        _ target: String, _ query: String, _ server: RunningLocalServer, unlessEnded: Bool = false
    ) async throws {
        let row = try await server.query(
            "SELECT id FROM sys_invocation WHERE target = '\(target)' "
                + "AND status NOT IN ('pending', 'completed')")
        let rows = try FixtureJSON(parsing: Array(row.utf8))["rows"]?.array ?? []
        if rows.isEmpty, unlessEnded { return }
        let id = try #require(rows.first?["id"]?.string)
        let resumed = try await ask(
            port: server.adminPort, "PATCH", "/invocations/\(id)/resume\(query)")
        // 409: it was in its next attempt already.
        #expect(resumed.status == 200 || unlessEnded && resumed.status == 409, "\(resumed.text)")
    }
}
