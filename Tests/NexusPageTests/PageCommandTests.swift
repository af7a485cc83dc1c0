import Support
import Testing

/// The page of the program `nexus`.
@Suite(.timeLimit(.minutes(10)))
struct PageCommandTests {
    @Test func `a copy of the program has its page with it, wherever it lies`() async throws {
        try await withProduct("nexus", ["serve", "--host", "127.0.0.1", "--port", "0"]) { port in
            let answer = try await Browsing(port: port).get("/")
            #expect(answer.status == 200)
            #expect(answer.text.contains("<title>Nexus box office</title>"))
        }
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

    @Test(arguments: ["localhost", "ftp://x", "http://"])
    func `an ingress that is no address is refused`(url: String) async throws {
        let ended = try await EndedProcess(product: "nexus", ["serve", "--ingress-url", url])
        #expect(ended.status == 2)
        #expect(
            ended.complaint.hasPrefix(
                "nexus: --ingress-url must be an address like http://localhost:8080, not '\(url)'.")
        )
    }
}
