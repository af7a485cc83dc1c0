internal import Foundation
#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif
internal import Restate
internal import Times

/// Requests to one server, made again where that is safe.
struct HTTPCaller: Sendable {
    struct Request {
        var method: String
        /// Segments, each escaped by itself: a key may have slashes.
        var path: [String]
        var query: String?
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        /// Made twice, it does no more than once.
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

    /// One for all, because a session lives until it is told to end. An invocation may take days:
    /// what is waited for is not given up here.
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

    /// The answer, whatever its status.
    /// - Throws: ``IngressError`` without a status if there is none.
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
            // As they are, these two would lead elsewhere.
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
            // Foundation has a code of its own for few of the things that can be wrong with a
            // certificate; of the others it has only libcurl's words.
            case _ where reason.contains("certificate"):
                (.untrusted, "\(place) cannot be trusted: \(reason)")
            default: (.unreachable, "\(place) cannot be reached: \(reason)")
            }
        return IngressError(code, sentence, cause: error)
    }
}

extension HTTPCaller.Answer {
    /// A busy server or a proxy without one, not a handler that ended with such a code.
    fileprivate var mayPass: Bool {
        [429, 502, 503, 504].contains(status) && !isOfInvocation
    }

    /// A day at most.
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
