public import Restate

/// The front of the promises for programs outside.
public struct DurablePromiseServer: Service {
    public static let name = "durablePromiseServer"

    public init() {}

    func peek(_ ctx: Context, call: PromiseCall) async throws -> Nullable<Completion> {
        try await promise(ctx, call).peek()
    }

    func resolve(_ ctx: Context, call: PromiseCall) async throws -> Completion {
        try await promise(ctx, call).resolve(call.request.value ?? .null)
    }

    func reject(_ ctx: Context, call: PromiseCall) async throws -> Completion {
        try await promise(ctx, call).reject(call.request.errorMessage ?? "")
    }

    func dispose(_ ctx: Context, call: PromiseCall) async throws {
        try await promise(ctx, call).dispose()
    }

    func `await`(_ ctx: Context, call: PromiseCall) async throws -> Completion {
        try await ctx.completion(of: named(call.request.promiseName, "promiseName"))
    }

    private func promise(
        _ ctx: Context, _ call: PromiseCall
    ) throws -> Client<DurablePromises> {
        ctx.object(DurablePromises.self, try named(call.request.promiseName, "promiseName"))
    }

    public struct API: HandlerTable {
        public let peek = handler(DurablePromiseServer.peek)
        public let resolve = handler(DurablePromiseServer.resolve)
        public let reject = handler(DurablePromiseServer.reject)
        public let dispose = handler(DurablePromiseServer.dispose)
        public let `await` = handler(DurablePromiseServer.`await`)

        public init() {}
    }
}

public struct PromiseCall: Codable, Sendable {
    public struct Request: Codable, Sendable {
        public var promiseName: String
        public var value: JSONValue?
        public var errorMessage: String?
    }

    public var request: Request

    public init(_ promise: String, value: JSONValue? = nil, errorMessage: String? = nil) {
        request = Request(promiseName: promise, value: value, errorMessage: errorMessage)
    }
}

extension Context {
    /// Waits for the completion of a promise. Who is cancelled leaves its list of listeners.
    nonisolated(nonsending) func completion(of promise: String) async throws -> Completion {
        let listener = awakeable(Completion.self)
        let promises = object(DurablePromises.self, promise)
        do {
            _ = try await promises.await(listener.id)
            return try await listener.value
        } catch let error as TerminalError {
            if error.isCancellation { promises.unlisten.send(listener.id) }
            throw error
        }
    }
}
