internal import Foundation
#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif
internal import Restate
internal import Times

/// Sends requests to one server, and repeats those that may be repeated.
struct HTTPCaller: Sendable {
    struct Request {
        var method: String
        /// The segments of the path. Each is escaped by itself, because a key may contain slashes.
        var path: [String]
        var query: String?
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        /// Whether the request has the same effect if it is sent twice.
        var isRepeatable = false

        init(_ method: String, _ path: [String]) {
            self.method = method
            self.path = path
        }
    }

    struct Answer {
        var status: Int
        var body: [UInt8]
        let response: HTTPURLResponse

        func header(_ name: String) -> String? { response.value(forHTTPHeaderField: name) }
    }

    /// Shared, because a session lives until it is invalidated. It has no time limit, because an
    /// invocation may take days.
    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30 * 86_400
        configuration.timeoutIntervalForResource = 30 * 86_400
        configuration.httpMaximumConnectionsPerHost = 128
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        return URLSession(configuration: configuration)
    }()

    let base: URL
    let token: String?
    let retries: ClientRetryPolicy
    /// How the values of handlers are written.
    var coding: EndpointCoding?

    /// Sends a request and returns the answer, whatever its status.
    /// - Throws: an ``IngressError`` without a status if there is no answer.
    func send(_ request: Request) async throws -> Answer {
        var failures = 0
        while true {
            var retryAfter: Duration?
            let result: Result<Answer, IngressError>
            do {
                let answer = try await attempt(request)
                guard request.isRepeatable, answer.mayPass else { return answer }
                retryAfter = answer.retryAfter
                result = .success(answer)
            } catch let error as URLError {
                if error.code == .cancelled { throw CancellationError() }
                let failure = failure(of: error)
                guard request.isRepeatable, error.code != .unsupportedURL else { throw failure }
                result = .failure(failure)
            }
            failures += 1
            guard let delay = retries.delay(afterFailures: failures, retryAfter: retryAfter) else {
                return try result.get()
            }
            try await Task.sleep(for: delay)
        }
    }

    private func attempt(_ request: Request) async throws -> Answer {
        guard let url = url(of: request) else { throw URLError(.unsupportedURL) }
        var message = URLRequest(url: url)
        message.httpMethod = request.method
        for (name, value) in request.headers {
            try HeaderRules.check(name, value)
            message.addValue(value, forHTTPHeaderField: name)
        }
        if let token {
            try HeaderRules.check("authorization", token)
            message.setValue("Bearer \(token)", forHTTPHeaderField: "authorization")
        }
        if !request.body.isEmpty { message.httpBody = Data(request.body) }
        let (body, response) = try await Self.session.answer(to: message)
        guard let response = response as? HTTPURLResponse else {
            throw URLError(.badServerResponse)
        }
        return Answer(status: response.statusCode, body: Array(body), response: response)
    }

    private func url(of request: Request) -> URL? {
        guard let scheme = base.scheme?.lowercased(), ["http", "https"].contains(scheme),
            base.host() != nil
        else { return nil }
        var text = base.absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        for segment in request.path {
            guard let escaped = segment.addingPercentEncoding(withAllowedCharacters: .unreserved)
            else { return nil }
            // Unescaped these two segments would change the path.
            let isStep = escaped == "." || escaped == ".."
            text += "/" + (isStep ? escaped.replacing(".", with: "%2E") : escaped)
        }
        if let query = request.query { text += "?" + query }
        return URL(string: text)
    }

    private func failure(of error: URLError) -> IngressError {
        let place = base.absoluteString
        let reason = error.localizedDescription
        let (code, sentence): (IngressError.Code, String) =
            switch error.code {
            case .cannotConnectToHost:
                (
                    .unreachable,
                    "Nobody listens at \(place); start the server or give another address"
                )
            case .cannotFindHost, .dnsLookupFailed:
                (.unreachable, "There is no host of that name: \(place)")
            case .unsupportedURL, .badURL:
                (
                    .invalidRequest,
                    "'\(place)' is no address of a server; one is like http://localhost:8080"
                )
            case .networkConnectionLost: (.unreachable, "The connection to \(place) was lost")
            case .timedOut: (.timedOut, "\(place) does not answer in time")
            case .secureConnectionFailed, .serverCertificateUntrusted,
                .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot:
                (.untrusted, "\(place) cannot be trusted: \(reason)")
            // Foundation has its own code for only a few problems of certificates. For the others
            // it has libcurl's message.
            case _ where reason.contains("certificate"):
                (.untrusted, "\(place) cannot be trusted: \(reason)")
            default: (.unreachable, "\(place) cannot be reached: \(reason)")
            }
        return IngressError(code, sentence, cause: error)
    }
}

extension HTTPCaller.Answer {
    /// Whether the status may be temporary: the server is overloaded or a proxy cannot reach it.
    /// The answer of a handler that ended with such a code is not.
    fileprivate var mayPass: Bool {
        [429, 502, 503, 504].contains(status) && !isOfInvocation
    }

    /// The delay that the server asks for, one day at most.
    fileprivate var retryAfter: Duration? {
        let now = UInt64(clamping: millisecondsSince1970())
        return header("retry-after").flatMap { RetryAfter.delay($0, at: now) }
            .map { .milliseconds(min($0, 86_400_000)) }
    }
}

extension CharacterSet {
    fileprivate static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
}
