internal import Nexus
public import Restate
public import RestateClient
internal import Synchronization

/// The web page of the box office, on the endpoint's own port: the seats as they are, and a checkout.
///
/// ```swift
/// let page = BoxOfficePage(ingress: RestateClient(ingress: url))
/// await page.added(to: BoxOffice().endpoint).serve(port: 9080)
/// ```
/// The page talks to the endpoint alone. The endpoint asks the ingress for it, so that a token stays
/// here.
public final class BoxOfficePage: Sendable {
    private let ingress: Mutex<RestateClient?>
    private let board = BookingBoard()
    private let door = Door()

    /// - Parameter ingress: where the handlers are called; nil if that is known later.
    public init(ingress: RestateClient? = nil) {
        self.ingress = Mutex(ingress)
    }

    /// Says where the handlers are called. Until then the page is reconnecting.
    public func open(at ingress: RestateClient) {
        self.ingress.withLock { $0 = ingress }
    }

    /// The endpoint with the page's routes, and with hooks that see how far its bookings are.
    public func added(to endpoint: Endpoint) -> Endpoint {
        let (board, door) = (board, door)
        let call: @Sendable () throws -> RestateClient = { [self] in
            guard let client = ingress.withLock({ $0 }) else { throw NotOpen() }
            return client
        }
        let seats = SeatWatch { try await SeatPoll.ask(try call(), $0) }
        return PageFile.all.reduce(endpoint.hooks(BookingHooks(board))) { endpoint, file in
            endpoint.route("GET", file.path) { _ in file.response }
        }
        .route("GET", "/api/seats") { request in
            let (visitor, headers) = Visitor.recognised(in: request)
            return .events(headers: headers) { events in
                try await seats.tell(events, as: visitor.userID)
            }
        }
        .route(
            "POST", "/api/bookings", bodyLimit: Door.bodyLimit,
            tooLarge: .refusal(413, "A booking is at most \(Door.bodyLimit) bytes.")
        ) { request in
            switch door.check(request) {
            case .refused(let response): return response
            case .admitted(let order, let key):
                return try await BookingDesk.book(order, key, call)
            }
        }
        .route("GET", "/api/bookings/{id}") { request in
            guard let id = BookingID(request.parameters["id"] ?? "") else {
                return .refusal(404, "There is no such booking.")
            }
            return .events { events in
                try await BookingDesk.tell(events, of: id, board, call)
            }
        }
    }
}

/// The ingress is not known yet.
struct NotOpen: Error {}

/// What the page is told when something is refused.
struct PageRefusal: Codable {
    var error: String
}

extension RouteResponse {
    static func refusal(
        _ status: Int, _ sentence: String, retryAfter seconds: Int? = nil
    ) -> RouteResponse {
        let refusal = PageRefusal(error: sentence)
        var response =
            (try? RouteResponse.json(refusal, status: status)) ?? .text(sentence, status: status)
        response.headers.append(("cache-control", "no-store"))
        if let seconds { response.headers.append(("retry-after", "\(seconds)")) }
        return response
    }
}
