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

    private let url: GatewayURL

    public init(_ url: GatewayURL) {
        self.url = url
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
            throw GatewayError.failed("\(url)\(path) is no address")
        }
        var request = URLRequest(url: address)
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.setValue("application/json", forHTTPHeaderField: "accept")
        request.setValue(key, forHTTPHeaderField: GatewayPath.key)

        var status: Int?
        var reply: [UInt8] = []
        do {
            for try await part in exchange(request) {
                switch part {
                case .status(let code): status = code
                case .body(let bytes): reply += bytes
                }
                guard reply.count <= Self.replyLimit else {
                    throw GatewayError.failed("its reply is over \(Self.replyLimit) bytes")
                }
            }
        } catch let error as GatewayError {
            throw error
        } catch {
            // Not the error itself: its description has the whole request in it.
            throw GatewayError.failed(error.localizedDescription)
        }
        try Task.checkCancellation()
        guard let status else { throw GatewayError.failed("it gave no answer") }
        return GatewayReply(status: status, body: GatewayAnswer(reading: reply))
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
