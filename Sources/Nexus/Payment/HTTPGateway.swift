internal import Restate
internal import RestateHTTP2

/// A gateway somewhere else, over HTTP/1.1.
///
/// Each request has a connection of its own: charges are slow and rare, and a connection that was
/// kept too long would fail a payment for nothing.
public final class HTTPGateway: PaymentGateway {
    private static let replyLimit = 1 << 20

    private let url: GatewayURL
    private let loop = EventLoop()

    public init(_ url: GatewayURL) {
        self.url = url
        loop.start()
    }

    deinit {
        loop.stop()
    }

    public func charge(_ amount: Int, to card: PaymentCard, key: String) async throws -> String {
        let body = try JSON.encode(ChargeRequest(amount: amount, paymentMethodId: card))
        return try await post(url.path, body, key: key).transaction(key: key)
    }

    public func refund(key: String) async throws -> Bool {
        try await post(url.path + "/refunds", [], key: key).refunded()
    }

    private func post(_ path: String, _ body: [UInt8], key: String) async throws -> GatewayReply {
        let head = RequestHead(
            method: "POST", path: path, authority: url.authority,
            headers: [
                "content-type": "application/json", "content-length": "\(body.count)",
                "idempotency-key": key, "accept": "application/json",
            ],
            version: .http1_1)
        let exchange = Exchange(loop: loop)
        let task = Task(executorPreference: loop) { [url] in
            try await exchange.run(head, body, host: url.host, port: url.port)
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            exchange.abandon()
        }
    }

    /// One request and its reply, which can be given up from anywhere.
    private final class Exchange: Sendable {
        private struct State {
            var isAbandoned = false
            var connection: LoopConfined<ClientConnection>?
        }

        private let loop: EventLoop
        private let state = Locked(State())

        init(loop: EventLoop) {
            self.loop = loop
        }

        func run(
            _ head: RequestHead, _ body: [UInt8], host: String, port: Int
        ) async throws -> GatewayReply {
            let connection: ClientConnection
            do {
                connection = try await ClientConnection.connect(
                    loop: loop, host: host, port: port, version: .http1_1)
            } catch {
                throw GatewayError.failed(error.description)
            }
            defer { connection.close() }
            let box = LoopConfined(connection)
            let isAbandoned = state.withLock { state in
                state.connection = box
                return state.isAbandoned
            }
            if isAbandoned { throw CancellationError() }

            let stream = connection.open(head)
            stream.write(body)
            stream.finish()
            var reply: [UInt8] = []
            while true {
                if stream.hasInput { reply += stream.takeInput() }
                guard reply.count <= replyLimit else {
                    throw GatewayError.failed("its reply is over \(replyLimit) bytes")
                }
                if let status = stream.responseStatus, stream.inputEnded {
                    return GatewayReply(status: status, body: GatewayAnswer(reading: reply))
                }
                if stream.isClosed { throw GatewayError.failed("the connection was lost") }
                await stream.changed()
            }
        }

        func abandon() {
            let connection = state.withLock { state in
                state.isAbandoned = true
                return state.connection
            }
            if let connection { loop.execute { connection.value.close() } }
        }
    }
}
