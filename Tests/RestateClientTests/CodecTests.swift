import Foundation
import Restate
import RestateClient
import Testing

@testable import TestServices

/// A client of an endpoint whose values go through a codec, or are in another format than JSON.
@Suite(.timeLimit(.minutes(10))) struct CodecTests {
    private static let codec = SealingCodec(secret: Array("a secret".utf8))
    private static let endpoint = Endpoint(Greeter(), Counter(), Signup(), Typed())
        .journalCodec(codec)

    @Test func `a client with the codec of the endpoint sees values as they are`() async throws {
        try await withClient(of: Self.endpoint) { plain, _ in
            let client = plain.journalCodec(Self.codec)
            let greeter = client.service(Greeter.self)
            #expect(try await greeter.greet("Ada") == "Hello, Ada")
            #expect(try await greeter.maybe() == nil)
            #expect(try await greeter.maybe("Ada") == "Ada")
            try await greeter.nothing()
            let sent = try await client.object(Counter.self, "k").add.send(2)
            #expect(try await sent.attach() == 2)
            #expect(try await sent.output() == 2)
            #expect(try await client.invocation(sent.id).attach() == 2)
            let once = client.object(Counter.self, "k").add.idempotencyKey("once")
            #expect(try await [once(3), once.attach(), once.output()] == [5, 5, 5])
            let signup = client.workflow(Signup.self, "alice")
            try await signup.run.send("Alice")
            try await signup.approve()
            #expect(try await signup.run.attach() == "Alice is in")
            // A server refuses the encoded nothing without one.
            #expect(try await client.service(Typed.self).type() == "application/octet-stream")
            let raw = client.call(service: "Greeter", handler: "greet")
            #expect(try await raw(Array(#""Ada""#.utf8)) == Array(#""Hello, Ada""#.utf8))
            let error = await #expect(throws: TerminalError.self) {
                _ = try await greeter.refuse(418)
            }
            #expect(error?.message == "No")
        }
    }

    @Test func `an awakeable is completed through the codec`() async throws {
        try await withClient(of: Self.endpoint) { plain, _ in
            let client = plain.journalCodec(Self.codec)
            let waiting = try await client.service(Greeter.self).wait.send("w")
            var id: String?
            while id == nil { id = try await client.object(Counter.self, "w").noted() }
            try await client.resolve(AwakeableID<String>(try #require(id)), with: "woken")
            #expect(try await waiting.attach() == "woken")
        }
    }

    @Test func `a client without the codec is refused, and what is stored is sealed`() async throws
    {
        try await withClient(of: Self.endpoint) { plain, admin in
            let error = await #expect(throws: TerminalError.self) {
                _ = try await plain.service(Greeter.self).greet("Ada")
            }
            #expect(error?.code == 400)
            #expect(
                error?.message
                    == "Failed to decode input using journal value codec: not encoded (codec 'sealing')"
            )
            let counter = plain.journalCodec(Self.codec).object(Counter.self, "k")
            #expect(try await counter.add(7) == 7)
            let stored = try #require(try await admin.state(of: "Counter", "k").entries["count"])
            #expect(stored.starts(with: Array("s1".utf8)))
            #expect(try Self.codec.decode(stored) == Array("7".utf8))
        }
    }

    @Test func `a client of an endpoint with a default format is told of it`() async throws {
        try await withClient(of: Endpoint(Greeter()).format(.text)) { plain, _ in
            let client = plain.format(.text)
            let greeting = try await client.service(Greeter.self).greet("Ada")
            #expect(greeting == "Hello, Ada")
            let raw = client.call(service: "Greeter", handler: "greet", contentType: "text/plain")
            let answer = try await raw(Array("Ada".utf8))
            #expect(answer == Array("Hello, Ada".utf8))
            let told = plain.service(Greeter.self).greet.inputFormat(.text).outputFormat(.text)
            let again = try await told("Eve")
            #expect(again == "Hello, Eve")
            // The server takes only what the manifest names.
            await #expect(throws: IngressError.self) {
                _ = try await plain.service(Greeter.self).greet("Ada")
            }
        }
    }
}

/// Tells the content type of a request without an input.
private struct Typed: Service {
    func type(_ ctx: Context) async throws -> String? { ctx.request.header("content-type") }

    struct API: HandlerTable {
        let type = handler(Typed.type)
    }
}
