internal import CanonicalJSON
internal import Primitives
internal import Restate
internal import RestateHTTP

/// A request to the admin API. Its head is judged before its body is read.
struct AdminRequest: Sendable {
    /// The most bytes of a body, which is a server's limit.
    static let bodyLimit = BodyLimit.admin
    static let versions = 2...4

    /// Nil if no path of the API has the method. HEAD is answered like GET: the transport leaves the
    /// body out.
    let method: AdminMethod?
    /// The path without the query, not decoded.
    let path: String
    let parameters: QueryParameters
    /// The query with its question mark, not decoded.
    let query: String
    let accept: String?
    let contentType: String?
    let host: String?
    let origin: String?
    /// Nil if there is no such route.
    let route: AdminRoute?
    /// The API version in the path, if it is one that servers have ever had.
    let version: Int?
    var body: [UInt8] = []

    init(_ stream: RequestStream) {
        method = stream.method == "HEAD" ? .get : AdminMethod(rawValue: stream.method)
        accept = stream.header("accept")
        contentType = stream.header("content-type")
        host = stream.header("host") ?? stream.header(":authority")
        origin = stream.header("origin")
        let target = stream.path
        let cut = target.firstIndex(of: "?")
        path = String(target[..<(cut ?? target.endIndex)])
        query = String(target[(cut ?? target.endIndex)...])
        parameters = QueryParameters(query.dropFirst())
        var segments = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        let isAbsolute = segments.popFirst()?.isEmpty ?? false
        version = segments.first.flatMap { Self.versionNames[$0] }
        if version != nil { segments.removeFirst() }
        route = isAbsolute ? AdminRoute(Array(segments)) : nil
    }

    private static let versionNames: [Substring: Int] = ["v1": 1, "v2": 2, "v3": 3, "v4": 4]

    /// Clients of version 2 get the answers that version had.
    var isOfVersion2: Bool { version == 2 }

    /// Decodes the body. A body that is not JSON is answered with 400, JSON of another shape with
    /// 422.
    func json<Body: Decodable>(_ type: Body.Type, _ name: String) throws(AdminError) -> Body {
        try demandJSON()
        do {
            return try JSON.decode(type, from: body)
        } catch {
            throw .shape("\(JSON.describe(error)) (\(name))")
        }
    }

    /// Throws if the body is not JSON.
    func demandJSON() throws(AdminError) {
        do {
            _ = try JSON.decode(AnyShape.self, from: body)
        } catch {
            throw .text(
                400, "Failed to parse the request body as JSON: \(JSON.describe(error))")
        }
    }

    /// Accepts every JSON value without reading it.
    private struct AnyShape: Decodable {
        init(from decoder: any Decoder) {}
    }
}

/// The parameters of a query. Names are case-sensitive, and a name that is given twice is refused.
struct QueryParameters: Sendable {
    private var pairs: [(name: String, value: String)] = []

    init(_ query: Substring) {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            pairs.append((Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : ""))
        }
    }

    private static func decoded(_ text: Substring) -> String {
        let text = text.replacing("+", with: " ")
        return PercentEncoding.decode(text) ?? String(text)
    }

    /// Returns nil if the parameter is not given. Throws if it is given twice.
    func value(_ name: String) throws(AdminError) -> String? {
        let values = pairs.filter { ExactName(text: $0.name) == ExactName(text: name) }
        guard values.count <= 1 else { throw .parameter("duplicate field `\(name)`") }
        return values.first?.value
    }

    /// Returns nil if the parameter is not given.
    func flag(_ name: String) throws(AdminError) -> Bool? {
        switch try value(name) {
        case nil: nil
        case "true"?: true
        case "false"?: false
        case .some: throw .parameter("\(name): provided string was not `true` or `false`")
        }
    }

    /// Returns a number of 32 bits, or a server's error for what is not one.
    func index(_ name: String) throws(AdminError) -> Int? {
        guard let text = try value(name) else { return nil }
        if text.isEmpty { throw .parameter("\(name): cannot parse integer from empty string") }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw .parameter("\(name): invalid digit found in string")
        }
        guard let number = UInt32(text) else {
            throw .parameter("\(name): number too large to fit in target type")
        }
        return Int(number)
    }
}
