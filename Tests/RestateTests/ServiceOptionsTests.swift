import CanonicalJSON
import Testing

@testable import Restate
@testable import RestateServices

/// Options of a whole service, and of all services of an endpoint.
@Suite struct ServiceOptionsTests {
    @Test func `what a service says stands at the service, and not at its handlers`() throws {
        #expect(
            try manifest(of: Endpoint(Shop())) == """
                [{"abortTimeout":62000,"documentation":"about the service","enableLazyState":true,\
                "handlers":[{"name":"buy","output":{},"ty":"EXCLUSIVE"},\
                {"name":"look","output":{},"ty":"SHARED"}],"idempotencyRetention":7200000,\
                "inactivityTimeout":21000,"ingressPrivate":true,"journalRetention":86400000,\
                "metadata":{"owner":"service","team":"a"},"name":"Shop",\
                "retryPolicyExponentiationFactor":2,"retryPolicyInitialInterval":200,\
                "retryPolicyMaxAttempts":9,"retryPolicyMaxInterval":30000,\
                "retryPolicyOnMaxAttempts":"PAUSE","ty":"VIRTUAL_OBJECT"}]
                """)
    }

    @Test
    func `whoever deploys has a word before the service, and the endpoint's defaults the last`()
        throws
    {
        let options = ServiceOptions().abortTimeout(.seconds(2)).metadata("team", "b")
            .retryPolicy(InvocationRetryPolicy(maxAttempts: 3))
        let endpoint = Endpoint(Levels())
            .defaults(
                ServiceOptions().abortTimeout(.seconds(4)).journalRetention(.seconds(4))
                    .inactivityTimeout(.seconds(4)).metadata("team", "d").metadata("site", "d")
                    .retryPolicy(
                        InvocationRetryPolicy(
                            initialInterval: .seconds(4), factor: 4, maxAttempts: 4))
            )
            .options(for: Levels.self, options)
        #expect(
            try manifest(of: endpoint) == """
                [{"abortTimeout":2000,"handlers":[{"abortTimeout":1000,"name":"go","output":{},\
                "retryPolicyMaxAttempts":1}],"inactivityTimeout":3000,"journalRetention":4000,\
                "metadata":{"owner":"c","site":"d","team":"b"},"name":"Levels",\
                "retryPolicyExponentiationFactor":3,"retryPolicyInitialInterval":4000,\
                "retryPolicyMaxAttempts":3,"ty":"SERVICE"}]
                """)
    }

    @Test func `of two words on one level the later counts, field by field`() throws {
        let endpoint = Endpoint(Levels())
            .options(for: Levels.self, ServiceOptions().inactivityTimeout(.seconds(6)))
            .options(for: Levels.self, ServiceOptions().inactivityTimeout(.seconds(7)))
            .defaults(ServiceOptions().journalRetention(.seconds(8)).documentation("8"))
            .defaults(ServiceOptions().journalRetention(.seconds(9)))
        let manifest = try manifest(of: endpoint)
        #expect(manifest.contains(#""inactivityTimeout":7000,"journalRetention":9000"#))
        #expect(manifest.contains(#""documentation":"8""#))
    }

    @Test func `a workflow's retention is said of its run, by which servers know it`() throws {
        let defaults = ServiceOptions().workflowRetention(.seconds(5)).lazyState()
        #expect(
            try manifest(of: Endpoint(Flow(), Levels()).defaults(defaults)).contains(
                """
                [{"enableLazyState":true,"handlers":[{"name":"run","output":{},"ty":"WORKFLOW",\
                "workflowCompletionRetention":5000},{"name":"look","output":{},"ty":"SHARED"}],\
                "name":"Flow","ty":"WORKFLOW"},
                """))
    }

    @Test func `defaults leave out what does not fit a service`() throws {
        let defaults = ServiceOptions().workflowRetention(.seconds(5)).lazyState()
        let manifest = try manifest(of: Endpoint(Levels()).defaults(defaults))
        #expect(!manifest.contains("enableLazyState"))
        #expect(!manifest.contains("workflowCompletionRetention"))
    }

    @Test func `the schema of inputs can be kept back for a whole service`() throws {
        let endpoint = Endpoint(Plain())
        #expect(try manifest(of: endpoint).contains(#""required":true},"name":"greet""#))
        let quiet = endpoint.defaults(ServiceOptions().inputSchema(false))
        #expect(
            try manifest(of: quiet).contains(
                #""input":{"contentType":"application/json","required":true},"name":"greet""#))
    }

    @Test func `an output's content type may be said even if it is empty`() throws {
        struct Sparing: Service {
            func give(_ ctx: Context) async throws -> String? { nil }
            struct API: HandlerTable {
                let give = handler(Sparing.give).contentTypeIfEmpty()
            }
        }
        let manifest = try manifest(of: Endpoint(Sparing()))
        #expect(manifest.contains(#""setContentTypeIfEmpty":true"#))
    }

    @Test(arguments: serviceOptions)
    func `a service's option is said from its version on, and is an error before`(
        _ option: ServiceOption
    ) throws {
        let endpoint = Endpoint(Flow()).options(for: Flow.self, option.options)
        for version in 1...5 {
            if version >= option.since {
                #expect(try manifest(of: endpoint, version).contains(option.json))
            } else {
                let error = #expect(throws: EndpointError.self) {
                    try manifest(of: endpoint, version)
                }
                #expect(
                    error?.description == """
                        \(option.whose) sets \(option.words), which the server does not \
                        understand: it asks for manifest version \(version), and this needs version \
                        \(option.since). Upgrade the server, or remove the option.
                        """)
            }
        }
    }

    private func manifest(of endpoint: Endpoint, _ version: Int = 4) throws -> String {
        let bytes = try Router(endpoint).discovery.manifest(version: version)
        let manifest = try JSON.decode([String: JSONValue].self, from: bytes[...])
        return String(decoding: try JSON.encode(manifest["services"]), as: UTF8.self)
    }
}

private struct Shop: VirtualObject {
    static let options = ServiceOptions()
        .documentation("about the service").metadata("owner", "service").metadata("team", "a")
        .inactivityTimeout(.seconds(21)).abortTimeout(.seconds(62))
        .journalRetention(.seconds(86_400)).idempotencyRetention(.seconds(7200))
        .lazyState().ingressPrivate()
        .retryPolicy(
            InvocationRetryPolicy(
                initialInterval: .milliseconds(200), maxInterval: .seconds(30), factor: 2,
                maxAttempts: 9, onMaxAttempts: .pause))

    func buy(_ ctx: ObjectContext) async throws {}
    func look(_ ctx: SharedObjectContext) async throws {}

    struct API: HandlerTable {
        let buy = exclusive(Shop.buy)
        let look = shared(Shop.look)
    }
}

private struct Levels: Service {
    static let options = ServiceOptions()
        .abortTimeout(.seconds(3)).inactivityTimeout(.seconds(3))
        .metadata("team", "c").metadata("owner", "c")
        .retryPolicy(InvocationRetryPolicy(factor: 3, maxAttempts: 2))

    func go(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let go = handler(Levels.go).abortTimeout(.seconds(1))
            .retryPolicy(InvocationRetryPolicy(maxAttempts: 1))
    }
}

private struct Flow: Workflow {
    func run(_ ctx: WorkflowContext) async throws {}
    func look(_ ctx: SharedWorkflowContext) async throws {}

    struct API: HandlerTable {
        let run = workflow(Flow.run)
        let look = shared(Flow.look)
    }
}

/// One option of a service, and what the manifest says of it.
struct ServiceOption: Sendable, CustomTestStringConvertible {
    var words: String
    var since: Int
    var json: String
    var options: ServiceOptions
    var whose = "The service 'Flow'"

    var testDescription: String { words }

    init(_ words: String, since: Int, _ json: String, _ options: ServiceOptions) {
        self.words = words
        self.since = since
        self.json = json
        self.options = options
    }
}

private let serviceOptions = [
    ServiceOption(
        "a documentation", since: 2, #""documentation":"x""#, ServiceOptions().documentation("x")),
    ServiceOption(
        "metadata", since: 2, #""metadata":{"a":"b"}"#, ServiceOptions().metadata("a", "b")),
    ServiceOption(
        "an inactivity timeout", since: 3, #""inactivityTimeout":1000"#,
        ServiceOptions().inactivityTimeout(.seconds(1))),
    ServiceOption(
        "an abort timeout", since: 3, #""abortTimeout":1000"#,
        ServiceOptions().abortTimeout(.seconds(1))),
    ServiceOption(
        "a journal retention", since: 3, #""journalRetention":1000"#,
        ServiceOptions().journalRetention(.seconds(1))),
    ServiceOption(
        "an idempotency retention", since: 3, #""idempotencyRetention":1000"#,
        ServiceOptions().idempotencyRetention(.seconds(1))),
    ServiceOption(
        "lazy state", since: 3, #""enableLazyState":true"#, ServiceOptions().lazyState()),
    ServiceOption(
        "which state entries come along", since: 5, #""eagerStateKeysWhitelist":["a"]"#,
        ServiceOptions().stateLoading(.only(names: ["a"]))),
    ServiceOption(
        "ingress private", since: 3, #""ingressPrivate":true"#, ServiceOptions().ingressPrivate()),
    ServiceOption(
        "a retry policy", since: 4, #""retryPolicyMaxAttempts":3"#,
        ServiceOptions().retryPolicy(InvocationRetryPolicy(maxAttempts: 3))),
    {
        var option = ServiceOption(
            "a workflow retention", since: 3, #""workflowCompletionRetention":1000"#,
            ServiceOptions().workflowRetention(.seconds(1)))
        option.whose = "The handler 'Flow/run'"
        return option
    }(),
]
