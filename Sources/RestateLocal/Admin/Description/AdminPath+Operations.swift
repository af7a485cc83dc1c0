/// The methods of each path, with what they take and answer.
extension AdminPath {
    /// - Parameter operation: used by paths that end with one.
    func operations(_ operation: InvocationOperation) -> [AdminOperation] {
        switch self {
        case .health:
            [.init(.get, "health", "Whether the admin API answers", [.empty(200, "It does")])]
        case .version:
            [
                .init(
                    .get, "version", "The version, and the supported versions of the API",
                    [.json(.versionInformation, "The version")])
            ]
        case .clusterHealth:
            [
                .init(
                    .get, "cluster_health", "The members of the cluster",
                    [.json(.clusterHealth, "A cluster of one")])
            ]
        case .openAPI:
            [.init(.get, "openapi_spec", "This description", [.json(.openAPI, "OpenAPI 3.1")])]
        case .deployments, .deployment: ofDeployments
        case .services, .service, .serviceOpenAPI, .state, .handlers, .handler: ofServices
        case .invocation:
            [
                .init(
                    .delete, "delete_invocation", "Cancels, kills or purges an invocation",
                    query: [.mode],
                    [.empty(202, "Accepted, whether or not the operation succeeds")],
                    refusals: [400],
                    isDeprecated: true)
            ]
        case .operation: [operation.onOne]
        case .batch: [operation.onMany]
        case .query:
            [
                .init(
                    .post, "query", "Runs a SQL query", body: .query,
                    [
                        AdminAnswer(
                            status: 200,
                            note:
                                "The rows: JSON if the header `accept` is application/json, else Arrow",
                            schema: .rows, otherType: "application/vnd.apache.arrow.stream")
                    ], refusals: [400, 500])
            ]
        case .subscriptions, .subscription, .kafkaClusters, .kafkaCluster: ofKafka
        }
    }

    private var ofDeployments: [AdminOperation] {
        let update: (AdminMethod, Bool) -> AdminOperation = { method, isOld in
            .init(
                method, isOld ? "replace_deployment" : "update_deployment",
                isOld
                    ? "The same as PATCH, in version 2 of the API only"
                    : "Changes the address of a deployment",
                body: .updateRequest,
                [.json(.detailedDeployment, "The changed object")],
                refusals: [400, 404, 409, 500, 501] + (isOld ? [405] : []), isDeprecated: isOld)
        }
        guard self == .deployment else {
            return [
                .init(
                    .get, "list_deployments", "All deployments",
                    [.json(.deployments, "All deployments")]),
                .init(
                    .post, "create_deployment", "Registers an endpoint", body: .registerRequest,
                    [
                        .json(.registerResponse, "The endpoint was registered already"),
                        .json(.registerResponse, "The new deployment", status: 201),
                    ], refusals: [400, 409, 500, 501]),
            ]
        }
        return [
            .init(
                .get, "get_deployment", "A deployment and what it serves",
                [.json(.detailedDeployment, "The deployment")], refusals: [400, 404]),
            .init(
                .delete, "delete_deployment", "Removes a deployment", query: [.force],
                [.empty(202, "Removed")], refusals: [400, 404, 501]),
            update(.patch, false), update(.put, true),
        ]
    }

    private var ofServices: [AdminOperation] {
        switch self {
        case .service:
            [
                .init(
                    .get, "get_service", "A service", [.json(.service, "The service")],
                    refusals: [404]),
                .init(
                    .patch, "modify_service", "Changes the options of a service",
                    body: .modifyService, [.json(.service, "The changed object")],
                    refusals: [400, 404]),
            ]
        case .serviceOpenAPI:
            [
                .init(
                    .get, "get_service_openapi", "How a service is called",
                    [.json(.openAPI, "OpenAPI 3.1, for the ingress")], refusals: [404])
            ]
        case .state:
            [
                .init(
                    .post, "modify_service_state", "Replaces the state of a key",
                    body: .modifyState, [.empty(202, "Accepted; a wrong version changes nothing")],
                    refusals: [400, 404, 501])
            ]
        case .handlers:
            [
                .init(
                    .get, "list_service_handlers", "A service's handlers",
                    [.json(.handlers, "The handlers")], refusals: [404])
            ]
        case .handler:
            [
                .init(
                    .get, "get_service_handler", "A handler", [.json(.handler, "The handler")],
                    refusals: [404])
            ]
        default:
            [.init(.get, "list_services", "All services", [.json(.services, "All services")])]
        }
    }

    /// There is no Kafka here, so nothing can be created or found.
    private var ofKafka: [AdminOperation] {
        switch self {
        case .subscription:
            [
                .init(
                    .get, "get_subscription", "None: there is no Kafka here", [], refusals: [404]),
                .init(
                    .delete, "delete_subscription", "None: there is no Kafka here", [],
                    refusals: [404]),
            ]
        case .kafkaClusters:
            [
                .init(
                    .get, "list_kafka_clusters", "None: there is no Kafka here",
                    [.json(.kafkaClusters, "An empty list")]),
                .init(
                    .post, "create_kafka_cluster", "Refused: there is no Kafka here",
                    body: .kafkaClusterRequest, [], refusals: [400, 501]),
            ]
        case .kafkaCluster:
            [
                .init(
                    .get, "get_kafka_cluster", "None: there is no Kafka here", [], refusals: [404]),
                .init(
                    .delete, "delete_kafka_cluster", "None: there is no Kafka here", [],
                    refusals: [404]),
                .init(
                    .patch, "update_kafka_cluster", "None: there is no Kafka here",
                    body: .kafkaClusterUpdate, [], refusals: [404]),
            ]
        default:
            [
                .init(
                    .get, "list_subscriptions", "None: there is no Kafka here",
                    [.json(.subscriptions, "An empty list")]),
                .init(
                    .post, "create_subscription", "Refused: there is no Kafka here",
                    body: .subscriptionRequest, [], refusals: [400]),
            ]
        }
    }
}

extension InvocationOperation {
    private var isOnDeployment: Bool { self == .resume || self == .restartAsNew }

    fileprivate var onOne: AdminOperation {
        switch self {
        case .cancel:
            .init(
                .patch, "cancel_invocation", "Cancels an invocation",
                [.empty(200, "It has ended"), .empty(202, "Its handler is told")],
                refusals: Self.usual)
        case .kill:
            .init(
                .patch, "kill_invocation", "Kills an invocation",
                [.empty(200, "It has ended")], refusals: Self.usual)
        case .purge:
            .init(
                .patch, "purge_invocation", "Removes a finished invocation",
                [.empty(200, "Removed")], refusals: Self.usual)
        case .purgeJournal:
            .init(
                .patch, "purge_journal", "Removes the journal of a finished invocation",
                [.empty(200, "Removed")], refusals: Self.usual)
        case .pause:
            .init(
                .patch, "pause_invocation", "Pauses an invocation",
                [.empty(200, "It was paused already"), .empty(202, "It will be paused")],
                refusals: Self.usual)
        case .resume:
            .init(
                .patch, "resume_invocation", "Resumes an invocation", query: [.deployment],
                [.empty(200, "Resumed")], refusals: Self.usual + [425])
        case .restartAsNew:
            .init(
                .patch, "restart_as_new_invocation",
                "Starts a new invocation with a part of the journal", query: [.from, .deployment],
                [.json(.restarted, "The new invocation")], refusals: Self.usual + [410, 422, 425])
        }
    }

    fileprivate var onMany: AdminOperation {
        .init(
            .post, "batch_\(rawValue.replacing("-", with: "_"))_invocations",
            "Performs `\(rawValue)` on many invocations",
            body: isOnDeployment ? .batchDeploymentRequest : .batchRequest,
            [
                .json(
                    self == .restartAsNew ? .batchRestartResponse : .batchResponse,
                    "The invocations for which it succeeded, and the errors of the others")
            ], refusals: [400])
    }

    private static let usual = [400, 404, 409]
}
