import Support
import Testing

/// The manifests of small endpoints beside those that another SDK gave, option by option.
@Suite(.timeLimit(.minutes(10))) struct GoldenManifestTests {
    static let names = [
        "options", "defaults", "plain", "timeouts", "request-response", "codec",
    ]

    /// What is another thing here, on purpose. Without a value: left out.
    static let differences: [Difference] = [
        // A public handler in a private service is refused at start, as a server would do.
        Difference("OnBoth", "h", "ingressPrivate"),
        // A service without state has no lazy state.
        Difference("Defaulted", "enableLazyState"),
        Difference("Overrides", "enableLazyState"),
        // Retry policies are merged part by part.
        Difference("Overrides", "retryPolicyExponentiationFactor", .integer(2)),
        Difference("Overrides", "retryPolicyInitialInterval", .integer(200)),
        Difference("Overrides", "retryPolicyMaxInterval", .integer(30_000)),
        Difference("Overrides", "retryPolicyOnMaxAttempts", .string("PAUSE")),
    ]

    @Test(arguments: names)
    func `a manifest has each option where it was recorded`(name: String) async throws {
        let recorded = try FixtureJSON(
            parsing: Array(Fixtures.data("tour2/discovery/\(name).json")))
        let exchanges = try #require(recorded["exchanges"]?.array)
        #expect(exchanges.count == (name == "codec" ? 1 : 6))
        try await withProduct("test-services", ["--port", "0", "--endpoint", name]) { port in
            for exchange in exchanges {
                let accept = try #require(exchange["request"]?["headers"]?["accept"]?.string)
                let response = try #require(exchange["response"])
                let answer = try await discover(port: port, accept: accept)
                #expect(answer.status == response["status"]?.integer.map(Int.init), "\(accept)")
                guard answer.status == 200 else { continue }
                #expect(answer.contentType == response["headers"]?["content-type"]?.string)
                let manifest = try FixtureJSON(parsing: answer.body)
                let body = try #require(response["body"])
                for member in ["protocolMode", "minProtocolVersion", "maxProtocolVersion"] {
                    #expect(manifest[member] == body[member], "\(member)")
                }
                #expect(try described(manifest) == described(body, isRecorded: true))
            }
        }
    }

    /// Versions 1 and 5 and any version are taken here, and refused there; so is a question without a
    /// word on it.
    @Test func `other questions are answered as recorded, or better`() async throws {
        let recorded = try FixtureJSON(
            parsing: Array(Fixtures.data("tour2/discovery/plain.json")))
        let exchanges = try #require(recorded["also"]?.array)
        try await withProduct("test-services", ["--port", "0", "--endpoint", "plain"]) { port in
            for exchange in exchanges {
                guard let accept = exchange["request"]?["headers"]?["accept"]?.string else {
                    continue
                }
                let answer = try await discover(port: port, accept: accept)
                var expected = exchange["response"]?["status"]?.integer.map(Int.init)
                // Of a documentation, version 1 knows nothing.
                if accept.hasSuffix(".v1+json"), !accept.contains(",") { expected = 500 }
                if accept == "*/*" || accept.hasSuffix(".v5+json") { expected = 200 }
                #expect(answer.status == expected, "\(accept)")
            }
        }
    }

    struct Difference: Sendable {
        let service: String
        let handler: String?
        let member: String
        let value: FixtureJSON?

        init(_ service: String, _ member: String, _ value: FixtureJSON? = nil) {
            (self.service, handler, self.member, self.value) = (service, nil, member, value)
        }
        init(_ service: String, _ handler: String, _ member: String) {
            (self.service, self.handler, self.member, value) = (service, handler, member, nil)
        }
    }

    /// A line for each service and each handler, with all of its members.
    private func described(
        _ manifest: FixtureJSON, isRecorded: Bool = false
    ) throws -> [String] {
        var lines: [String] = []
        for service in try #require(manifest["services"]?.array) {
            var members = try #require(service.object)
            let name = try #require(service["name"]?.string)
            members["handlers"] = nil
            if isRecorded { Self.change(&members, name, nil) }
            var handlers: [String] = []
            for handler in try #require(service["handlers"]?.array) {
                var members = try #require(handler.object)
                let handler = try #require(handler["name"]?.string)
                if isRecorded { Self.change(&members, name, handler) }
                members["input"] = Self.payload(members["input"], of: name, handler)
                members["output"] = Self.payload(members["output"], of: name, handler)
                handlers.append("  \(FixtureJSON.object(members))")
            }
            guard !handlers.isEmpty else { continue }
            lines.append("\(FixtureJSON.object(members))")
            lines += handlers
        }
        return lines
    }

    private static func change(
        _ members: inout [String: FixtureJSON], _ service: String, _ handler: String?
    ) {
        for difference in differences
        where difference.service == service && difference.handler == handler {
            members[difference.member] = difference.value
        }
    }

    /// The services that are about what goes in and out.
    private static let services: Set = ["Contents", "ServiceSerde"]

    /// What goes in and out of a handler. Without a type there, it is JSON of any kind, and here nothing: so only
    /// the services that are about this are compared. Its handlers' schemas come from types, which others lack.
    private static func payload(
        _ payload: FixtureJSON?, of service: String, _ handler: String
    ) -> FixtureJSON? {
        guard services.contains(service), var members = payload?.object,
            members["contentType"] != nil
        else { return nil }
        members["jsonSchema"] = nil
        if handler.hasPrefix("ifEmpty"), members["required"] != nil { return nil }
        return .object(members)
    }
}
