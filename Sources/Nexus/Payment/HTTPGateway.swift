internal import Foundation

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

/// A gateway somewhere else, over HTTP.
///
/// Each request has a connection of its own: charges are slow and rare, and a connection that was
/// kept too long would fail a payment for nothing.
public struct HTTPGateway: PaymentGateway {
    private static let replyLimit = 1 << 20
    /// Between the tries, about two seconds in all: a gateway that is started again breaks some connections
    /// and refuses others, and that is no reason to lose a sale. To ask again under one key is harmless.
    private static let pauses = [50, 100, 200, 400, 400, 400, 400].map(Duration.milliseconds)

    private let url: GatewayURL
    private let token: OperatorToken?
    private let trouble: @Sendable (String) -> Void
    private let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - token: shown to a gateway of our own that asks for it.
    ///   - trouble: told why the gateway does not answer, from any thread. The errors do not say where it is:
    ///     buyers read them.
    public init(
        _ url: GatewayURL, token: OperatorToken? = nil,
        trouble: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(url, token: token, trouble: trouble) { try await Task.sleep(for: $0) }
    }

    /// - Parameter pause: waits between two tries.
    init(
        _ url: GatewayURL, token: OperatorToken?, trouble: @escaping @Sendable (String) -> Void,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        (self.url, self.token, self.trouble, self.pause) = (url, token, trouble, pause)
    }

    public func charge(_ amount: Int, to card: PaymentCard, key: String) async throws -> String {
        let body = try JSONEncoder().encode(ChargeRequest(amount: amount, paymentMethodId: card))
        return try await post("", body, key: key).transaction(key: key)
    }

    public func refund(key: String) async throws -> Bool {
        try await post("/refunds", Data(), key: key).refunded()
    }

    private func post(_ path: String, _ body: Data, key: String) async throws -> GatewayReply {
        guard let address = URL(string: url.description + path) else {
            trouble("\(url)\(path) is no address")
            throw GatewayError.failed("its address is none")
        }
        var request = URLRequest(url: address)
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.setValue("application/json", forHTTPHeaderField: "accept")
        request.setValue(key, forHTTPHeaderField: GatewayPath.key)
        if let token { request.setValue(token.authorization, forHTTPHeaderField: "authorization") }
        for pause in Self.pauses {
            do {
                return try await reply(to: request)
            } catch let error as URLError where error.mayPass {
                try await self.pause(pause)
            } catch {
                throw told(error)
            }
        }
        do {
            return try await reply(to: request)
        } catch {
            throw told(error)
        }
    }

    private func reply(to request: URLRequest) async throws -> GatewayReply {
        var status: Int?
        var reply: [UInt8] = []
        for try await part in exchange(request) {
            switch part {
            case .status(let code): status = code
            case .body(let bytes): reply += bytes
            }
            guard reply.count <= Self.replyLimit else {
                throw GatewayError.failed("its reply is over \(Self.replyLimit) bytes")
            }
        }
        try Task.checkCancellation()
        guard let status else { throw GatewayError.failed("it gave no answer") }
        return GatewayReply(status: status, body: GatewayAnswer(reading: reply))
    }

    /// The operator is told everything, and whoever asked only what helps.
    private func told(_ error: any Error) -> any Error {
        guard let error = error as? URLError else { return error }
        // Not the error itself: its description has the whole request in it.
        trouble("The gateway \(url) does not answer: \(error.localizedDescription)")
        return GatewayError.failed(
            error.isOfNoConnection ? "it cannot be reached" : "the connection to it was lost")
    }

    /// One request and its reply as it comes. Whoever stops listening ends the request.
    private func exchange(_ request: URLRequest) -> AsyncThrowingStream<ReplyPart, any Error> {
        AsyncThrowingStream { parts in
            let session = URLSession(
                configuration: .ephemeral, delegate: ReplyReader(parts), delegateQueue: nil)
            let task = session.dataTask(with: request)
            parts.onTermination = { _ in
                // On another thread: a task that is cancelled while its answer arrives may wait for
                // a lock that the thread of the answer holds.
                DispatchQueue.global().async { session.invalidateAndCancel() }
            }
            task.resume()
        }
    }
}

extension URLError {
    /// Whoever does not answer at all has had time enough.
    fileprivate var mayPass: Bool { code != .timedOut && code != .cancelled }

    fileprivate var isOfNoConnection: Bool {
        [.cannotConnectToHost, .cannotFindHost, .dnsLookupFailed].contains(code)
    }
}

private enum ReplyPart: Sendable {
    case status(Int)
    case body([UInt8])
}

/// Hands on what a session tells of its only task.
private final class ReplyReader: NSObject, URLSessionDataDelegate {
    private let parts: AsyncThrowingStream<ReplyPart, any Error>.Continuation

    init(_ parts: AsyncThrowingStream<ReplyPart, any Error>.Continuation) {
        self.parts = parts
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        if let response = response as? HTTPURLResponse { parts.yield(.status(response.statusCode)) }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        parts.yield(.body(Array(data)))
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        parts.finish(throwing: error)
    }
}
