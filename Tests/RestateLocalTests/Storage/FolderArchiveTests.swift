import Foundation
import Restate
import SQLite
import Support
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import TestServices

/// Results that are read from a data folder, through the ports.
@Suite(.timeLimit(.minutes(5))) struct FolderArchiveTests {
    /// A runtime on a folder that reads every result from it, with the tour's services.
    private func withServer<R>(
        _ path: String, _ body: (RunningLocalServer) async throws -> R
    ) async throws -> R {
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        (settings.ingressPort, settings.adminPort) = (0, 0)
        settings.dataDirectory = path
        settings.runtime.storedResultBytes = 0
        let server = try await LocalServer(settings).start()
        let result: Result<R, any Error>
        do {
            try await server.register(Endpoint(Tour(), TourObject()).quiet)
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        await server.shutdown()
        return try result.get()
    }

    private func withFolder(_ body: (_ path: String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/restate-archive-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func id(_ target: String, _ server: RunningLocalServer) async throws -> String {
        let row = try await server.query("select id from sys_invocation where target = '\(target)'")
        let rows = try FixtureJSON(parsing: Array(row.utf8))["rows"]?.array ?? []
        return try #require(rows.first?["id"]?.string)
    }

    @Test func `a result is answered from the folder, before and after a new start`() async throws {
        try await withFolder { path in
            try await withServer(path) { server in
                let first = try await server.post("Tour/echo", "\"x\"", key: "k")
                #expect(first.text == "\"x\"")
                try await self.look(at: server)
            }
            try await withServer(path) { server in
                try await self.look(at: server)
                let id = try await self.id("Tour/echo", server)
                let again = try await ask(
                    port: server.adminPort, "PATCH", "/invocations/\(id)/restart-as-new")
                #expect(again.status == 200)
                let purged = try await ask(
                    port: server.adminPort, "PATCH", "/invocations/\(id)/purge")
                #expect(purged.status == 200)
            }
            try await withServer(path) { server in
                let anew = try await server.post("Tour/echo", "\"y\"", key: "k")
                #expect(anew.text == "\"y\"")
                #expect(anew.headers["idempotency-expires"] == nil)
            }
        }
    }

    private func look(at server: RunningLocalServer) async throws {
        let again = try await server.post("Tour/echo", "\"other\"", key: "k")
        #expect(again.text == "\"x\"")
        #expect(again.headers["idempotency-expires"] != nil)
        let id = try await id("Tour/echo", server)
        for question in ["attach", "output"] {
            let answer = try await ask(
                port: server.ingressPort, "GET", "/restate/invocation/\(id)/\(question)")
            #expect(answer.text == "\"x\"")
        }
        let journal = try await server.query(
            "select entry_type from sys_journal where id = '\(id)'")
        #expect(journal.contains("Command: Input") && journal.contains("Command: Output"))
    }

    @Test
    func `a record that cannot be read is an error for the one who asked, and for nobody else`()
        async throws
    {
        try await withFolder { path in
            try await withServer(path) { server in
                for key in ["a", "b"] { _ = try await server.post("Tour/echo", "1", key: key) }
            }
            let file = "\(path)/\(DataFolder.fileName)"
            try Database(path: file).execute(
                "CREATE TABLE kept AS SELECT record FROM finished WHERE serial = 1; "
                    + "UPDATE finished SET record = x'0aff' WHERE serial = 1")
            try await withServer(path) { server in
                let damaged = try await server.post("Tour/echo", "1", key: "a")
                #expect(damaged.status == 503)
                #expect(damaged.text.contains("invocation number 1 cannot be read"))
                let sound = try await server.post("Tour/echo", "2", key: "b")
                #expect(sound.text == "1")
                let rows = try await server.query("select id from sys_invocation")
                #expect(rows.contains("invocation number 1 cannot be read"))
                let new = try await server.post("Tour/echo", "3")
                #expect(new.text == "3")
            }
            try Database(path: file).execute(
                "UPDATE finished SET record = (SELECT record FROM kept) WHERE serial = 1; "
                    + "DROP TABLE kept")
            try await withServer(path) { server in
                let again = try await server.post("Tour/echo", "2", key: "a")
                #expect(again.text == "1")
            }
        }
    }
}
