import Restate

/// Calls any handler by its names, with payloads that it does not look into.
struct Proxy: Service {
    struct Request: Codable, Sendable {
        var serviceName: String
        var virtualObjectKey: String?
        var handlerName: String
        /// A number per byte, of either sign.
        var message: [Int]
        var delayMillis: Int?
        var idempotencyKey: String?
        var scope: String?
        var limitKey: String?
    }

    struct ManyCallRequest: Codable, Sendable {
        var proxyRequest: Request
        var oneWayCall: Bool
        var awaitAtTheEnd: Bool
    }

    func call(_ ctx: Context, request: Request) async throws -> [UInt8] {
        try await target(of: request, ctx)(request.bytes())
    }

    func oneWayCall(_ ctx: Context, request: Request) async throws -> String {
        let sent = target(of: request, ctx).send(try request.bytes(), after: request.delay)
        return try await sent.invocationID.rawValue
    }

    /// Starts all, in the order of the list, before it waits for any.
    func manyCalls(_ ctx: Context, requests: [ManyCallRequest]) async throws {
        var awaited: [StartedCall<[UInt8]>] = []
        for request in requests {
            let target = target(of: request.proxyRequest, ctx)
            let bytes = try request.proxyRequest.bytes()
            if request.oneWayCall {
                target.send(bytes, after: request.proxyRequest.delay)
            } else {
                let started = target.start(bytes)
                if request.awaitAtTheEnd { awaited.append(started) }
            }
        }
        for call in awaited { _ = try await call.value }
    }

    private func target(of request: Request, _ ctx: Context) -> Call<[UInt8], [UInt8]> {
        var call = ctx.call(
            service: request.serviceName, key: request.virtualObjectKey,
            handler: request.handlerName)
        if let key = request.idempotencyKey { call = call.idempotencyKey(key) }
        if let scope = request.scope { call = call.scope(scope, limitKey: request.limitKey) }
        return call
    }

    struct API: HandlerTable {
        let call = handler(Proxy.call)
        let oneWayCall = handler(Proxy.oneWayCall)
        let manyCalls = handler(Proxy.manyCalls)
    }
}

extension Proxy.Request {
    var delay: Duration { .milliseconds(delayMillis ?? 0) }

    func bytes() throws -> [UInt8] {
        try message.map { number in
            guard (-128...255).contains(number) else {
                throw TerminalError("\(number) is no byte", code: 400)
            }
            return UInt8(truncatingIfNeeded: number)
        }
    }
}
