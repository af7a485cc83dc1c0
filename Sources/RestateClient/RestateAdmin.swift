import CanonicalJSON
public import Foundation
public import Restate

/// Registers endpoints and manages invocations, through the admin API of a Restate server.
public struct RestateAdmin: Sendable {
    private let admin: HTTPCaller

    public init(_ url: URL, token: String? = nil, retries: ClientRetryPolicy = .init()) {
        admin = HTTPCaller(base: url, token: token, retries: retries)
    }

    /// A deployment is the result of a registration.
    public struct Deployment: Decodable, Sendable {
        /// Names a service that the registration has found.
        public struct Service: Decodable, Sendable {
            public let name: String
            public let revision: Int
        }

        public let id: String
        public let services: [Service]
    }

    /// Registers an endpoint, as `restate deployments register` does.
    /// - Parameters:
    ///   - endpoint: the address under which the server reaches it, like `http://localhost:9080`.
    ///   - force: replaces an earlier registration of the same address.
    @discardableResult
    public func register(_ endpoint: URL, force: Bool = false) async throws -> Deployment {
        struct Registration: Encodable {
            var uri: String
            var force: Bool
        }
        var request = HTTPCaller.Request("POST", ["deployments"])
        request.headers = [("content-type", "application/json")]
        request.body = try JSON.encode(
            Registration(uri: endpoint.absoluteString, force: force))
        return try JSON.decode(Deployment.self, from: try await result(request))
    }

    /// Cancels an invocation and its callees, so that they end and compensate.
    public func cancel<Output>(_ id: InvocationID<Output>) async throws {
        try await end(id.rawValue, "cancel")
    }

    /// Ends an invocation at once, without compensation.
    public func kill<Output>(_ id: InvocationID<Output>) async throws {
        try await end(id.rawValue, "kill")
    }

    private func end(_ id: String, _ verb: String) async throws {
        var request = HTTPCaller.Request("PATCH", ["invocations", id, verb])
        request.isRepeatable = true
        _ = try await result(request)
    }

    /// Returns if the server is ready, and throws otherwise.
    public func health() async throws {
        var request = HTTPCaller.Request("GET", ["health"])
        request.isRepeatable = true
        _ = try await result(request)
    }

    func result(_ request: HTTPCaller.Request) async throws -> [UInt8] {
        let answer = try await admin.send(request)
        guard (200..<300).contains(answer.status) else { throw answer.ingressError() }
        return answer.body
    }
}
