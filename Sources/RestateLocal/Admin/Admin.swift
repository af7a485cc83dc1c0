import Primitives
internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime
internal import SQLEngine

/// The admin API of a Restate server, under `/`, `/v2`, `/v3` and `/v4`.
///
/// It has an event loop of its own, so that a long answer does not hold up the ingress. What
/// concerns the runtime is done on the engine's loop.
struct Admin: Sendable {
    let engine: EngineAccess
    /// The address that clients of `/version` are told.
    let ingressURL: String
    let queryLimits: QueryLimits
    let queryThreads: QueryThreads
    let gate: AdminGate
    /// The files of the web UI; nil if there is no folder with them.
    var ui: UIFiles?

    /// The version of the Restate server with which this API is compatible.
    static let version = "1.7.12"

    /// Refuses a request by its head, before the body is read.
    ///
    /// This includes requests that a browser sends for a page of another site: nothing was done or
    /// answered by then.
    func admit(_ request: AdminRequest) throws(AdminError) {
        if let version = request.version, !AdminRequest.versions.contains(version) {
            throw .version(version)
        }
        if let route = request.route {
            guard let method = request.method, route.path.methods.contains(method) else {
                throw .wrongMethod(route.path)
            }
            if route.path.readsJSON(method), !Self.isJSON(request.contentType) {
                throw .notJSON
            }
        } else if ui?.isAsked(request) != true {
            throw .notFound
        }
        if let refusal = gate.refusal(host: request.host, origin: request.origin) {
            throw .json(403, refusal)
        }
    }

    /// Whether the content type is `application/json` or `application/…+json`, with any parameters.
    private static func isJSON(_ type: String?) -> Bool {
        guard let type else { return false }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == "application/json"
            || essence.hasPrefix("application/") && essence.hasSuffix("+json")
    }

    /// Answers a request, and returns only after every change that the answer may reflect is
    /// committed.
    func answer(_ request: AdminRequest) async -> HTTPAnswer {
        let answer = await readAnswer(request)
        guard let failure = await engine({ await $0.stored() }) else { return answer }
        return Self.unavailable(failure)
    }

    static func unavailable(_ failure: LocalServerError) -> HTTPAnswer {
        .json(503) { $0.member("message", failure.description) }
    }

    private func readAnswer(_ request: AdminRequest) async -> HTTPAnswer {
        guard let route = request.route else {
            return await ui?.answer(request) ?? AdminError.notFound.answer
        }
        do throws(AdminError) {
            return try await answer(request, at: route)
        } catch {
            return error.answer
        }
    }

    private func answer(
        _ request: AdminRequest, at route: AdminRoute
    ) async throws(AdminError) -> HTTPAnswer {
        let names = route.names
        switch (route.path, request.method) {
        case (.health, _): return .empty(200)
        case (.version, _): return versionAnswer
        case (.clusterHealth, _): return await clusterHealth()
        case (.openAPI, _): return .json(200, AdminDescription.openAPI(version: Self.version))
        case (.deployments, .get): return await deploymentList()
        case (.deployments, _): return try await register(request)
        case (.deployment, _): return try await deployment(names[0], request)
        case (.services, _): return await serviceList()
        case (.service, .get): return try await service(names[0]) { $0.service($1, $2) }
        case (.service, _): return try await patch(names[0], request)
        case (.serviceOpenAPI, _): return try await openAPI(of: names[0])
        case (.state, _): return try await setState(of: names[0], request)
        case (.handlers, _): return try await handlers(of: names[0])
        case (.handler, _): return try await handler(names[1], of: names[0])
        case (.invocation, _): return try await delete(names[0], request)
        case (.operation, _):
            guard let operation = route.operation else { throw .notFound }
            return try await perform(operation, on: names[0], request)
        case (.batch, _):
            guard let operation = route.operation else { throw .notFound }
            return try await batch(operation, request)
        case (.query, _): return try await query(request)
        case (.subscriptions, .get):
            return .json { $0.member("subscriptions") { $0.array([String]()) { $0.value($1) } } }
        case (.subscriptions, _): return try await subscribe(request)
        case (.subscription, _): throw unknownSubscription(names[0], request)
        case (.kafkaClusters, .get):
            return .json { $0.member("clusters") { $0.array([String]()) { $0.value($1) } } }
        case (.kafkaClusters, _): throw try refusedCluster(request)
        case (.kafkaCluster, _): throw unknownCluster(names[0], request)
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

    /// Describes a cluster with one member.
    private func clusterHealth() async -> HTTPAnswer {
        let name = await engine { $0.runtime.settings.clusterName }
        return .json { line in
            line.member("cluster_name", name)
            line.member("metadata_cluster_health") { line in
                line.object { $0.member("members") { $0.array([1]) { $0.value($1) } } }
            }
        }
    }
}

/// The way to the engine from other threads: closures run on the engine's loop.
struct EngineAccess: Sendable {
    private let engine: LoopBound<Engine>
    let loop: EventLoop
    let speaksVersion7: Bool
    /// Whether there is a data folder, and so a commit to wait for.
    let isKept: Bool

    init(
        _ engine: LoopBound<Engine>, _ loop: EventLoop, speaksVersion7: Bool, isKept: Bool
    ) {
        self.engine = engine
        self.loop = loop
        self.speaksVersion7 = speaksVersion7
        self.isKept = isKept
    }

    /// Runs `body` on the engine's loop. Cancelling the caller cancels `body`.
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

    /// Runs `body` on the engine's loop without waiting, for callers that block a thread of their
    /// own.
    func post(_ body: @escaping @Sendable (Engine) -> Void) {
        let engine = engine
        loop.execute { body(engine.value) }
    }

    /// Runs `body` on the engine's loop, and rethrows its `AdminError`.
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
        // A client that goes away cancels the work for its request.
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return try result.get()
    }
}

/// Receives the requests to the admin port: checks the head, reads the body, and sends the answer.
final class AdminReceiver: RequestReceiver {
    private let admin: Admin
    private let loop: EventLoop

    init(_ admin: Admin, _ loop: EventLoop) {
        self.admin = admin
        self.loop = loop
    }

    func received(_ stream: RequestStream) {
        let head = AdminRequest(stream)
        do throws(AdminError) {
            try admin.admit(head)
        } catch {
            return error.answer.send(to: stream)
        }
        RequestBody.read(stream, limit: AdminRequest.bodyLimit) { [admin] outcome in
            switch outcome {
            case .tooLarge: AdminError.tooLarge.answer.send(to: stream)
            case .broken:
                HTTPAnswer.text(400, "Failed to buffer the request body: it broke off")
                    .send(to: stream)
            case .whole(let body):
                var request = head
                request.body = body
                let whole = request
                stream.start { stream in
                    let answer = await admin.answer(whole)
                    answer.send(to: stream)
                }
            }
        }
    }

    func receivedWhileDraining(_ stream: RequestStream) {
        Admin.unavailable(.stopping(isKept: admin.engine.isKept)).send(to: stream)
    }
}
