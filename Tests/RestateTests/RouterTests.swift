import Testing

@testable import Restate

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

    private func find(_ path: String) throws -> ServedHandler? {
        let router = try Router(Endpoint(Plain(), Counter()))
        var path = path
        return path.withUTF8 { router.handler(in: UnsafeRawBufferPointer($0)) }
    }

    private func refuses(_ sentence: String, _ services: any RestateService...) {
        let error = #expect(throws: EndpointError.self) { try Router(Endpoint(services)) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "-")")
    }
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
