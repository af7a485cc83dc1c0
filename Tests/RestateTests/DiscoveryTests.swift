import CanonicalJSON
import Foundation
import Testing

@testable import Restate
@testable import RestateServices

private let accepted: [(String?, Int?)] = [
    (nil, 2), ("*/*", 4), ("application/*", 4),
    ("application/vnd.restate.endpointmanifest.v1+json", 1),
    ("application/vnd.restate.endpointmanifest.v2+json", 2),
    (
        "application/vnd.restate.endpointmanifest.v1+json, "
            + "application/vnd.restate.endpointmanifest.v3+json;q=0.5,text/plain",
        3
    ),
    (
        "application/vnd.restate.endpointmanifest.v4+json,"
            + "application/vnd.restate.endpointmanifest.v9+json",
        4
    ),
    ("application/vnd.restate.endpointmanifest.v5+json", 5),
    ("application/vnd.restate.endpointmanifest.v6+json", nil), ("application/json", nil),
    ("", nil),
]

@Suite struct DiscoveryTests {
    @Test(arguments: accepted)
    func `the newest version that the server accepts is taken`(accept: String?, version: Int?) {
        #expect(Discovery.negotiate(accept: accept) == version)
    }

    @Test func `a service without options looks the same in every version`() throws {
        let schema = try JSON.schema(of: String.self).map {
            #""jsonSchema":\#(String(decoding: $0, as: UTF8.self)),"#
        }
        for version in 1...5 {
            let manifest = try manifest(Plain(), version)
            #expect(
                manifest == """
                    {"maxProtocolVersion":7,"minProtocolVersion":5,"protocolMode":"BIDI_STREAM",\
                    "services":[{"handlers":[\
                    {"input":{"contentType":"application/json",\
                    \(schema ?? "")"required":true},"name":"greet",\
                    "output":{"contentType":"application/json",\
                    \(schema ?? "")"setContentTypeIfEmpty":false}},\
                    {"name":"nothing","output":{}},\
                    {"input":{"contentType":"*/*","required":false},"name":"raw",\
                    "output":{"contentType":"application/octet-stream",\
                    "setContentTypeIfEmpty":false}}],\
                    "name":"Plain","ty":"SERVICE"}]}
                    """)
        }
    }

    @Test func `an input that may be absent has a schema, unless its handler wants none`() throws {
        struct Lenient: Service {
            func greet(_ ctx: Context, name: String?) async throws {}
            func silent(_ ctx: Context, name: String?) async throws {}
            struct API: HandlerTable {
                let greet = handler(Lenient.greet)
                let silent = handler(Lenient.silent).inputSchema(false)
            }
        }
        let manifest = try manifest(Lenient(), 4)
        #expect(
            manifest.contains(
                #"{"input":{"contentType":"application/json","#
                    + #""jsonSchema":{"anyOf":[{"type":"string"},{"type":"null"}],"#
                    + #""examples":["text"]},"required":false},"name":"greet","#))
        #expect(
            manifest.contains(
                #"{"input":{"contentType":"application/json","required":false},"name":"silent","#))
    }

    @Test func `an option longer than the server can count is the longest that it can`() throws {
        struct Patient: Service {
            func wait(_ ctx: Context) async throws {}
            struct API: HandlerTable {
                let wait = handler(Patient.wait)
                    .journalRetention(.seconds(Int64.max))
                    .abortTimeout(.seconds(631_107_417_601))
                    .inactivityTimeout(.seconds(631_107_417_600))
                    .retryPolicy(InvocationRetryPolicy(maxInterval: .seconds(Int64.max)))
            }
        }
        let manifest = try manifest(Patient(), 4)
        for name in [
            "journalRetention", "abortTimeout", "inactivityTimeout", "retryPolicyMaxInterval",
        ] {
            #expect(manifest.contains(#""\#(name)":631107417600000"#), "\(name)")
        }
    }

    @Test func `objects and workflows say their kinds and their handlers'`() throws {
        let object = try manifest(Counter(), 1)
        #expect(object.contains(#""ty":"VIRTUAL_OBJECT""#))
        #expect(object.contains(#""ty":"EXCLUSIVE""#))
        #expect(object.contains(#""ty":"SHARED""#))
        let workflow = try manifest(Probe { _ in 1 }, 1)
        #expect(workflow.contains(#""ty":"WORKFLOW"}]"#))
        #expect(workflow.contains(#""name":"run""#))
    }

    @Test func `version 4 says every option`() throws {
        #expect(
            try manifest(Optioned(), 4) == """
                {"maxProtocolVersion":7,"minProtocolVersion":5,"protocolMode":"BIDI_STREAM",\
                "services":[{"handlers":[{"abortTimeout":60000,"documentation":"What it is for",\
                "enableLazyState":true,"idempotencyRetention":3600000,"inactivityTimeout":1500,\
                "ingressPrivate":true,"journalRetention":86400000,"metadata":{"team":"seats"},\
                "name":"all","output":{},"retryPolicyExponentiationFactor":2.5,\
                "retryPolicyInitialInterval":20,"retryPolicyMaxAttempts":2,\
                "retryPolicyMaxInterval":1000,"retryPolicyOnMaxAttempts":"KILL",\
                "ty":"EXCLUSIVE"}],"name":"Optioned","ty":"VIRTUAL_OBJECT"}]}
                """)
    }

    @Test(arguments: options)
    func `an option is said from its version on, and is an error before`(
        _ option: Option
    ) throws {
        for version in 1...5 {
            let entry = option.add(handler(Echo.ping))
            let discovery = discovery(of: entry)
            if version >= option.since {
                let json = String(decoding: try discovery.manifest(version: version), as: UTF8.self)
                #expect(json.contains(option.json))
            } else {
                // Left out, it would run with other settings than its author chose.
                let error = #expect(throws: EndpointError.self) {
                    try discovery.manifest(version: version)
                }
                #expect(
                    error?.description == """
                        The handler 'Echo/ping' sets \(option.words), which the server does not \
                        understand: it asks for manifest version \(version), and this needs version \
                        \(option.since). Upgrade the server, or remove the option.
                        """)
            }
        }
    }

    /// All but what has no member of its own in the manifest.
    @Test func `every option is in this file's list, and a handler without it has its service's`() {
        func values(_ options: HandlerOptions) -> [String: String] {
            let children = Mirror(reflecting: options).children
            return Dictionary(
                uniqueKeysWithValues: children.map { ($0.label ?? "", "\($0.value)") })
        }
        let unset = values(HandlerOptions())
        var listed: Set = [
            "inputSchema", "contentTypeIfEmpty", "hooks", "onJournalMismatch",
            "explicitCancellation", "terminalErrors", "format", "codec",
        ]
        for option in options {
            let set = option.add(handler(Echo.ping)).options
            #expect(
                values(HandlerOptions().completed(by: set)) == values(set), "\(option.words)")
            listed.formUnion(unset.keys.filter { values(set)[$0] != unset[$0] })
        }
        #expect(listed == Set(unset.keys))
    }

    @Test func `a manifest is made once, however often it is asked for`() throws {
        let discovery = try Router(Endpoint(Plain())).discovery
        let first = try discovery.manifest(version: 4)
        let start = ContinuousClock.now
        for _ in 0..<10_000 { #expect(try discovery.manifest(version: 4) == first) }
        // Made anew it took more than a millisecond each time in a debug build.
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `durations that a server cannot count are bounded`() throws {
        let entry = handler(Echo.ping).journalRetention(.seconds(Int64.max))
            .retryPolicy(InvocationRetryPolicy(maxInterval: .seconds(631_107_417_601)))
        let discovery = discovery(of: entry)
        let json = String(decoding: try discovery.manifest(version: 4), as: UTF8.self)
        #expect(json.contains(#""journalRetention":631107417600000,"#))
        #expect(json.contains(#""retryPolicyMaxInterval":631107417600000"#))
    }

    @Test func `the recorded question is answered with the newest version`() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/discovery/nexus.json")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: path))
        let request = try #require((json as? [String: Any])?["request"] as? [String: Any])
        let headers = try #require(request["headers"] as? [String: String])
        #expect(Discovery.negotiate(accept: headers["accept"]) == 4)
    }

    private func discovery(of entry: any AnyHandler) -> Discovery {
        let handler = ServedHandler(
            service: "Echo", name: "ping", entry: entry, settings: AttemptSettings(),
            body: { _ in [] })
        return Discovery([ServiceDefinition(name: "Echo", kind: .service, [handler])])
    }

    private func manifest(_ service: any RestateService, _ version: Int) throws -> String {
        let bytes = try Router(Endpoint([service])).discovery.manifest(version: version)
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct Plain: Service {
    func greet(_ ctx: Context, name: String) async throws -> String { name }
    func nothing(_ ctx: Context) async throws {}
    func raw(_ ctx: Context, bytes: [UInt8]) async throws -> [UInt8] { bytes }

    struct API: HandlerTable {
        let greet = handler(Plain.greet)
        let nothing = handler(Plain.nothing)
        let raw = handler(Plain.raw).rawInput().rawOutput()
    }
}

struct Counter: VirtualObject {
    func add(_ ctx: ObjectContext, amount: Int) async throws -> Int { amount }
    func value(_ ctx: SharedObjectContext) async throws -> Int { 0 }

    struct API: HandlerTable {
        let add = exclusive(Counter.add)
        let value = shared(Counter.value)
    }
}

private struct Optioned: VirtualObject {
    func all(_ ctx: ObjectContext) async throws {}

    struct API: HandlerTable {
        let all = exclusive(Optioned.all)
            .documentation("What it is for")
            .metadata("team", "seats")
            .ingressPrivate()
            .lazyState()
            .inactivityTimeout(.milliseconds(1500))
            .abortTimeout(.seconds(60))
            .journalRetention(.seconds(86_400))
            .idempotencyRetention(.seconds(3600))
            .retryPolicy(
                InvocationRetryPolicy(
                    initialInterval: .milliseconds(20), maxInterval: .seconds(1), factor: 2.5,
                    maxAttempts: 2, onMaxAttempts: .kill))
    }
}

/// One option of a handler, and what the manifest says of it.
struct Option: Sendable, CustomTestStringConvertible {
    typealias Entry = Handler<Echo, Void, Void>

    var words: String
    var since: Int
    var json: String
    var add: @Sendable (Entry) -> Entry

    var testDescription: String { words }
}

private let options = [
    Option(words: "a documentation", since: 2, json: #""documentation":"x""#) {
        $0.documentation("x")
    },
    Option(words: "metadata", since: 2, json: #""metadata":{"a":"b"}"#) { $0.metadata("a", "b") },
    Option(words: "an inactivity timeout", since: 3, json: #""inactivityTimeout":1000"#) {
        $0.inactivityTimeout(.seconds(1))
    },
    Option(words: "an abort timeout", since: 3, json: #""abortTimeout":1000"#) {
        $0.abortTimeout(.seconds(1))
    },
    Option(words: "a journal retention", since: 3, json: #""journalRetention":1000"#) {
        $0.journalRetention(.seconds(1))
    },
    Option(words: "an idempotency retention", since: 3, json: #""idempotencyRetention":1000"#) {
        $0.idempotencyRetention(.seconds(1))
    },
    Option(words: "a workflow retention", since: 3, json: #""workflowCompletionRetention":1000"#) {
        $0.workflowRetention(.seconds(1))
    },
    Option(words: "lazy state", since: 3, json: #""enableLazyState":true"#) { $0.lazyState() },
    Option(
        words: "which state entries come along", since: 5,
        json: #""eagerStateKeysWhitelist":["count","owner"]"#
    ) {
        $0.stateLoading(
            .only(StateKey<Int>("count", default: 0), StateKey<String?>("owner")))
    },
    Option(words: "ingress private", since: 3, json: #""ingressPrivate":true"#) {
        $0.ingressPrivate()
    },
    Option(words: "a retry policy", since: 4, json: #""retryPolicyMaxAttempts":3"#) {
        $0.retryPolicy(InvocationRetryPolicy(maxAttempts: 3))
    },
]
