#if RequestIdentity
import RestateIdentity
import RestateProtocol
import Support
import Testing

@testable import Restate

/// Signatures through an endpoint without a port: whoever carries the requests does not weaken the check.
@Suite(.timeLimit(.minutes(10)))
struct EmbeddedIdentityTests {
    private static let contentType = ("content-type", "application/vnd.restate.invocation.v6")
    private static let path = "/invoke/Plain/greet"
    private static let strangersKey = [UInt8](1...32)

    private static func endpoint() throws -> EmbeddedEndpoint {
        try EmbeddedEndpoint(Endpoint(Plain()).requestIdentity(keys: [TestKey.text]).quiet)
    }

    private static var journal: [UInt8] {
        var journal = Journal()
        journal.input = #""alice""#
        return journal.bytes
    }

    @Test(arguments: [path, "/mounted/here/invoke/Plain/greet"])
    func `an embedded endpoint with keys answers a signed request`(path: String) async throws {
        let request = EmbeddedRequest(
            method: "POST", path: path,
            headers: try TestKey.signature(Self.path) + [Self.contentType])
        let endpoint = try Self.endpoint()
        let whole = try await endpoint.respond(to: request, body: Self.journal)
        #expect(whole.status == 200)
        #expect(String(decoding: whole.body, as: UTF8.self).contains("alice"))
        let body = AsyncStream<[UInt8]> {
            $0.yield(Self.journal)
            $0.finish()
        }
        let streamed = try await endpoint.respond(to: request, streaming: body)
        #expect(streamed.status == 200)
        let discovery = try await endpoint.respond(
            to: EmbeddedRequest(
                method: "GET", path: "/discover", headers: try TestKey.signature("/discover")))
        #expect(discovery.status == 200)
        await endpoint.shutdown(grace: .zero)
    }

    @Test func `an embedded endpoint with keys refuses what is not signed with one of them`()
        async throws
    {
        let endpoint = try Self.endpoint()
        let signatures: [([(name: String, value: String)], IdentityRefusal?)] = [
            ([], .unsigned),
            (try TestKey.signature(Self.path, seed: Self.strangersKey), nil),
            (try TestKey.signature(Self.path, secondsAgo: 3600), nil),
            (try TestKey.signature("/invoke/Plain/nothing"), .otherPath),
        ]
        for (signature, refusal) in signatures {
            let request = EmbeddedRequest(
                method: "POST", path: Self.path, headers: signature + [Self.contentType])
            let whole = try await endpoint.respond(to: request, body: Self.journal)
            #expect(whole.status == 401)
            let text = String(decoding: whole.body, as: UTF8.self)
            if let refusal { #expect(text == refusal.description + "\n") }
            #expect(!text.contains("alice"))
            // The refusal does not wait for a body that never ends.
            let endless = AsyncStream<[UInt8]> { $0.yield([0]) }
            let streamed = try await endpoint.respond(to: request, streaming: endless)
            #expect(streamed.status == 401)
        }
        let discovery = try await endpoint.respond(
            to: EmbeddedRequest(method: "GET", path: "/discover"))
        #expect(discovery.status == 401)
        let health = try await endpoint.respond(
            to: EmbeddedRequest(method: "GET", path: "/health"))
        #expect(health.status == 200)
        await endpoint.shutdown(grace: .zero)
    }

    @Test func `an embedded endpoint does not begin with a key that is none`() {
        let error = #expect(throws: EndpointError.self) {
            try EmbeddedEndpoint(Endpoint(Plain()).requestIdentity(keys: ["nonsense"]))
        }
        #expect(error?.code == .identity)
    }
}
#endif
