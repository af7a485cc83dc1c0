public import CanonicalJSON
public import Foundation
internal import RestateServices

/// Registers endpoints, manages services and invocations, and asks in SQL, through the admin API of a
/// Restate server.
///
/// ```swift
/// let admin = RestateAdmin(URL(string: "http://localhost:9070")!)
/// try await admin.register(URL(string: "http://localhost:9080")!)
/// for invocation in try await admin.invocations(where: "status = 'backing-off'") {
///     print(invocation.target, invocation.lastFailure ?? "")
/// }
/// ```
/// All methods throw an ``IngressError`` if the server does not answer or refuses the request; its
/// ``IngressError/status`` is that of the answer, and ``IngressError/restateCode`` the server's own code.
public struct RestateAdmin: Sendable {
    private var admin: HTTPCaller

    /// Makes a client. It connects when it is used.
    ///
    /// - Parameters:
    ///   - url: the address of the admin API, like `http://localhost:9070`.
    ///   - token: a bearer token, for example for Restate Cloud.
    ///   - retries: how often requests that may be repeated are repeated.
    public init(_ url: URL, token: String? = nil, retries: ClientRetryPolicy = .init()) {
        admin = HTTPCaller(base: url, token: token, retries: retries)
        admin.isAdmin = true
    }

    func changed(_ change: (inout HTTPCaller) -> Void) -> RestateAdmin {
        var copy = self
        change(&copy.admin)
        return copy
    }

    // MARK: The server

    /// Returns if the server is ready, and throws otherwise.
    public func health() async throws {
        _ = try await get("health")
    }

    /// Tells which server answers, and what it can do.
    public func version() async throws -> Version {
        try JSON.decode(Version.self, from: try await get("version"))
    }

    /// Tells which cluster answers, and which of its nodes keep its metadata.
    public func clusterHealth() async throws -> ClusterHealth {
        try JSON.decode(ClusterHealth.self, from: try await get("cluster-health"))
    }

    /// Returns the admin API's own description (OpenAPI 3.1).
    public func openAPI() async throws -> JSONValue {
        try JSON.decode(JSONValue.self, from: try await get("openapi"))
    }

    // MARK: Requests

    func get(_ path: String...) async throws -> [UInt8] {
        var request = HTTPCaller.Request("GET", path)
        request.isRepeatable = true
        return try await result(request)
    }

    func result(_ request: HTTPCaller.Request) async throws -> [UInt8] {
        let answer = try await admin.send(request)
        guard (200..<300).contains(answer.status) else { throw answer.ingressError() }
        return answer.body
    }
}

extension RestateAdmin {
    /// What a server says about itself.
    public struct Version: Sendable {
        /// The version of the server, like `1.7.12`.
        public let version: String
        /// The versions of the admin API that it speaks.
        public let adminAPI: ClosedRange<Int>
        /// The address of the ingress; nil if the server does not tell it.
        public let ingress: URL?
        /// What can be switched on, and whether it is.
        public let features: [String: Bool]
    }
}

extension RestateAdmin {
    /// What a cluster says about itself.
    public struct ClusterHealth: Sendable {
        /// The name of the cluster, like `localcluster`.
        public let cluster: String
        /// The numbers of the nodes that keep its metadata; nil if it has none of its own nodes for that.
        public let metadataNodes: [Int]?
    }
}

extension RestateAdmin.ClusterHealth: Decodable {
    private enum CodingKeys: String, CodingKey {
        case cluster = "cluster_name"
        case metadata = "metadata_cluster_health"
    }

    private struct Metadata: Decodable { var members: [Int] }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        cluster = try fields.decode(String.self, forKey: .cluster)
        metadataNodes = try fields.decodeIfPresent(Metadata.self, forKey: .metadata)?.members
    }
}

extension RestateAdmin.Version: Decodable {
    private enum CodingKeys: String, CodingKey {
        case version, features
        case lowest = "min_admin_api_version"
        case highest = "max_admin_api_version"
        case ingress = "ingress_endpoint"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        version = try fields.decode(String.self, forKey: .version)
        let lowest = try fields.decode(Int.self, forKey: .lowest)
        let highest = try fields.decode(Int.self, forKey: .highest)
        adminAPI = min(lowest, highest)...max(lowest, highest)
        ingress = try fields.decodeIfPresent(String.self, forKey: .ingress).flatMap {
            URL(string: $0)
        }
        features = try fields.decodeIfPresent([String: Bool].self, forKey: .features) ?? [:]
    }
}

extension HTTPCaller.Request {
    /// Makes a request whose body is JSON.
    init(_ method: String, _ path: [String], json body: some Encodable) throws {
        self.init(method, path)
        headers = [("content-type", "application/json")]
        self.body = try JSON.encode(body)
    }
}
