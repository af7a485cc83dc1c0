import Testing

@testable import Restate
@testable import RestateServices

@Suite struct RoutePathTests {
    @Test func `a part in braces stands for any one part`() throws {
        let path = try RoutePath("/orders/{id}/lines/{line}")
        #expect(parameters(path, "/orders/7/lines/a%20b") == ["id": "7", "line": "a b"])
        #expect(parameters(path, "/orders/a%2Fb/lines/%C3%A9") == ["id": "a/b", "line": "\u{E9}"])
        for other in [
            "/orders/7/lines", "/orders/7/lines/1/", "/orders//lines/1", "/order/7/lines/1",
            "orders/7/lines/1", "/orders/7/lines/%FF", "", "/",
        ] { #expect(parameters(path, other) == nil) }
    }

    @Test(arguments: ["/a/{", "/a/}", "/a/{}", "/a/x{id}", "/a/{id}x", "/a/{{id}}", "/{a}{b}"])
    func `a part that is neither a text nor a name is refused`(path: String) {
        let error = #expect(throws: EndpointError.self) { try Router(routed(path)) }
        #expect(error?.code == .setting)
        #expect(error?.description.hasPrefix("The route '\(path)' has the part '") == true)
    }

    @Test func `a name that stands twice is refused`() {
        let error = #expect(throws: EndpointError.self) { try Router(routed("/{a}/{a}")) }
        #expect(error?.description == "The route '/{a}/{a}' has two parts of the name 'a'.")
    }

    @Test func `an exact path goes before, and so does what every endpoint has`() throws {
        let router = try Router(routed("/{any}", "/orders/{id}", "/orders/new", "/{a}/{b}"))
        #expect(place("/orders/new", router) == "/orders/new")
        #expect(place("/orders/7?x", router) == "/orders/{id}")
        #expect(place("/lines/7", router) == "/{a}/{b}")
        #expect(place("/orders", router) == "/{any}")
        #expect(place("/", router) == "nothing")
        #expect(place("/health", router) == "health")
        #expect(place("/orders/discover", router) == "discovery")
    }

    @Test func `a route that another one hides is refused`() {
        let twins = #expect(throws: EndpointError.self) {
            try Router(routed("/seats/{id}/x", "/seats/{seat}/x"))
        }
        #expect(twins?.code == .setting)
        #expect(
            twins?.description
                == "The routes '/seats/{id}/x' and '/seats/{seat}/x' match the same requests: give their "
                + "parameters the same names.")
        for path in ["/seats", "/seats/{id}"] {
            let error = #expect(throws: EndpointError.self) { try Router(routed(path, path)) }
            #expect(error?.description == "The route GET '\(path)' is added twice.")
        }
    }

    @Test func `one path has a route for each method`() throws {
        let endpoint = Endpoint([]).route("GET", "/{a}") { _ in .text("") }
            .route("POST", "/{a}") { _ in .text("") }
        guard
            case .routes(let routes, _) = Array("/x".utf8).withUnsafeBytes(
                try Router(endpoint).place)
        else {
            Issue.record("There is no route")
            return
        }
        #expect(routes.map(\.method) == ["GET", "POST"])
    }

    private func parameters(_ path: RoutePath, _ asked: String) -> [String: String]? {
        path.parameters(in: Array(asked.utf8))
    }

    private func routed(_ paths: String...) -> Endpoint {
        paths.reduce(Endpoint([])) { endpoint, path in
            endpoint.route("GET", path) { _ in .text("") }
        }
    }

    private func place(_ path: String, _ router: Router) -> String {
        switch Array(path.utf8).withUnsafeBytes(router.place) {
        case .routes(let routes, _): routes[0].path
        case .discovery: "discovery"
        case .health: "health"
        case .handler, .unknownHandler: "handler"
        case .nothing: "nothing"
        }
    }
}
