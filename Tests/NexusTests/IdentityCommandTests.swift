import Restate
import Support
import Testing

/// The flags and variables that name a server's public key.
@Suite(.timeLimit(.minutes(10)))
struct IdentityCommandTests {
    private static let key = "publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY"
    private static let listening = ["--host", "127.0.0.1", "--port", "0"]

    private func complaint(_ key: String, of product: String) async throws -> String {
        let ended =
            product == "nexus"
            ? try await EndedProcess(
                product: product, ["serve", "--identity-key", key] + Self.listening)
            : try await EndedProcess(
                product: product, Self.listening, environment: ["E2E_REQUEST_SIGNING": key])
        #expect(ended.status == (product == "nexus" ? 2 : 1))
        #expect(ended.output.isEmpty)
        #expect(ended.complaint.hasPrefix("\(product): "))
        #expect(ended.complaint.hasSuffix(".\n") && !ended.complaint.hasSuffix("..\n"))
        return ended.complaint
    }

    @Test(arguments: [["config"], ["config", "serve"]])
    func `a key that cannot be used is told before anything is started`(words: [String])
        async throws
    {
        let ended = try await EndedProcess(
            product: "nexus", words, environment: ["NEXUS_IDENTITY_KEY": "secret"])
        #expect(ended.status == 2)
        #expect(ended.output.isEmpty)
        #expect(ended.complaint.hasPrefix("nexus: NEXUS_IDENTITY_KEY: "))
    }

    @Test(arguments: ["nexus", "test-services"])
    func `a list of keys without any is no open door`(_ product: String) async throws {
        for list in [",", " ", ", ,"] {
            #expect(try await complaint(list, of: product).contains("keys is empty"))
        }
    }

    #if RequestIdentity
    @Test(arguments: ["nexus", "test-services"])
    func `one malformed key of several is told`(_ product: String) async throws {
        for list in ["secret", "\(Self.key),secret", "\(Self.key), secret"] {
            #expect(
                try await complaint(list, of: product).contains("keys begin with 'publickeyv1_'"))
        }
    }

    @Test func `nexus with keys refuses strangers, and its routes stay open`() async throws {
        let other = "publickeyv1_DMKZqgAWyqFfc1u96B21SfR1jqcep2HWwjkxXiZnuVJ2"
        let keys = ["--identity-key", other, "--identity-key=\(Self.key),\(other)"]
        try await withProduct("nexus", ["serve"] + Self.listening + keys) { port in
            for (method, path, status) in [
                ("GET", "/discover", 401), ("POST", "/invoke/Checkout/process", 401),
                ("GET", "/health", 200), ("GET", "/api/outbox", 200),
            ] {
                let reply = try await ask(port, method, path)
                #expect(reply.status == status)
            }
        }
    }
    #else
    @Test(arguments: ["nexus", "test-services"])
    func `without the trait a program that is given a key refuses to start`(
        _ product: String
    ) async throws {
        let complaint = try await complaint(Self.key, of: product)
        #expect(complaint.contains("swift build --traits RequestIdentity"))
    }
    #endif

    @Test(arguments: [("nexus", ["serve"]), ("test-services", [])])
    func `without a key the first lines warn`(_ product: String, _ words: [String]) async throws {
        try await withProduct(product, words + Self.listening, saying: "Warning: requests") {
            port in
            let reply = try await ask(port, "GET", "/discover")
            #expect(reply.status != 401)
        }
    }
}
