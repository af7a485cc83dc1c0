import Foundation
import Primitives
import Restate
import RestateClient
import RestateHTTP
import RestateLocal
import Support
import Testing

/// A local runtime that signs its requests, and endpoints that check them.
@Suite(.timeLimit(.minutes(10)))
struct IdentityTests {
    private static let key = "publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY"

    private static func pem(
        _ base64: String = "MC4CAQAwBQYDK2VwBCIEIPe++4ZTPQDF81otpoU/mOGHC2vOAVp9WbiCblvn3nXO"
    ) -> String {
        let kind = "PRIVATE KEY"
        return "-----BEGIN \(kind)-----\n\(base64)\n-----END \(kind)-----\n"
    }

    /// A server that is to sign with what this file holds; without a text there is no file.
    private func withServer<R>(
        signing text: String? = pem(), body: (RunningLocalServer, [String]) async throws -> R
    ) async throws -> R {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "identity-\(UUID().uuidString).pem")
        if let text { try Data(text.utf8).write(to: file) }
        defer { try? FileManager.default.removeItem(at: file) }

        let lines = Locked<[String]>([])
        var settings = LocalServerSettings()
        settings.host = "127.0.0.1"
        settings.ingressPort = 0
        settings.adminPort = 0
        settings.identityKeyFile = file.path(percentEncoded: false)
        settings.log = { line in lines.withLock { $0.append(line) } }
        let server = try await LocalServer(settings).start()
        let result: Result<R, any Error>
        do {
            result = .success(try await body(server, lines.withLock { $0 }))
        } catch {
            result = .failure(error)
        }
        await server.shutdown()
        return try result.get()
    }

    private func withEndpoint<R>(
        _ endpoint: Endpoint, body: (String) async throws -> R
    ) async throws -> R {
        let running = try endpoint.quiet.start(host: "127.0.0.1", port: 0, loops: 1)
        let result: Result<R, any Error>
        do {
            result = .success(try await body("http://127.0.0.1:\(running.port)"))
        } catch {
            result = .failure(error)
        }
        await running.shutdown(grace: .zero)
        return try result.get()
    }

    #if RequestIdentity
    private static let endpoint = Endpoint(Door(), Room()).requestIdentity(keys: [key])

    private func client(_ server: RunningLocalServer) throws -> RestateClient {
        RestateClient(ingress: try #require(URL(string: server.ingressURL)))
    }

    @Test(arguments: ["", "/mounted/here", "/mounted/?x=1"])
    func `an endpoint takes what its server signs, and only that`(_ path: String) async throws {
        try await withServer { server, lines in
            #expect(lines.contains("Requests are signed; endpoints trust \(Self.key)"))
            try await withEndpoint(Self.endpoint) { url in
                try await server.register(url + path)
                let door = try client(server).service(Door.self)
                #expect(try await door.knock("alice") == "Come in, alice")
                // Keys are named in the signature as they are, whatever they look like in a header.
                for key in ["a/b", "\u{1F511} ä\"\\\n", String(repeating: "k", count: 5000)] {
                    let room = try client(server).object(Room.self, key)
                    #expect(try await room.enter(1) == 1)
                    #expect(try await room.enter(2) == 3)
                }
                let port = try #require(URL(string: url)?.port)
                #expect(try await ask(port: port, "GET", "/discover").status == 401)
                #expect(try await ask(port: port, "POST", "/invoke/Door/knock").status == 401)
            }
        }
    }

    @Test func `with another key registration fails, and says why`() async throws {
        let other = "publickeyv1_DMKZqgAWyqFfc1u96B21SfR1jqcep2HWwjkxXiZnuVJ2"
        try await withServer { server, _ in
            try await withEndpoint(Endpoint(Door()).requestIdentity(keys: [other])) { url in
                let error = await #expect(throws: LocalServerError.self) {
                    try await server.register(url)
                }
                #expect(error?.description.contains("401") == true)
                #expect(error?.description.contains("a key that this endpoint trusts") == true)
            }
            // One of two is enough.
            let both = Endpoint(Door()).requestIdentity(keys: [other])
                .requestIdentity(keys: [Self.key])
            try await withEndpoint(both) { url in
                try await server.register(url)
                let door = try client(server).service(Door.self)
                #expect(try await door.knock("bob") == "Come in, bob")
            }
        }
    }

    @Test func `a server that does not sign is refused`() async throws {
        try await withLocalServer([Door()], registered: false) { server, _ in
            try await withEndpoint(Self.endpoint) { url in
                let error = await #expect(throws: LocalServerError.self) {
                    try await server.register(url)
                }
                #expect(error?.description.contains("takes signed requests only") == true)
            }
            // In one process there is nobody in between.
            try await server.register(Self.endpoint)
            #expect(try await client(server).service(Door.self).knock("eve") == "Come in, eve")
        }
    }

    @Test(arguments: [nil, "", "no key", pem("AAAA")])
    func `a server that cannot sign as it should does not start`(_ text: String?) async throws {
        let error = await #expect(throws: LocalServerError.self) {
            try await withServer(signing: text) { _, _ in }
        }
        let sentence = try #require(error).description
        #expect(
            sentence.contains(
                text == nil ? "cannot be read" : "does not contain a request identity key"))
        #expect(sentence.contains("identity-"))
    }
    #else
    @Test func `without the trait a server that is given a key refuses to start`() async throws {
        let error = await #expect(throws: LocalServerError.self) {
            try await withServer { _, _ in }
        }
        #expect(error?.description.contains("swift build --traits RequestIdentity") == true)
    }
    #endif

    @Test func `a server without a key sends no word of signatures`() async throws {
        let seen = Locked<[String]>([])
        let endpoint = Endpoint(Door()).route("GET", "/own/discover") { request in
            seen.withLock { $0 = request.headers.map(\.name) }
            return .text("", status: 500)
        }
        try await withLocalServer([Door()], registered: false) { server, _ in
            try await withEndpoint(endpoint) { url in
                let error = await #expect(throws: LocalServerError.self) {
                    try await server.register(url + "/own")
                }
                #expect(error?.description.contains("answered 500") == true)
            }
        }
        let names = seen.withLock { $0 }
        #expect(names.contains("x-restate-cluster-name"))
        #expect(!names.contains { $0.contains("signature") || $0.contains("jwt") })
    }
}

private struct Door: Service {
    func knock(_ ctx: Context, name: String) async throws -> String { "Come in, \(name)" }

    struct API: HandlerTable {
        let knock = handler(Door.knock)
    }
}

private struct Room: VirtualObject {
    private static let people = StateKey<Int>("people", default: 0)

    func enter(_ ctx: ObjectContext, more: Int) async throws -> Int {
        let sum = try await ctx.get(Self.people) + more
        ctx.set(Self.people, sum)
        return sum
    }

    struct API: HandlerTable {
        let enter = exclusive(Room.enter)
    }
}
