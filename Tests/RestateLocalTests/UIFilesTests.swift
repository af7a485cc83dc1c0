import Foundation
import RestateLocal
import Support
import Testing

/// The web UI's files, from a folder.
@Suite(.timeLimit(.minutes(10))) struct UIFilesTests {
    /// A folder with an index and a script, beside a file that is nobody's business.
    private func withUI(
        _ body: (_ server: RunningLocalServer, _ folder: URL) async throws -> Void
    ) async throws {
        let place = FileManager.default.temporaryDirectory
            .appending(path: "ui-\(UUID().uuidString)")
        let folder = place.appending(path: "ui")
        defer { try? FileManager.default.removeItem(at: place) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "assets"), withIntermediateDirectories: true)
        try Data("<html>".utf8).write(to: folder.appending(path: "index.html"))
        try Data("let a".utf8).write(to: folder.appending(path: "assets/a b.js"))
        try Data("secret".utf8).write(to: place.appending(path: "secret.txt"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "out.txt"),
            withDestinationURL: place.appending(path: "secret.txt"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "up"), withDestinationURL: place)
        try await withLocalServer([], registered: false) {
            $0.uiDirectory = folder.path
        } body: { server, _ in
            try await body(server, folder)
        }
    }

    @Test func `the root leads to the UI`() async throws {
        try await withUI { server, _ in
            for (path, place) in [("/", "/ui/"), ("/ui", "/ui/"), ("/?a=b", "/ui/?a=b")] {
                let answer = try await ask(port: server.adminPort, "GET", path)
                #expect(answer.status == 308)
                #expect(answer.headers["location"] == place)
            }
        }
    }

    @Test func `files are served as what they are`() async throws {
        try await withUI { server, _ in
            let script = try await ask(port: server.adminPort, "GET", "/ui/assets/a%20b.js")
            #expect(script.status == 200)
            #expect(script.text == "let a")
            #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
            #expect(script.headers["service-worker-allowed"] == "/")
            let head = try await ask(port: server.adminPort, "HEAD", "/ui/assets/a%20b.js")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.headers["content-type"] == "text/javascript; charset=utf-8")
        }
    }

    @Test func `a page of the UI is its index, a file that is not there is not`() async throws {
        try await withUI { server, _ in
            for path in ["/ui/", "/ui/overview", "/ui/invocations/inv_1?a=b.c", "/ui/assets"] {
                let answer = try await ask(port: server.adminPort, "GET", path)
                #expect(answer.status == 200, "\(path)")
                #expect(answer.text == "<html>")
                #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
            }
            #expect(try await ask(port: server.adminPort, "GET", "/ui/no.js").status == 404)
            #expect(try await ask(port: server.adminPort, "POST", "/ui/").status == 404)
            #expect(try await ask(port: server.adminPort, "GET", "/version").status == 200)
            let elsewhere = try await ask(
                port: server.adminPort, "GET", "/ui/", headers: [("origin", "http://evil.example")])
            #expect(elsewhere.status == 403)
        }
    }

    @Test(arguments: [
        "/ui/../secret.txt", "/ui/%2e%2e/secret.txt", "/ui/..%2Fsecret.txt",
        "/ui/assets/../../secret.txt",
        "/ui/out.txt", "/ui/up/secret.txt", "/ui//secret.txt", "/ui/%2Fetc%2Fpasswd.txt",
        "/ui/index.html%00.txt", "/ui/%ff.txt",
    ])
    func `nothing outside of the folder is served`(path: String) async throws {
        try await withUI { server, _ in
            let answer = try await ask(port: server.adminPort, "GET", path)
            #expect(answer.status == 404, "\(answer.text)")
        }
    }

    @Test(arguments: ["/nowhere/at/all", "/"])
    func `a folder that has no UI is told at the start`(folder: String) async throws {
        var settings = LocalServerSettings()
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.uiDirectory = folder
        await #expect(throws: LocalServerError.self) {
            _ = try await LocalServer(settings).start()
        }
    }
}
