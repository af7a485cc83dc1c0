import Foundation
import Support
import Testing

/// The page of the program `nexus`.
@Suite(.timeLimit(.minutes(10)))
struct PageCommandTests {
    @Test func `a copy of the program has its page with it, wherever it lies`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "nexus-page-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let built = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let copy = folder.appending(path: "copy")
        try await copyProgram(built.appending(path: "nexus"), to: copy)
        let process = try await DoomedProduct(
            program: copy.path(percentEncoded: false),
            ["serve", "--host", "127.0.0.1", "--port", "0"], saying: "page")
        let answer = try? await Browsing(port: process.port).get("/")
        await process.kill()
        #expect(answer?.status == 200)
        #expect(answer?.text.contains("<title>Nexus box office</title>") == true)
    }

    @Test func `without the page there is none of its routes`() async throws {
        try await withProduct(
            "nexus", ["serve", "--host", "127.0.0.1", "--port", "0", "--no-page"]
        ) { port in
            for path in ["/", "/page/page.js", "/api/seats", "/api/bookings/inv_1"] {
                let answer = try await Browsing(port: port).get(path)
                #expect(answer.status == 404)
            }
            let answer = try await Browsing.visitor(port).book("seat-1")
            #expect(answer.status == 404)
        }
    }

    @Test(arguments: ["localhost", "ftp://x", "http://", "http://a:0"])
    func `an ingress that is no address is refused`(url: String) async throws {
        let ended = try await EndedProcess(product: "nexus", ["serve", "--ingress-url", url])
        #expect(ended.status == 2)
        #expect(
            ended.complaint.hasPrefix(
                "nexus: --ingress-url must be an address like http://localhost:8080, not '\(url)'.")
        )
    }
}
