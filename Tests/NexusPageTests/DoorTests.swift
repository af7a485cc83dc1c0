import CanonicalJSON
import Nexus
import RestateHTTP
import Synchronization
import Testing

@testable import NexusPage
@testable import Restate
@testable import RestateServices

/// Who may book.
struct DoorTests {
    private static let own = [
        "content-type": "application/json; charset=utf-8", "sec-fetch-site": "same-origin",
    ]
    private static let body = #"{"ticketId":"seat-1","paymentMethodId":"card_decline"}"#

    @Test func `a booking from the page is admitted, under the name of its visitor`() throws {
        let visitor = Visitor()
        let verdict = Door().check(
            request(visitor, Self.own.merging(["idempotency-key": "k-1"]) { $1 }))
        guard case .admitted(let order, let key) = verdict else {
            Issue.record("It is refused")
            return
        }
        #expect(key == "\(visitor.userID)-k-1")
        #expect(
            String(decoding: try JSON.encode(order), as: UTF8.self)
                == #"{"paymentMethodId":"card_decline","ticketId":"seat-1","userId":"\#(visitor.userID)"}"#
        )
    }

    @Test func `without a key of its own every booking is another one`() {
        let (door, visitor) = (Door(), Visitor())
        var keys: Set<String> = []
        for _ in 0..<3 {
            if case .admitted(_, let key) = door.check(request(visitor, Self.own)) {
                keys.insert(key)
            }
        }
        #expect(keys.count == 3)
    }

    @Test(arguments: [
        (["sec-fetch-site": "cross-site"], 403), (["sec-fetch-site": "same-site"], 403),
        (["sec-fetch-site": "none"], 403), (["origin": "https://evil.example"], 403),
        (["origin": "null"], 403), (["origin": "http://shop:9081"], 403),
        (["origin": "http://shop:9080"], 0), (["origin": "https://shop:9080"], 0),
        // A proxy may give the endpoint another name than the browser knows.
        (["origin": "https://shop.example", "sec-fetch-site": "same-origin"], 0), ([:], 0),
    ])
    func `a booking that another site's page makes is refused`(
        headers: [String: String], status: Int
    ) {
        let headers = headers.merging(["content-type": "application/json"]) { $1 }
        #expect(refusal(Door().check(request(Visitor(), headers))) == status)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"ticketId":"seat-1"}"#,
        #"{"ticketId":"","paymentMethodId":"card_success"}"#,
        #"{"ticketId":7,"paymentMethodId":"card_success"}"#,
        #"{"ticketId":"seat-1","paymentMethodId":"card_gold"}"#,
        #"{"ticketId":"\#(String(repeating: "x", count: 101))","paymentMethodId":"card_success"}"#,
    ])
    func `what is no booking is refused`(body: String) {
        #expect(refusal(Door().check(request(Visitor(), Self.own, body))) == 400)
    }

    @Test func `a form of another kind, no cookie, and a strange key are refused`() {
        for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
            let headers = Self.own.merging(["content-type": type]) { $1 }
            #expect(refusal(Door().check(request(Visitor(), headers))) == 415)
        }
        #expect(refusal(Door().check(request(nil, Self.own))) == 403)
        for key in ["", "a b", "\u{E9}", String(repeating: "x", count: 65)] {
            let headers = Self.own.merging(["idempotency-key": key]) { $1 }
            #expect(refusal(Door().check(request(Visitor(), headers))) == 400)
        }
    }

    @Test func `ten bookings a minute and visitor are admitted`() {
        let now = Mutex(ContinuousClock.now)
        let (door, visitor, other) = (Door { now.withLock { $0 } }, Visitor(), Visitor())
        for _ in 0..<10 { #expect(refusal(door.check(request(visitor, Self.own))) == 0) }
        guard case .refused(let response) = door.check(request(visitor, Self.own)) else {
            Issue.record("The eleventh is admitted")
            return
        }
        #expect(response.status == 429)
        #expect(response.headers.contains { $0 == ("retry-after", "61") })
        #expect(refusal(door.check(request(other, Self.own))) == 0)
        now.withLock { $0 += .seconds(59) }
        #expect(refusal(door.check(request(visitor, Self.own))) == 429)
        now.withLock { $0 += .seconds(1) }
        #expect(refusal(door.check(request(visitor, Self.own))) == 0)
    }

    @Test func `a crowd of visitors is forgotten, not kept`() {
        let door = Door()
        for _ in 0..<10_100 { _ = door.check(request(Visitor(), Self.own)) }
        #expect(door.visitorCount == 10_000)
    }

    private func refusal(_ verdict: Door.Verdict) -> Int {
        switch verdict {
        case .admitted: 0
        case .refused(let response): response.status
        }
    }

    private func request(
        _ visitor: Visitor?, _ headers: [String: String], _ body: String = Self.body
    ) -> RouteRequest {
        var fields = headers.map { (name: $0.key, value: $0.value) }
        if let visitor { fields.append(("cookie", "a=b; nexus_visitor=\(visitor.id)")) }
        return RouteRequest(
            method: "POST", path: "/api/bookings", query: nil, authority: "shop:9080",
            parameters: [:], headers: fields, body: Array(body.utf8))
    }
}
