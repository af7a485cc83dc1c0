import CanonicalJSON
public import Foundation
internal import RestateServices

/// Registered endpoints.
extension RestateAdmin {
    /// Registers an endpoint, as `restate deployments register` does. An address that is registered
    /// already is left as it is.
    ///
    /// - Parameters:
    ///   - endpoint: the address under which the server reaches it, like `http://localhost:9080`.
    ///   - force: whether an endpoint that is registered already is asked again what it serves. What
    ///     runs on it may then meet other code.
    ///   - breaking: whether a service may be of another type than it was, or lose handlers.
    ///   - dryRun: whether the endpoint is only asked, and nothing is kept.
    ///   - usesHTTP1: whether the server calls it by HTTP/1.1 instead of HTTP/2.
    ///   - headers: sent with every request to the endpoint.
    ///   - metadata: shown by the server.
    /// - Throws: ``IngressError`` with the server's code if it cannot reach the endpoint (`META0003`) or
    ///   refuses what it serves.
    @discardableResult
    public func register(
        _ endpoint: URL, force: Bool = false, breaking: Bool = false, dryRun: Bool = false,
        usesHTTP1: Bool = false, headers: [String: String] = [:], metadata: [String: String] = [:]
    ) async throws -> Registration {
        var body = RegistrationBody(force: force)
        body.uri = endpoint.absoluteString
        // Servers that do not know a member refuse it, so only what is wanted is sent.
        if usesHTTP1 { body.use_http_11 = true }
        return try await register(body, breaking, dryRun, headers, metadata)
    }

    /// Registers a function of AWS Lambda by its qualified name (ARN with a version or an alias).
    ///
    /// `role` is the ARN of a role that the server assumes for the call; nil for its own. The other
    /// parameters are those of ``register(_:force:breaking:dryRun:usesHTTP1:headers:metadata:)``.
    @discardableResult
    public func register(
        lambda arn: String, assuming role: String? = nil, force: Bool = false,
        breaking: Bool = false, dryRun: Bool = false, headers: [String: String] = [:],
        metadata: [String: String] = [:]
    ) async throws -> Registration {
        var body = RegistrationBody(force: force)
        (body.arn, body.assume_role_arn) = (arn, role)
        return try await register(body, breaking, dryRun, headers, metadata)
    }

    private func register(
        _ wanted: RegistrationBody, _ breaking: Bool, _ dryRun: Bool, _ headers: [String: String],
        _ metadata: [String: String]
    ) async throws -> Registration {
        var body = wanted
        if breaking { body.breaking = true }
        if dryRun { body.dry_run = true }
        if !headers.isEmpty { body.additional_headers = headers }
        if !metadata.isEmpty { body.metadata = metadata }
        let request = try HTTPCaller.Request("POST", ["deployments"], json: body)
        return try JSON.decode(Registration.self, from: try await result(request))
    }

    private struct RegistrationBody: Encodable {
        var uri: String?
        var arn: String?
        var assume_role_arn: String?
        var force: Bool
        var breaking: Bool?
        var dry_run: Bool?
        var use_http_11: Bool?
        var additional_headers: [String: String]?
        var metadata: [String: String]?

        init(force: Bool) { self.force = force }
    }

    /// Lists the deployments.
    public func deployments() async throws -> [Deployment] {
        struct List: Decodable { var deployments: [Deployment] }
        return try JSON.decode(List.self, from: try await get("deployments")).deployments
    }

    /// Returns a deployment by its id.
    /// - Throws: ``IngressError`` with the code ``IngressError/Code/notFound`` if there is none.
    public func deployment(_ id: String) async throws -> Deployment {
        try JSON.decode(Deployment.self, from: try await get("deployments", id))
    }

    /// Changes where a deployment is, or with which headers it is called. What is nil stays.
    ///
    /// - Parameters:
    ///   - id: of the deployment.
    ///   - endpoint: the new address; not for a function of AWS Lambda.
    ///   - usesHTTP1: whether the server calls it by HTTP/1.1 instead of HTTP/2.
    ///   - headers: sent with every request to the endpoint, instead of those from before.
    ///   - overwrite: whether it may serve other things than it did. Invocations that run on it may then
    ///     meet other code.
    ///   - dryRun: whether the endpoint is only asked, and nothing is kept.
    @discardableResult
    public func updateDeployment(
        _ id: String, endpoint: URL? = nil, usesHTTP1: Bool? = nil,
        headers: [String: String]? = nil, overwrite: Bool = false, dryRun: Bool = false
    ) async throws -> Deployment {
        struct Update: Encodable {
            var uri: String?
            var use_http_11: Bool?
            var additional_headers: [String: String]?
            var overwrite: Bool
            var dry_run: Bool
        }
        let request = try HTTPCaller.Request(
            "PATCH", ["deployments", id],
            json: Update(
                uri: endpoint?.absoluteString, use_http_11: usesHTTP1, additional_headers: headers,
                overwrite: overwrite, dry_run: dryRun))
        return try JSON.decode(Deployment.self, from: try await result(request))
    }

    /// Removes a deployment at once. Invocations that have begun on it cannot go on: let them end first
    /// (``invocations(where:limit:)`` with `pinned_deployment_id`).
    public func removeDeployment(_ id: String) async throws {
        var request = HTTPCaller.Request("DELETE", ["deployments", id])
        // Servers have no other way yet.
        request.query = "force=true"
        _ = try await result(request)
    }
}

extension RestateAdmin {
    /// The result of a registration: what the server has found at the endpoint.
    public struct Registration: Decodable, Sendable {
        /// The id of the deployment, such as `dp_10…`: a new one, or that of an address that was known.
        public let id: String
        /// The services that the endpoint offers, as they are called from now on.
        public let services: [Service]
    }

    /// A deployment is an endpoint that is registered.
    public struct Deployment: Sendable {
        /// A service of a deployment. The revision counts how often a registration brought it.
        public struct Service: Decodable, Sendable {
            /// The service is called by this name.
            public let name: String
            /// The revision of the service that this deployment brought.
            public let revision: Int
        }

        /// The id that ``removeDeployment(_:)`` and ``DeploymentChoice/id(_:)`` take, such as `dp_10…`.
        public let id: String
        /// The address of the endpoint; nil for a function of AWS Lambda.
        public let uri: String?
        /// The name of the function of AWS Lambda; nil for an endpoint with an address.
        public let arn: String?
        /// The services that it brought, each with its revision. New calls may go to a later
        /// deployment.
        public let services: [Service]
        /// Sent with every request to the endpoint.
        public let headers: [String: String]
        /// The pairs that were given at the registration; empty without any.
        public let metadata: [String: String]
        /// The moment of the registration; nil if the server does not tell it.
        public let createdAt: Date?
        /// The versions of the service protocol that the endpoint speaks.
        public let protocolVersions: ClosedRange<Int>
        /// The SDK of the endpoint, like `restate-sdk-swift/0.1.0`.
        public let sdkVersion: String?
    }
}

extension RestateAdmin.Deployment: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, uri, arn, services, metadata
        case headers = "additional_headers"
        case createdAt = "created_at"
        case lowest = "min_protocol_version"
        case highest = "max_protocol_version"
        case sdkVersion = "sdk_version"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        uri = try fields.decodeIfPresent(String.self, forKey: .uri)
        arn = try fields.decodeIfPresent(String.self, forKey: .arn)
        services = try fields.decode([Service].self, forKey: .services)
        headers = try fields.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
        metadata = try fields.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
        createdAt = try fields.moment(.createdAt)
        let lowest = try fields.decode(Int.self, forKey: .lowest)
        let highest = try fields.decode(Int.self, forKey: .highest)
        protocolVersions = min(lowest, highest)...max(lowest, highest)
        sdkVersion = try fields.decodeIfPresent(String.self, forKey: .sdkVersion)
    }
}
