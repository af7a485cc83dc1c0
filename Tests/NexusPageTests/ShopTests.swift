import CanonicalJSON
import EndpointSupport
import Foundation
import Nexus
import Restate
import RestateClient
import RestateHTTP
import RestateLocal
import Support
import Synchronization
import Testing

@testable import NexusPage

/// The page's routes with a local runtime behind them.
@Suite(.timeLimit(.minutes(10)))
struct ShopTests {
    @Test func `a booking is told step by step, and is known afterwards`() async throws {
        try await withShop { port, _ in
            let visitor = Browsing.visitor(port)
            let id = try await booked(visitor, "seat-7")
            let views = try await self.views(visitor, id)
            #expect(views.last?.state == .confirmed)
            #expect(views.dropLast().allSatisfy { $0.state == .running && $0.bookingId == id })
            // Whoever comes later, with the id alone, is told the same at once.
            #expect(try await self.views(Browsing(port: port), id) == [try #require(views.last)])
        }
    }

    @Test func `the payment is seen while it takes its time`() async throws {
        let gateway = HeldGateway()
        try await withShop(gateway: gateway) { port, _ in
            let visitor = Browsing.visitor(port)
            let id = try await booked(visitor, "seat-7")
            try await visitor.events("/api/bookings/\(id)") { event in
                try event.json(BookingView.self).steps.pay == .active
            }
            gateway.open()
            #expect(try await views(visitor, id).last?.state == .confirmed)
        }
    }

    @Test func `a declined card is undone, and the seat free again`() async throws {
        try await withShop { port, _ in
            let visitor = Browsing.visitor(port)
            let id = try await booked(visitor, "seat-7", "card_decline")
            let last = try #require(try await views(visitor, id).last)
            #expect(last.state == .undone)
            #expect(last.steps.pay == .failed)
            #expect(last.steps.reserve == .undone)
            #expect(last.message == "The card was declined: Insufficient funds")
            let other = Browsing.visitor(port)
            #expect(
                try await views(other, try await booked(other, "seat-7")).last?.state == .confirmed)
            // Now it is taken.
            let refused = try await views(visitor, try await booked(visitor, "seat-7"))
            #expect(refused.last?.state == .refused)
            #expect(refused.last?.message == "Ticket already sold")
        }
    }

    @Test func `each visitor sees which seats are its own`() async throws {
        try await withShop { port, _ in
            let (one, other) = (Browsing.visitor(port), Browsing.visitor(port))
            _ = try await views(one, try await booked(one, "seat-2"))
            for (visitor, isMine) in [(one, true), (other, false)] {
                let seats = try await untilSeen(visitor) { seats in
                    seats.first { $0.id == "seat-2" }?.mine != nil
                }
                #expect(seats.count == 50)
                #expect(seats[1].status == .sold)
                #expect(seats[1].mine == isMine)
                #expect(seats[0] == SeatNews.Seat(id: "seat-1", status: .available, mine: false))
            }
        }
    }

    @Test func `a held seat says until when`() async throws {
        let gateway = HeldGateway()
        try await withShop(gateway: gateway) { port, _ in
            let visitor = Browsing.visitor(port)
            let id = try await booked(visitor, "seat-3")
            let before = Int64(Date().timeIntervalSince1970 * 1000)
            let seats = try await untilSeen(visitor) { seats in
                seats.first { $0.id == "seat-3" }?.until != nil
            }
            #expect(seats[2].status == .reserved)
            #expect(seats[2].mine == true)
            #expect(abs((seats[2].until ?? 0) - before - 900_000) < 300_000)
            gateway.open()
            _ = try await views(visitor, id)
        }
    }

    @Test func `the same key makes one booking`() async throws {
        try await withShop { port, _ in
            let visitor = Browsing.visitor(port)
            let answers = try await [
                visitor.book("seat-1", headers: ["idempotency-key": "k"]),
                visitor.book("seat-1", headers: ["idempotency-key": "k"]),
                Browsing.visitor(port).book("seat-1", headers: ["idempotency-key": "k"]),
            ]
            #expect(answers.map(\.status) == [202, 202, 202])
            #expect(answers[0].text == answers[1].text)
            #expect(answers[0].text != answers[2].text)
        }
    }

    @Test func `a booking that is too large is refused in the words of the other refusals`()
        async throws
    {
        try await withShop { port, _ in
            let answer = try await Browsing.visitor(port).book(
                String(repeating: "x", count: 5000))
            #expect(answer.status == 413)
            #expect(answer.sentence == "A booking is at most 4096 bytes.")
        }
    }

    @Test func `a booking that nobody knows is told as such`() async throws {
        try await withShop { port, _ in
            let visitor = Browsing.visitor(port)
            let id = "inv_193etSPT9Gf36PDZyMrJA1cBGrBmSBmXSs"
            #expect(try await views(visitor, id).map(\.state) == [.unknown])
            let answer = try await visitor.get("/api/bookings/x")
            #expect(answer.status == 404)
            #expect(answer.sentence == "There is no such booking.")
        }
    }

    @Test func `an endpoint that ends does not wait for those who only look`() async throws {
        try await withServer { server in
            let page = BoxOfficePage(ingress: try client(server))
            try await server.register(BoxOffice().endpoint.logger(SilentLogger()))
            let running = try page.added(to: BoxOffice().endpoint).logger(SilentLogger())
                .start(host: "127.0.0.1", port: 0, loops: 1)
            let (seen, see) = AsyncStream.makeStream(of: Void.self)
            let visitor = Browsing(port: running.port)
            let watching = Task {
                try await visitor.events("/api/seats") { _ in
                    see.finish()
                    return false
                }
            }
            for await _ in seen {}
            // More time than this test has.
            await running.shutdown(grace: .seconds(86_400))
            #expect(try await watching.value.first?.type == "seats")
        }
    }

    @Test func `an ingress that is gone is trouble, and bookings are told to come again`()
        async throws
    {
        try await withShop { port, server in
            let visitor = Browsing.visitor(port)
            let id = try await booked(visitor, "seat-1")
            _ = try await views(visitor, id)
            let stopped = Mutex(false)
            let events = try await visitor.events("/api/seats") { event in
                if !stopped.withLock({ $0 }) {
                    await server.shutdown()
                    stopped.withLock { $0 = true }
                }
                return event.type == "trouble"
            }
            #expect(events.last?.data == #"{"reason":"unreachable"}"#)
            let trouble = try await visitor.events("/api/bookings/\(id)") { _ in true }
            #expect(trouble.map(\.type) == ["trouble"])
            let answer = try await visitor.book("seat-2")
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == "1")
        }
    }

    @Test func `an ingress that does not know the box office says that it is not open`()
        async throws
    {
        try await withServer { server in
            let page = BoxOfficePage(ingress: try client(server))
            try await serving(page.added(to: BoxOffice().endpoint)) { port in
                let events = try await Browsing(port: port).events("/api/seats") { _ in true }
                #expect(events.map(\.data) == [#"{"reason":"unregistered"}"#])
            }
        }
    }

    @Test func `the token stays here`() async throws {
        let tokens = Mutex<[String]>([])
        let ingress = Endpoint([]).route("POST", "/{service}/{key}/{handler}") { request in
            tokens.withLock { $0.append(request.header("authorization") ?? "none") }
            // As careless as can be.
            return .text("your token is \(request.header("authorization") ?? "none")", status: 401)
        }
        try await serving(ingress) { port in
            let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let page = BoxOfficePage(
                ingress: RestateClient(ingress: url, token: "secret", retries: .never))
            try await serving(page.added(to: BoxOffice().endpoint)) { port in
                let visitor = Browsing.visitor(port)
                let events = try await visitor.events("/api/seats") { _ in true }
                #expect(events.map(\.data) == [#"{"reason":"unauthorized"}"#])
                let answer = try await visitor.book("seat-1")
                #expect(answer.status == 503)
                #expect(!answer.text.contains("secret"))
            }
        }
        #expect(tokens.withLock { $0.allSatisfy { $0 == "Bearer secret" } && !$0.isEmpty })
    }

    // MARK: The shop

    private func booked(
        _ visitor: Browsing, _ seat: String, _ card: String = "card_success"
    ) async throws -> String {
        struct Receipt: Decodable { var bookingId: String }
        let answer = try await visitor.book(seat, card)
        #expect(answer.status == 202)
        return try JSON.decode(Receipt.self, from: Array(answer.text.utf8)).bookingId
    }

    private func views(_ visitor: Browsing, _ id: String) async throws -> [BookingView] {
        try await visitor.events("/api/bookings/\(id)").map { try $0.json() }
    }

    /// The seats as the visitor knows them when it knows enough.
    private func untilSeen(
        _ visitor: Browsing, _ isEnough: @escaping @Sendable ([SeatNews.Seat]) -> Bool
    ) async throws -> [SeatNews.Seat] {
        let seats = Mutex<[SeatNews.Seat]>([])
        try await visitor.events("/api/seats") { event in
            let news = try event.json(SeatNews.self).seats
            return seats.withLock { seats in
                if event.type == "seats" {
                    seats = news
                } else {
                    seats = seats.map { old in news.first { $0.id == old.id } ?? old }
                }
                return isEnough(seats)
            }
        }
        return seats.withLock { $0 }
    }

    private func withShop(
        gateway: any PaymentGateway = MockGateway(chargeTime: .milliseconds(1)),
        _ body: (_ port: Int, RunningLocalServer) async throws -> Void
    ) async throws {
        var settings = NexusSettings()
        settings.mailTime = .milliseconds(1)
        // A busy machine may be slow to see what the gateway holds up.
        settings.chargeTimeLimit = .seconds(3600)
        let page = BoxOfficePage()
        let endpoint = page.added(to: BoxOffice(settings, gateway: gateway).endpoint)
            .logger(SilentLogger())
        try await withServer { server in
            try await server.register(endpoint)
            page.open(at: try client(server))
            try await serving(endpoint) { try await body($0, server) }
        }
    }

    private func client(_ server: RunningLocalServer) throws -> RestateClient {
        RestateClient(ingress: try #require(URL(string: server.ingressURL)), retries: .never)
    }

    private func withServer(
        _ body: (RunningLocalServer) async throws -> Void
    ) async throws {
        var settings = LocalServerSettings()
        settings.ingressPort = 0
        settings.adminPort = 0
        let server = try await LocalServer(settings).start()
        do {
            try await body(server)
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }
}

/// A gateway that charges nobody until it is opened.
private final class HeldGateway: PaymentGateway {
    private let opened = AsyncStream.makeStream(of: Void.self)

    func open() { opened.continuation.finish() }

    func charge(_ amount: Int, to card: PaymentCard, key: String) async throws -> String {
        for await _ in opened.stream {}
        return key
    }

    func refund(key: String) async throws -> Bool { false }
}
