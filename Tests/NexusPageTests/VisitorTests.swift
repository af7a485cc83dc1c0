import Testing

@testable import NexusPage
@testable import Restate
@testable import RestateServices

struct VisitorTests {
    @Test func `the page's first request gets a cookie that scripts and other sites do not see`()
        throws
    {
        let (visitor, headers) = Visitor.recognised(in: request(["sec-fetch-site": "same-origin"]))
        #expect(headers.map(\.name) == ["set-cookie"])
        #expect(
            headers[0].value
                == "nexus_visitor=\(visitor.id); Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict"
        )
        #expect(visitor.id.utf8.count == 49)
        #expect(Visitor().id != visitor.id)
    }

    @Test func `who has a cookie keeps it`() throws {
        let visitor = Visitor()
        for cookie in ["nexus_visitor=\(visitor.id)", "x=1; nexus_visitor=\(visitor.id); y"] {
            let (known, headers) = Visitor.recognised(in: request(["cookie": cookie]))
            #expect(known == visitor)
            #expect(headers.isEmpty)
        }
    }

    @Test func `a request that another site made gets none, as its browser may have one`() {
        #expect(Visitor.recognised(in: request(["sec-fetch-site": "cross-site"])).1.isEmpty)
    }

    @Test func `the user id tells half of the cookie, which does not suffice`() throws {
        let visitor = Visitor()
        #expect(visitor.userID.hasPrefix("visitor-"))
        let told = visitor.userID.dropFirst("visitor-".count)
        #expect(visitor.id.hasPrefix(told))
        #expect(Visitor(cookie: told) == nil)
    }

    @Test(arguments: [
        "", "x", "0123456789abcdef", "0123456789abcdef.0123456789abcdef",
        "0123456789abcdeg.0123456789abcdef0123456789abcdef",
        "0123456789ABCDEF.0123456789abcdef0123456789abcdef",
    ])
    func `what is no such cookie is nobody's`(cookie: String) {
        #expect(Visitor(cookie: cookie) == nil)
    }

    private func request(_ headers: [String: String]) -> RouteRequest {
        RouteRequest(
            method: "GET", path: "/api/seats", query: nil, authority: "shop", parameters: [:],
            headers: headers.map { ($0.key, $0.value) }, body: [])
    }
}
