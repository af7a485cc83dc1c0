import Testing

@testable import Restate
@testable import RestateServices

/// Options that a server would refuse at registration: an endpoint with them does not start.
@Suite struct RefusedOptionsTests {
    @Test(arguments: refusedOptions)
    func `an option that cannot be meant is refused with a sentence`(
        _ refused: RefusedOption
    ) throws {
        let error = #expect(throws: EndpointError.self) { try Router(refused.endpoint()) }
        #expect(error?.code == .options)
        #expect(error?.description == refused.sentence)
    }

    @Test func `a public handler may stand in a service whose privacy is said by nobody`() throws {
        let entry = handler(Echo.ping).ingressPrivate(false)
        #expect(throws: Never.self) { try check(entry, in: HandlerOptions()) }
    }

    private func check(_ entry: any AnyHandler, in service: HandlerOptions) throws {
        try entry.options.check(handler: "Echo/ping", entry.kind, in: service)
    }
}

/// A plain service whose one handler has some options.
private struct Plainly: Service {
    func ping(_ ctx: Context) async throws {}

    struct API: HandlerTable { let ping = handler(Plainly.ping) }
}

private struct LazyHandler: Service {
    func ping(_ ctx: Context) async throws {}
    struct API: HandlerTable { let ping = handler(LazyHandler.ping).lazyState(false) }
}

private struct KeptHandler: VirtualObject {
    func ping(_ ctx: ObjectContext) async throws {}
    struct API: HandlerTable {
        let ping = exclusive(KeptHandler.ping).workflowRetention(.seconds(1))
    }
}

private struct KeptBeside: Workflow {
    func run(_ ctx: WorkflowContext) async throws {}
    func ping(_ ctx: SharedWorkflowContext) async throws {}
    struct API: HandlerTable {
        let run = workflow(KeptBeside.run)
        let ping = shared(KeptBeside.ping).workflowRetention(.seconds(1))
    }
}

private struct IdempotentRun: Workflow {
    func run(_ ctx: WorkflowContext) async throws {}
    struct API: HandlerTable {
        let run = workflow(IdempotentRun.run).idempotencyRetention(.seconds(1))
    }
}

private struct Open: Service {
    func ping(_ ctx: Context) async throws {}
    struct API: HandlerTable { let ping = handler(Open.ping).ingressPrivate(false) }
}

private struct Shrinking: Service {
    func ping(_ ctx: Context) async throws {}
    struct API: HandlerTable {
        let ping = handler(Shrinking.ping).retryPolicy(InvocationRetryPolicy(factor: 0.5))
    }
}

struct RefusedOption: Sendable, CustomTestStringConvertible {
    var sentence: String
    var endpoint: @Sendable () -> Endpoint

    var testDescription: String { sentence }

    init(_ sentence: String, _ endpoint: @escaping @Sendable () -> Endpoint) {
        self.sentence = sentence
        self.endpoint = endpoint
    }
}

private let refusedOptions = [
    RefusedOption("The service 'Plainly' has lazy state, but it has no state at all.") {
        Endpoint(Plainly()).options(for: Plainly.self, ServiceOptions().lazyState())
    },
    RefusedOption(
        "The service 'Plainly' has a workflow retention, but it is no workflow."
    ) {
        Endpoint(Plainly())
            .options(for: Plainly.self, ServiceOptions().workflowRetention(.seconds(1)))
    },
    RefusedOption(
        "The handler 'LazyHandler/ping' has lazy state, but its service has no state at all."
    ) { Endpoint(LazyHandler()) },
    RefusedOption(
        "The handler 'KeptHandler/ping' has a workflow retention, but it is no workflow's run."
    ) { Endpoint(KeptHandler()) },
    RefusedOption(
        "The handler 'KeptBeside/ping' has a workflow retention, but it is no workflow's run."
    ) { Endpoint(KeptBeside()) },
    RefusedOption(
        "The handler 'IdempotentRun/run' has an idempotency retention, but a run happens once per key "
            + "anyway: say 'workflowRetention', which is how long its result is kept."
    ) { Endpoint(IdempotentRun()) },
    RefusedOption(
        "The handler 'Open/ping' is public, but its service is private: leave the service public, and "
            + "make its other handlers private."
    ) { Endpoint(Open()).defaults(ServiceOptions().ingressPrivate()) },
    RefusedOption(
        "The retry policy of the handler 'Shrinking/ping' has the factor 0.5, but intervals do not "
            + "shrink: it is 1 or more."
    ) { Endpoint(Shrinking()) },
    RefusedOption(
        "The retry policy of the service 'Plainly' has the factor nan, but intervals do not shrink: it "
            + "is 1 or more."
    ) {
        Endpoint(Plainly())
            .defaults(ServiceOptions().retryPolicy(InvocationRetryPolicy(factor: .nan)))
    },
    RefusedOption(
        "The retry policy of the service 'Plainly' has -1 attempts: it is the number of attempts in all, "
            + "the first one included."
    ) {
        Endpoint(Plainly())
            .defaults(ServiceOptions().retryPolicy(InvocationRetryPolicy(maxAttempts: -1)))
    },
    RefusedOption(
        "The endpoint has options for 'Open', which it does not serve: name the service in 'Endpoint(…)' "
            + "too, or leave the options out."
    ) { Endpoint(Plainly()).options(for: Open.self, ServiceOptions()) },
]
