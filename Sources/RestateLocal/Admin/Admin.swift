internal import Restate
internal import RestateHTTP2
internal import RestateProtocol

/// Answers as a Restate server's admin API does, under `/`, `/v2`, `/v3` and `/v4`.
///
/// Has a loop of its own; whatever concerns the runtime is done on the engine's.
struct Admin: Sendable {
    let engine: EngineAccess
    /// Told to those who ask for the version.
    let ingressURL: String
    let queryLimits: QueryLimits
    let queryThreads: QueryThreads

    /// What this says it is compatible with. The name after it says what it is.
    static let version = "1.7.12"

    /// Told when everything is stored that the answer may have been read from.
    func answer(_ request: AdminRequest) async -> HTTPAnswer {
        let answer = await readAnswer(request)
        guard engine.isKept else { return answer }
        guard let failure = await engine({ await $0.stored() }) else { return answer }
        return .json(503) { $0.member("message", failure.description) }
    }

    private func readAnswer(_ request: AdminRequest) async -> HTTPAnswer {
        do throws(AdminError) {
            return try await route(request)
        } catch {
            return error.answer
        }
    }

    private func route(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        guard request.version != nil else {
            throw .json(400, "The admin API's versions are 2 to 4.")
        }
        let parts = request.segments
        switch (parts.first, parts.count) {
        case ("health", 1):
            try request.demand("GET")
            return .empty(200)
        case ("version", 1):
            try request.demand("GET")
            return versionAnswer
        case ("cluster-health", 1):
            try request.demand("GET")
            return .json { line in
                line.member("cluster_name", "localcluster")
                line.member("metadata_cluster_health") { $0.null() }
            }
        case ("deployments", 1...2):
            return try await deployments(request)
        case ("services", 1...4):
            return try await services(request)
        case ("invocations", 2...3):
            return try await invocations(request)
        case ("internal", 3) where parts[1] == "invocations_batch_operations":
            return try await batch(request)
        case ("query", 1):
            try request.demand("POST")
            return try await query(request)
        case ("subscriptions", 1):
            return try subscriptions(request)
        case ("kafka-clusters", 1) where request.method == "GET":
            return .json { $0.member("clusters") { $0.array([String]()) { $0.value($1) } } }
        case ("subscriptions", _), ("kafka-clusters", _): throw .notHere("Kafka subscriptions are")
        case ("rules", _), ("limits", _): throw .notHere("Scopes and rules are")
        case ("ui", _), ("openapi", _): throw .notHere("The web UI and the OpenAPI page are")
        default: throw .notFound
        }
    }

    private var versionAnswer: HTTPAnswer {
        let features = [
            "kafka_scope", "protocol_v7", "invoker_yield", "vqueues", "vqueues_async_refill",
            "scoped_virtual_objects", "unique_random_seeds", "vqueues_migration_skip_completed",
            "vqueue_obsolete_cleanup", "scoped_promise_table_migration",
            "scoped_state_table_migration", "preflight_invocation_termination_retention",
        ]
        return .json { line in
            line.member("version", Self.version)
            line.member("min_admin_api_version", AdminRequest.versions.lowerBound)
            line.member("max_admin_api_version", AdminRequest.versions.upperBound)
            line.member("ingress_endpoint", ingressURL)
            line.member("features") { line in
                line.object { line in
                    for name in features.sorted() {
                        line.member(name, name == "protocol_v7" && engine.speaksVersion7)
                    }
                }
            }
        }
    }

    /// There is no Kafka here, so no cluster is known either: the server's own words fit.
    private func subscriptions(_ request: AdminRequest) throws(AdminError) -> HTTPAnswer {
        if request.method == "GET" {
            return .json { $0.member("subscriptions") { $0.array([String]()) { $0.value($1) } } }
        }
        try request.demand("POST")
        let source = try request.json(Subscription.self, "a subscription").source
        let cluster =
            source.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        throw .json(400, "Kafka cluster '\(cluster)' not found. Available clusters: []")
    }

    private struct Subscription: Decodable {
        var source: String
    }
}

extension AdminRequest {
    func demand(_ methods: String...) throws(AdminError) {
        guard methods.contains(method) else { throw .wrongMethod }
    }
}

/// The way to the engine from elsewhere: everything is done on its loop.
struct EngineAccess: Sendable {
    private let engine: LoopConfined<Engine>
    let loop: EventLoop
    let speaksVersion7: Bool
    /// Whether there is a data folder.
    let isKept: Bool

    init(
        _ engine: LoopConfined<Engine>, _ loop: EventLoop, speaksVersion7: Bool, isKept: Bool
    ) {
        self.engine = engine
        self.loop = loop
        self.speaksVersion7 = speaksVersion7
        self.isKept = isKept
    }

    func callAsFunction<R: Sendable>(
        _ body: @escaping @Sendable (Engine) async -> R
    ) async -> R {
        let engine = engine
        let task = Task(executorPreference: loop) { await body(engine.value) }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Does something soon, for who waits on a thread of its own.
    func post(_ body: @escaping @Sendable (Engine) -> Void) {
        let engine = engine
        loop.execute { body(engine.value) }
    }

    /// Like the other; what the body throws is an answer.
    func trying<R: Sendable>(
        _ body: @escaping @Sendable (Engine) async throws(AdminError) -> R
    ) async throws(AdminError) -> R {
        let engine = engine
        let task = Task(executorPreference: loop) { () -> Result<R, AdminError> in
            do throws(AdminError) {
                return .success(try await body(engine.value))
            } catch {
                return .failure(error)
            }
        }
        // Who goes away takes the work along.
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return try result.get()
    }
}

/// Receives the admin API's requests.
final class AdminReceiver: RequestReceiver {
    private let admin: Admin
    private let loop: EventLoop

    init(_ admin: Admin, _ loop: EventLoop) {
        self.admin = admin
        self.loop = loop
    }

    func received(_ stream: RequestStream) {
        RequestBody.read(stream, limit: AdminRequest.bodyLimit) { [admin] outcome in
            switch outcome {
            case .tooLarge: HTTPAnswer.text(413, "length limit exceeded").send(to: stream)
            case .broken:
                HTTPAnswer.text(400, "Failed to buffer the request body: it broke off")
                    .send(to: stream)
            case .whole(let body):
                let request = AdminRequest(stream, body: body)
                stream.start { stream in
                    let answer = await admin.answer(request)
                    answer.send(to: stream)
                }
            }
        }
    }
}
