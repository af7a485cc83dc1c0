internal import Nexus
internal import Restate
internal import Synchronization

/// Lets in the bookings that come from the page itself, and from nobody too often.
final class Door: Sendable {
    enum Verdict {
        /// - Parameter key: makes the same booking of a request that is sent again.
        case admitted(OrderInput, key: String)
        case refused(RouteResponse)
    }

    static let bodyLimit = 4096
    /// Bookings of a visitor in a minute.
    static let bookingLimit = 10
    private static let period = Duration.seconds(60)
    /// Visitors whose bookings are counted; beyond it those go who have not booked for longest.
    private static let visitorLimit = 10_000
    private static let idLimit = 100

    private let bookings = Mutex<[String: [ContinuousClock.Instant]]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    var visitorCount: Int { bookings.withLock { $0.count } }

    /// A request that another site's page did not make.
    static func isOwn(_ request: RouteRequest) -> Bool {
        // Browsers say it themselves; older ones name at least the page's origin.
        if let site = request.header("sec-fetch-site") { return site == "same-origin" }
        guard let origin = request.header("origin") else { return true }
        guard let authority = request.authority else { return false }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }

    func check(_ request: RouteRequest) -> Verdict {
        guard Self.isOwn(request) else {
            return .refused(.refusal(403, "Bookings are made on the page of this box office."))
        }
        let type = request.header("content-type")?.prefix { $0 != ";" } ?? ""
        guard type.lowercased() == "application/json" else {
            return .refused(.refusal(415, "A booking must be JSON."))
        }
        guard let visitor = Visitor(of: request) else {
            return .refused(
                .refusal(403, "The page has no cookie. Allow cookies, and load it again."))
        }
        struct Body: Decodable {
            var ticketId: String
            var paymentMethodId: PaymentCard
        }
        guard let body = try? request.json(Body.self), !body.ticketId.isEmpty,
            body.ticketId.utf8.count <= Self.idLimit
        else {
            return .refused(
                .refusal(
                    400, "A booking must be {\"ticketId\": a seat, \"paymentMethodId\": a card}."))
        }
        let key = request.header("idempotency-key") ?? randomHex(32)
        guard (1...64).contains(key.utf8.count), key.utf8.allSatisfy(isKeyByte) else {
            return .refused(
                .refusal(400, "An idempotency key has up to 64 letters, digits and hyphens."))
        }
        if let seconds = wait(of: visitor) {
            return .refused(
                .refusal(
                    429, "That was \(Self.bookingLimit) bookings in a minute. Take a breath.",
                    retryAfter: seconds))
        }
        let order = OrderInput(
            ticketID: body.ticketId, userID: visitor.userID, card: body.paymentMethodId)
        // Keys of different visitors are different keys.
        return .admitted(order, key: "\(visitor.userID)-\(key)")
    }

    /// Counts a booking.
    /// - Returns: after how many seconds it may be made, if it is one too many.
    private func wait(of visitor: Visitor) -> Int? {
        let now = now()
        return bookings.withLock { bookings in
            let recent = (bookings[visitor.id] ?? []).filter { now - $0 < Self.period }
            if recent.count >= Self.bookingLimit, let first = recent.first {
                return Int((Self.period - (now - first)).components.seconds) + 1
            }
            if bookings.count >= Self.visitorLimit, bookings[visitor.id] == nil {
                bookings = bookings.filter { now - ($0.value.last ?? now) < Self.period }
                if bookings.count >= Self.visitorLimit,
                    let oldest = bookings.min(by: {
                        ($0.value.last ?? now) < ($1.value.last ?? now)
                    }
                    )
                {
                    bookings[oldest.key] = nil
                }
            }
            bookings[visitor.id] = recent + [now]
            return nil
        }
    }
}

private func isKeyByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
