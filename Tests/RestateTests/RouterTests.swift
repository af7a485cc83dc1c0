import Testing

@testable import Restate
@testable import RestateServices

@Suite struct RouterTests {
    @Test(arguments: [
        "/invoke/Plain/greet", "/a/b/invoke/Plain/greet", "/invoke/invoke/Plain/greet",
    ])
    func `a path invokes the handler that it ends with`(_ path: String) throws {
        let handler = try find(path)
        #expect(handler?.service == "Plain")
        #expect(handler?.name == "greet")
    }

    @Test(arguments: [
        "", "/", "/invoke", "/invoke/", "/invoke/Plain", "/invoke/Plain/", "/invoke/Plain/gree",
        "/invoke/Plain/greet/more", "/Plain/greet", "/invoke//greet", "/invoke/plain/greet",
    ])
    func `any other path invokes nothing`(_ path: String) throws {
        #expect(try find(path) == nil)
    }

    /// A mark on top of the question mark makes one character of both, but two bytes.
    @Test(arguments: ["/x?\u{301}/discover", "/discover?\u{301}", "/x/discover/?\u{301}/y"])
    func `who may ask is judged by the same reading that leads the way`(_ path: String) throws {
        let endpoint = Endpoint(Plain()).route("GET", "/x") { _ in .text("open") }
        let place = try place(of: path, at: endpoint)
        let isRoute = path.utf8.starts(with: "/x?".utf8)
        switch place {
        case .routes: #expect(isRoute)
        case .discovery: #expect(!isRoute)
        default: Issue.record("\(path) leads nowhere")
        }
        #expect(place.audience == (isRoute ? nil : "/discover"))
    }

    @Test func `the route of another spelling is another route`() throws {
        let endpoint = Endpoint([]).route("GET", "/caf\u{E9}") { _ in .text("one") }
        guard case .routes = try place(of: "/caf\u{E9}", at: endpoint),
            case .nothing = try place(of: "/cafe\u{301}", at: endpoint)
        else {
            Issue.record("Paths are not told apart by their bytes")
            return
        }
    }

    @Test func `an endpoint that serves nothing is refused`() {
        refuses("The endpoint has neither services nor routes")
    }

    @Test func `a workflow has one run, and that is its name`() {
        refuses(
            "The workflow 'Runless' has no 'run': list it as 'let run = workflow(…)'.", Runless())
        refuses(
            "The workflow 'TwoRuns' has 2 handlers made by 'workflow(…)': run, again.", TwoRuns())
        refuses("The workflow 'Misnamed' calls its run 'start', but it must be 'run'", Misnamed())
    }

    @Test func `a generic service needs a name of its own`() {
        refuses(
            "Box<Int> is generic, and so its type's name cannot be the service's. Give it one: "
                + "'static var name: String { \"Box\" }'.", Box<Int>())
    }

    @Test func `runs without a thread are refused`() {
        let error = #expect(throws: EndpointError.self) {
            try Router(Endpoint(Plain()).runThreads(0))
        }
        #expect(error?.description.contains("runThreads(0)") == true)
    }

    @Test func `two services of one name are refused`() {
        refuses("Two services are named 'Plain'. Names must differ.", Plain(), Plain())
    }

    @Test func `a table without handlers is refused`() {
        refuses("The table API has no handlers", Empty())
    }

    @Test func `names that a server would not take are refused`() {
        refuses("'9lives' cannot be a service's name", NineLives())
        refuses("'restate.Internal' cannot be a service's name", Reserved())
    }

    @Test func `a handler of another service is refused`() {
        refuses("'Borrower.greet' is a handler of another service.", Borrower())
    }

    @Test func `two handlers of one statement are refused, as the compiler confuses them`() {
        refuses("'Confused.two' would run the method of another handler", Confused())
        refuses("Write one 'let' per handler, at RestateTests/RouterTests.swift:", Confused())
        refuses("'ConfusedLines.two' would run", ConfusedLines())
    }

    /// If this fails, the compiler's fault is mended, and the check for it can go.
    @Test func `the compiler takes the closure of one property for that of another`() {
        struct Twins: Sendable {
            let one: @Sendable () -> Int = { 1 }, two: @Sendable () -> Int = { 2 }
        }
        #expect(Twins().two() == 1)
    }

    @Test func `handlers on one line, and of a helper function, are not confused`() throws {
        let router = try Router(Endpoint(Neighbours()))
        #expect(router.handlers.map(\.name) == ["one", "two", "three"])
    }

    private func find(_ path: String) throws -> ServedHandler? {
        if case .handler(let handler) = try place(of: path, at: Endpoint(Plain(), Counter())) {
            handler
        } else {
            nil
        }
    }

    private func place(of path: String, at endpoint: Endpoint) throws -> Router.Place {
        let router = try Router(endpoint)
        var path = path
        return path.withUTF8 { router.place(of: UnsafeRawBufferPointer($0)) }
    }

    private func refuses(_ sentence: String, _ services: any RestateService...) {
        let error = #expect(throws: EndpointError.self) { try Router(Endpoint(services)) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "-")")
    }
}

private struct Runless: Workflow {
    func look(_ ctx: SharedWorkflowContext) async throws {}
    struct API: HandlerTable { let look = shared(Runless.look) }
}

private struct TwoRuns: Workflow {
    func run(_ ctx: WorkflowContext) async throws {}
    func again(_ ctx: WorkflowContext) async throws {}
    struct API: HandlerTable {
        let run = workflow(TwoRuns.run)
        let again = workflow(TwoRuns.again)
    }
}

private struct Misnamed: Workflow {
    func start(_ ctx: WorkflowContext) async throws {}
    struct API: HandlerTable { let start = workflow(Misnamed.start) }
}

private struct Box<Content: Codable & Sendable>: Service {
    func open(_ ctx: Context) async throws {}
    struct API: HandlerTable { let open = handler(Box.open) }
}

private struct Empty: Service {
    struct API: HandlerTable {}
}

private struct NineLives: Service {
    static let name = "9lives"
    func live(_ ctx: Context) async throws {}
    struct API: HandlerTable { let live = handler(NineLives.live) }
}

private struct Reserved: Service {
    static let name = "restate.Internal"
    func live(_ ctx: Context) async throws {}
    struct API: HandlerTable { let live = handler(Reserved.live) }
}

private struct Borrower: Service {
    struct API: HandlerTable { let greet = handler(Plain.greet) }
}

private struct Confused: Service {
    func first(_ ctx: Context) async throws -> Int { 1 }
    func second(_ ctx: Context) async throws -> Int { 2 }
    struct API: HandlerTable {
        let one = handler(Confused.first), two = handler(Confused.second).documentation("x")
    }
}

private struct ConfusedLines: Service {
    func first(_ ctx: Context, number: Int) async throws -> Int { 1 }
    func second(_ ctx: Context, number: Int) async throws -> Int { 2 }
    struct API: HandlerTable {
        let one = handler(ConfusedLines.first),
            two = handler(ConfusedLines.second)
    }
}

private struct Neighbours: Service {
    func first(_ ctx: Context) async throws -> Int { 1 }
    func second(_ ctx: Context) async throws -> Int { 2 }
    static func listed(
        _ method: @escaping @Sendable (Neighbours) -> (Context) async throws -> Int
    ) -> Handler<Neighbours, Void, Int> {
        handler(method)
    }
    struct API: HandlerTable {
        let one = handler(Neighbours.first); let two = handler(Neighbours.second)
        let three = Neighbours.listed(Neighbours.second)
    }
}
