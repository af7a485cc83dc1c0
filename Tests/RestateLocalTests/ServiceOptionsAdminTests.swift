import Restate
import RestateLocal
import Support
import Testing

/// What a program says of a whole service, as the admin API shows it.
@Suite(.timeLimit(.minutes(10))) struct ServiceOptionsAdminTests {
    @Test func `the admin API shows a service's options at the service`() async throws {
        try await withLocalServer([Kiosk()]) { server, _ in
            let service = try await ask(port: server.adminPort, "GET", "/services/Kiosk").text
            for member in [
                #""documentation":"Sells tickets""#, #""metadata":{"team":"seats"}"#,
                #""public":false"#, #""inactivity_timeout":"40s""#, #""abort_timeout":"1m 30s""#,
                #""journal_retention":"2h""#, #""idempotency_retention":"3h""#,
                #""enable_lazy_state":true"#,
                #""retry_policy":{"initial_interval":"200ms","exponentiation_factor":3"#,
                #""max_attempts":9,"#, #""on_max_attempts":"Kill""#,
            ] {
                #expect(service.contains(member), "\(member) in \(service)")
            }
            let handler = try await ask(
                port: server.adminPort, "GET", "/services/Kiosk/handlers/sell"
            )
            .text
            #expect(handler.contains(#""inactivity_timeout":"5s""#))
            #expect(!handler.contains("journal_retention"))
        }
    }

    @Test func `a handler's own word beats its service's, and both are obeyed`() async throws {
        try await withLocalServer([Clumsy()]) { server, _ in
            // Two attempts by the service, one by the handler: then killed, which the caller sees.
            let twice = try await server.post("Clumsy/twice", "")
            #expect(twice.status == 500)
            let once = try await server.post("Clumsy/once", "")
            #expect(once.status == 500)
            #expect(twice.text.contains("attempt 2"))
            #expect(once.text.contains("attempt 1"))
        }
    }
}

private struct Kiosk: VirtualObject {
    static let options = ServiceOptions()
        .documentation("Sells tickets").metadata("team", "seats").ingressPrivate().lazyState()
        .inactivityTimeout(.seconds(40)).abortTimeout(.seconds(90))
        .journalRetention(.seconds(7200)).idempotencyRetention(.seconds(10_800))
        .retryPolicy(
            InvocationRetryPolicy(
                initialInterval: .milliseconds(200), factor: 3, maxAttempts: 9,
                onMaxAttempts: .kill))

    func sell(_ ctx: ObjectContext) async throws {}

    struct API: HandlerTable {
        let sell = exclusive(Kiosk.sell).inactivityTimeout(.seconds(5))
    }
}

private struct Clumsy: Service {
    static let options = ServiceOptions().retryPolicy(
        InvocationRetryPolicy(
            initialInterval: .milliseconds(1), maxAttempts: 2, onMaxAttempts: .kill))

    private let attempts = Attempts()

    func twice(_ ctx: Context) async throws { throw await attempts.failure(of: "twice") }
    func once(_ ctx: Context) async throws { throw await attempts.failure(of: "once") }

    struct API: HandlerTable {
        let twice = handler(Clumsy.twice)
        let once = handler(Clumsy.once).retryPolicy(InvocationRetryPolicy(maxAttempts: 1))
    }
}

/// Counts the attempts of each handler.
private actor Attempts {
    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private var counts: [String: Int] = [:]

    func failure(of handler: String) -> any Error {
        counts[handler, default: 0] += 1
        return Failure(description: "attempt \(counts[handler] ?? 0)")
    }
}
