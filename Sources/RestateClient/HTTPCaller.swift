internal import Foundation
#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif
internal import RestateServices
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
        /// Takes precedence over the client's limit.
        var timeout: Duration?

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
    private static let sharedSession: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30 * 86_400
        configuration.timeoutIntervalForResource = 30 * 86_400
        configuration.httpMaximumConnectionsPerHost = 128
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        return URLSession(configuration: configuration)
    }()

    /// `Task.sleep` overflows with much longer durations.
    static let longest = Duration.seconds(30 * 86_400)

    let base: URL
    let token: String?
    let retries: ClientRetryPolicy
    /// The admin API answers some wrong questions with 500, so that is no reason to ask again.
    var isAdmin = false
    /// How the values of handlers are written.
    var coding: EndpointCoding?
    /// Sent with every request that does not have them.
    var headers: [(name: String, value: String)] = []
    var timeout: Duration?
    var session = sharedSession

    init(base: URL, token: String?, retries: ClientRetryPolicy) {
        self.base = base
        self.token = token
        self.retries = retries
    }

    static func isAddress(_ url: URL) -> Bool {
        // Port 0 is for listening: nobody can be called there.
        ["http", "https"].contains(url.scheme?.lowercased()) && url.host() != nil
            && (1...65535).contains(url.port ?? 80)
    }

    /// Sends a request and returns the answer, whatever its status.
    /// - Throws: an ``IngressError`` without a status if there is no answer.
    func send(_ request: Request) async throws -> Answer {
        guard let limit = request.timeout ?? timeout else { return try await repeated(request) }
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await repeated(request) }
            group.addTask {
                try await Task.sleep(for: min(limit, Self.longest))
                throw IngressError(
                    .timedOut,
                    "\(base.absoluteString) has not answered in \(limit). What was asked for may "
                        + "happen nevertheless: an invocation that has begun goes on")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    /// Repeats a request that may be repeated, for as long as its errors are temporary.
    private func repeated(_ request: Request) async throws -> Answer {
        var failures = 0
        var firstFailure: ContinuousClock.Instant?
        while true {
            var retryAfter: Duration?
            let result: Result<Answer, IngressError>
            do {
                let answer = try await attempt(request)
                guard request.isRepeatable, !answer.isOfInvocation,
                    mayRepeat(answer.ingressError())
                else { return answer }
                retryAfter = answer.retryAfter
                result = .success(answer)
            } catch let error as URLError {
                if error.code == .cancelled { throw CancellationError() }
                let failure = failure(of: error)
                guard request.isRepeatable, mayRepeat(failure) else { throw failure }
                result = .failure(failure)
            }
            failures += 1
            let now = ContinuousClock.now
            let first = firstFailure ?? now
            firstFailure = first
            let delay = retries.delay(
                afterFailures: failures, elapsed: first.duration(to: now), retryAfter: retryAfter,
                chance: .random(in: 0...1))
            guard let delay else { return try result.get() }
            try await Task.sleep(for: delay)
        }
    }

    private func mayRepeat(_ error: IngressError) -> Bool {
        if let decide = retries.shouldRetry { return decide(error) }
        return error.isTemporary && !(isAdmin && error.status == 500)
    }

    private func attempt(_ request: Request) async throws -> Answer {
        guard let url = url(of: request) else { throw URLError(.unsupportedURL) }
        var message = URLRequest(url: url)
        message.httpMethod = request.method
        for (name, value) in request.headers {
            try HeaderRules.check(name, value)
            message.addValue(value, forHTTPHeaderField: name)
        }
        for (name, value) in headers where message.value(forHTTPHeaderField: name) == nil {
            try HeaderRules.check(name, value)
            message.setValue(value, forHTTPHeaderField: name)
        }
        if let token {
            try HeaderRules.check("authorization", token)
            message.setValue("Bearer \(token)", forHTTPHeaderField: "authorization")
        }
        if !request.body.isEmpty { message.httpBody = Data(request.body) }
        let (body, response) = try await session.answer(to: message)
        guard let response = response as? HTTPURLResponse else {
            throw URLError(.badServerResponse)
        }
        return Answer(status: response.statusCode, body: Array(body), response: response)
    }

    private func url(of request: Request) -> URL? {
        guard Self.isAddress(base) else { return nil }
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
    /// The delay that the server asks for, one day at most.
    fileprivate var retryAfter: Duration? {
        let now = UInt64(clamping: millisecondsSince1970())
        return header("retry-after").flatMap { RetryAfter.delay($0, at: now) }
            .map { .milliseconds(min($0, 86_400_000)) }
    }
}

extension CharacterSet {
    /// What a part of a path or of a query may hold as it is.
    static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
}
