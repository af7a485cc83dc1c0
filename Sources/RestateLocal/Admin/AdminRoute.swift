internal import Primitives
internal import Restate

/// The routes of the admin API. The allowed methods do not depend on ids and names, so that a wrong
/// method is reported before those are checked, as by a server.
enum AdminRoute: Equatable, Sendable {
    case health, version, clusterHealth, openAPI
    case deployments, deployment(String)
    case services, service(String), serviceOpenAPI(String), state(of: String)
    case handlers(of: String), handler(String, of: String)
    case invocation(String), operation(InvocationOperation, on: String)
    case batch(InvocationOperation)
    case query
    case subscriptions, subscription(String)
    case kafkaClusters, kafkaCluster(String)

    /// Returns nil if there is no such route.
    ///
    /// - Parameter segments: the parts between the slashes, not decoded. An empty one belongs to no
    ///   route.
    init?(_ segments: [Substring]) {
        guard !segments.contains(where: \.isEmpty), let first = segments.first else { return nil }
        // A name that is not UTF-8 stays encoded: then it names nothing that exists.
        let names = segments.dropFirst().map { PercentEncoding.decode($0) ?? String($0) }
        switch (first, names.count) {
        case ("health", 0): self = .health
        case ("version", 0): self = .version
        case ("cluster-health", 0): self = .clusterHealth
        case ("openapi", 0): self = .openAPI
        case ("deployments", 0): self = .deployments
        case ("deployments", 1): self = .deployment(names[0])
        case ("services", 0): self = .services
        case ("services", 1): self = .service(names[0])
        case ("services", 2) where segments[2] == "openapi": self = .serviceOpenAPI(names[0])
        case ("services", 2) where segments[2] == "state": self = .state(of: names[0])
        case ("services", 2) where segments[2] == "handlers": self = .handlers(of: names[0])
        case ("services", 3) where segments[2] == "handlers":
            self = .handler(names[2], of: names[0])
        case ("invocations", 1): self = .invocation(names[0])
        case ("invocations", 2):
            guard let operation = InvocationOperation(rawValue: names[1]) else { return nil }
            self = .operation(operation, on: names[0])
        case ("internal", 2) where segments[1] == "invocations_batch_operations":
            guard let operation = InvocationOperation(rawValue: names[1]) else { return nil }
            self = .batch(operation)
        case ("query", 0): self = .query
        case ("subscriptions", 0): self = .subscriptions
        case ("subscriptions", 1): self = .subscription(names[0])
        case ("kafka-clusters", 0): self = .kafkaClusters
        case ("kafka-clusters", 1): self = .kafkaCluster(names[0])
        default: return nil
        }
    }

    /// The allowed methods in the order of the header `allow`.
    var methods: [String] {
        switch self {
        case .health, .version, .clusterHealth, .openAPI, .services, .serviceOpenAPI, .handlers,
            .handler:
            ["GET"]
        case .deployments, .subscriptions, .kafkaClusters: ["GET", "POST"]
        case .deployment: ["GET", "DELETE", "PATCH", "PUT"]
        case .service: ["GET", "PATCH"]
        case .state, .batch, .query: ["POST"]
        case .invocation: ["DELETE"]
        case .operation: ["PATCH"]
        case .subscription: ["GET", "DELETE"]
        case .kafkaCluster: ["GET", "DELETE", "PATCH"]
        }
    }

    /// The header `allow`. Whatever can be read can also be asked with HEAD.
    var allow: String {
        methods.map { $0 == "GET" ? "GET,HEAD" : $0 }.joined(separator: ",")
    }

    /// Whether the request must declare its body as JSON. A page of another site cannot do so
    /// without a preflight request of its browser.
    func readsJSON(_ method: String) -> Bool {
        if case .operation = self { return false }
        return method == "POST" || method == "PATCH" || method == "PUT"
    }
}
