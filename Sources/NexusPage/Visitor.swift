internal import Restate

/// Who looks at the page: a random id in a cookie.
///
/// The first half of it is the user id of the visitor's bookings, which an open shop shows to
/// everybody. The second half stays with the browser.
struct Visitor: Equatable, Sendable {
    private static let cookie = "nexus_visitor"
    private static let year = 365 * 86_400
    private static let halves = (name: 16, secret: 32)

    /// The cookie's value.
    let id: String

    var userID: String { "visitor-\(id.prefix(Self.halves.name))" }

    /// A new one.
    init() {
        id = "\(randomHex(Self.halves.name)).\(randomHex(Self.halves.secret))"
    }

    /// - Returns: nil if it is not the value of such a cookie.
    init?(cookie value: some StringProtocol) {
        let halves = value.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0].utf8.count == Self.halves.name,
            halves[1].utf8.count == Self.halves.secret,
            halves.allSatisfy({ $0.utf8.allSatisfy(isHexDigit) })
        else { return nil }
        id = String(value)
    }

    /// The visitor that a request's cookies name.
    init?(of request: RouteRequest) {
        let pairs = request.headers.filter { $0.name == "cookie" }
            .flatMap { $0.value.split(separator: ";") }
        for pair in pairs {
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == Self.cookie,
                let visitor = Visitor(cookie: parts[1])
            else { continue }
            self = visitor
            return
        }
        return nil
    }

    /// The visitor of a request, and the headers that give a new one a cookie.
    ///
    /// Only the page's own requests give cookies: a browser that follows a link from another site
    /// sends none of its (SameSite=Strict), and would get another one in its place.
    static func recognised(
        in request: RouteRequest
    ) -> (Visitor, [(name: String, value: String)]) {
        if let visitor = Visitor(of: request) { return (visitor, []) }
        let visitor = Visitor()
        guard Door.isOwn(request) else { return (visitor, []) }
        let value =
            "\(cookie)=\(visitor.id); Path=/; Max-Age=\(year); HttpOnly; SameSite=Strict"
        return (visitor, [("set-cookie", value)])
    }
}

func randomHex(_ count: Int) -> String {
    String((0..<count).map { _ in "0123456789abcdef".randomElement() ?? "0" })
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
