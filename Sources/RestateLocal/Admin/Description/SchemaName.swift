/// The schemas under `components` of the admin API's description.
enum SchemaName: String, CaseIterable, Sendable {
    case errorDescription = "ErrorDescriptionResponse"
    case versionInformation = "VersionInformation"
    case clusterHealth = "ClusterHealthResponse"
    case openAPI = "OpenAPIDocument"

    case registerRequest = "RegisterDeploymentRequest"
    case registerResponse = "RegisterDeploymentResponse"
    case updateRequest = "UpdateDeploymentRequest"
    case deployments = "ListDeploymentsResponse"
    case deployment = "DeploymentResponse"
    case detailedDeployment = "DetailedDeploymentResponse"

    case services = "ListServicesResponse"
    case service = "ServiceMetadata"
    case serviceRetryPolicy = "ServiceRetryPolicyMetadata"
    case handlers = "ListServiceHandlersResponse"
    case handler = "HandlerMetadata"
    case handlerRetryPolicy = "HandlerRetryPolicyMetadata"
    case info = "Info"
    case modifyService = "ModifyServiceRequest"
    case modifyState = "ModifyServiceStateRequest"

    case restarted = "RestartAsNewInvocationResponse"
    case batchRequest = "BatchInvocationRequest"
    case batchDeploymentRequest = "BatchInvocationOnDeploymentRequest"
    case batchResponse = "BatchOperationResult"
    case batchRestartResponse = "BatchRestartAsNewResult"
    case batchFailure = "FailedInvocationOperation"

    case query = "QueryRequest"
    case rows = "QueryResponse"

    case subscriptions = "ListSubscriptionsResponse"
    case subscriptionRequest = "CreateSubscriptionRequest"
    case kafkaClusters = "ListKafkaClustersResponse"
    case kafkaClusterRequest = "CreateKafkaClusterRequest"
    case kafkaClusterUpdate = "UpdateKafkaClusterRequest"

    var reference: String { "#/components/schemas/\(rawValue)" }
}
