public import Restate
public import RestateClient

/// A promise that outlives the processes that share it. The first completion wins and never changes.
///
/// ```swift
/// let promise = IngressPromise<String>("my-durable-promise-id", client)
/// let now = try await promise.peek()       // nil while it is open
/// let first = try await promise.resolve("This promise will notify everyone")
/// let value = try await promise.get()      // waits
/// ```
/// All throw a ``TerminalError`` with the text if the promise was rejected.
public protocol DurablePromise<Value> {
    associatedtype Value: Codable & Sendable

    /// The value; nil while the promise is open.
    nonisolated(nonsending) func peek() async throws -> Value?
    /// Waits for the value.
    nonisolated(nonsending) func get() async throws -> Value
    /// Completes the promise, and gives the value that counts.
    nonisolated(nonsending) func resolve(_ value: Value) async throws -> Value
    /// Completes the promise with an error, and gives the value that counts if it was completed before.
    nonisolated(nonsending) func reject(_ reason: String) async throws -> Value
}

/// A promise, for programs outside of handlers.
public struct IngressPromise<Value: Codable & Sendable>: DurablePromise, Sendable {
    private let name: String
    private let server: IngressClient<DurablePromiseServer>

    public init(_ name: String, _ client: RestateClient) {
        self.name = name
        server = client.service(DurablePromiseServer.self)
    }

    public nonisolated(nonsending) func peek() async throws -> Value? {
        try await server.peek(PromiseCall(name)).value?.get(as: Value.self)
    }

    public nonisolated(nonsending) func get() async throws -> Value {
        try await server.await(PromiseCall(name)).get(as: Value.self)
    }

    public nonisolated(nonsending) func resolve(_ value: Value) async throws -> Value {
        try await server.resolve(PromiseCall(name, value: JSONValue(of: value))).get(as: Value.self)
    }

    public nonisolated(nonsending) func reject(_ reason: String) async throws -> Value {
        try await server.reject(PromiseCall(name, errorMessage: reason)).get(as: Value.self)
    }
}

/// A promise, for handlers.
public struct ContextPromise<Value: Codable & Sendable>: DurablePromise {
    private let name: String
    private let ctx: Context

    public init(_ name: String, _ ctx: Context) {
        self.name = name
        self.ctx = ctx
    }

    private var promise: Client<DurablePromises> { ctx.object(DurablePromises.self, name) }

    public nonisolated(nonsending) func peek() async throws -> Value? {
        try await promise.peek().value?.get(as: Value.self)
    }

    public nonisolated(nonsending) func get() async throws -> Value {
        try await ctx.completion(of: name).get(as: Value.self)
    }

    public nonisolated(nonsending) func resolve(_ value: Value) async throws -> Value {
        try await promise.resolve(JSONValue(of: value)).get(as: Value.self)
    }

    public nonisolated(nonsending) func reject(_ reason: String) async throws -> Value {
        try await promise.reject(reason).get(as: Value.self)
    }
}
