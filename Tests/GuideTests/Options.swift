import Restate
import Testing

// docs/guide/options.md

struct Theater: VirtualObject {
    static let options = ServiceOptions()
        .documentation("Seats, and who holds them")
        .inactivityTimeout(.seconds(40))

    func hold(_ ctx: ObjectContext, user: String) async throws {}
    func expire(_ ctx: ObjectContext) async throws {}

    struct API: HandlerTable {
        let hold = exclusive(Theater.hold).idempotencyRetention(.seconds(3600))
        let expire = exclusive(Theater.expire).ingressPrivate()
    }
}

func theater() -> Endpoint {
    Endpoint(Theater(), Counter())
        .retryPolicy(InvocationRetryPolicy(maxAttempts: 20, onMaxAttempts: .pause))
        .options(for: Theater.self, ServiceOptions().abortTimeout(.seconds(600)))
}

struct OptionsPage {
    @Test func `an endpoint with options of all levels starts`() async throws {
        let running = try theater().logger(SilentLogger()).start(port: 0)
        await running.shutdown(grace: .zero)
    }

    @Test func `an option that does not fit is refused at the start`() {
        let endpoint = Endpoint(Hasty()).logger(SilentLogger())
        let error = #expect(throws: EndpointError.self) { try endpoint.start(port: 0) }
        #expect(error?.code == .options)
    }

    struct Hasty: Service {
        func go(_ ctx: Context) async throws {}

        struct API: HandlerTable {
            let go = handler(Hasty.go).lazyState()  // a service has no state: refused at the start
        }
    }
}
