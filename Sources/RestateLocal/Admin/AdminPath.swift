internal import Primitives

/// The paths of the admin API. Requests are routed by them, and the OpenAPI document is made from them
/// and their `operations`, so that everything that is routed is described.
enum AdminPath: String, CaseIterable, Sendable {
    case health = "/health"
    case version = "/version"
    case clusterHealth = "/cluster-health"
    case openAPI = "/openapi"
    case deployments = "/deployments"
    case deployment = "/deployments/{deployment}"
    case services = "/services"
    case service = "/services/{service}"
    case serviceOpenAPI = "/services/{service}/openapi"
    case state = "/services/{service}/state"
    case handlers = "/services/{service}/handlers"
    case handler = "/services/{service}/handlers/{handler}"
    case invocation = "/invocations/{invocation_id}"
    case operation = "/invocations/{invocation_id}/{operation}"
    case batch = "/internal/invocations_batch_operations/{operation}"
    case query = "/query"
    case subscriptions = "/subscriptions"
    case subscription = "/subscriptions/{subscription}"
    case kafkaClusters = "/kafka-clusters"
    case kafkaCluster = "/kafka-clusters/{cluster}"

    /// The parts between the slashes. A name in braces matches any text.
    var segments: [Substring] { rawValue.dropFirst().split(separator: "/") }

    /// In the order in which the header `allow` has them.
    var methods: [AdminMethod] { Self.methods[self] ?? [] }

    /// The value of the header `allow`. Wherever GET is allowed, HEAD is, too.
    var allow: String {
        methods.map { $0 == .get ? "GET,HEAD" : $0.rawValue }.joined(separator: ",")
    }

    /// Whether the request must say that its body is JSON. A page of another site cannot send such a
    /// request unless a preflight allows it.
    func readsJSON(_ method: AdminMethod) -> Bool { Self.readers[self]?.contains(method) == true }

    // All operations on invocations have the same methods.
    private static let methods = table { $0.map(\.method) }
    private static let readers = table { Set($0.filter { $0.body != nil }.map(\.method)) }

    private static func table<Value>(
        _ value: ([AdminOperation]) -> Value
    ) -> [AdminPath: Value] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0, value($0.operations(.cancel))) })
    }
}

enum AdminMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// The path of a request with the values of its names. The allowed methods do not depend on them: like
/// a server, the API refuses a wrong method before it looks at an id.
struct AdminRoute: Equatable, Sendable {
    let path: AdminPath
    /// The decoded values in the order of the path, without the operation.
    private(set) var names: [String] = []
    private(set) var operation: InvocationOperation?

    private static let all = AdminPath.allCases.map { (path: $0, segments: $0.segments) }

    /// - Parameter segments: the parts between the slashes, not decoded. An empty one matches nothing.
    init?(_ segments: [Substring]) {
        guard !segments.contains(where: \.isEmpty) else { return nil }
        for (path, pattern) in Self.all where pattern.count == segments.count {
            if let route = AdminRoute(path, pattern, segments) {
                self = route
                return
            }
        }
        return nil
    }

    private init?(_ path: AdminPath, _ pattern: [Substring], _ segments: [Substring]) {
        self.path = path
        for (part, segment) in zip(pattern, segments) {
            guard part.hasPrefix("{") else {
                if ExactName(text: String(part)) == ExactName(text: String(segment)) { continue }
                return nil
            }
            // Bytes that are not UTF-8 match no name.
            let name = PercentEncoding.decode(segment) ?? String(segment)
            guard part == "{operation}" else {
                names.append(name)
                continue
            }
            guard let operation = InvocationOperation(rawValue: name) else { return nil }
            self.operation = operation
        }
    }
}
