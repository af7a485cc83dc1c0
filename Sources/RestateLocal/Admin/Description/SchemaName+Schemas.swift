/// The definitions of the named schemas.
extension SchemaName {
    var schema: Schema {
        switch self {
        case .errorDescription:
            .object([
                .has("message", .text),
                .mayHave(
                    "restate_code", .nullable(.text), "https://docs.restate.dev/references/errors"),
            ])
        case .versionInformation:
            .object([
                .has("version", .text), .has("min_admin_api_version", .count),
                .has("max_admin_api_version", .count), .has("ingress_endpoint", .text),
                .has("features", .map(.flag)),
            ])
        case .clusterHealth:
            .object([
                .has("cluster_name", .text),
                .has("metadata_cluster_health", .object([.has("members", .list(.count))])),
            ])
        case .openAPI: .map(.any)
        case .registerRequest, .registerResponse, .updateRequest, .deployments, .deployment,
            .detailedDeployment:
            ofDeployments
        case .services, .service, .serviceRetryPolicy, .handlers, .handler, .handlerRetryPolicy,
            .info, .modifyService, .modifyState:
            ofServices
        case .restarted, .batchRequest, .batchDeploymentRequest, .batchResponse,
            .batchRestartResponse, .batchFailure:
            ofInvocations
        case .query: .object([.has("query", .text, "In SQL")])
        case .rows:
            .object([
                .has("rows", .list(.map(.any)), "By column; what is null is left out of its row")
            ])
        case .subscriptions: .object([.has("subscriptions", .list(.any))])
        case .subscriptionRequest:
            .object([
                .has("source", .text, "kafka://cluster/topic"),
                .has("sink", .text, "service://Service/handler"),
                .takes("options", .map(.text)),
            ])
        case .kafkaClusters: .object([.has("clusters", .list(.any))])
        case .kafkaClusterRequest:
            .object([.has("name", .text), .has("properties", .map(.text))])
        case .kafkaClusterUpdate: .object([.takes("properties", .map(.text))])
        }
    }

    // MARK: Deployments

    private var ofDeployments: Schema {
        switch self {
        case .registerRequest:
            .object([
                .takes("uri", .text, "Of an endpoint over http"),
                .takes("arn", .text, "Of a function of AWS Lambda, which only a server calls"),
                .takes("additional_headers", .map(.text), "Sent along with every request to it"),
                .takes("metadata", .map(.text)),
                .takes("use_http_11", .flag, "Instead of HTTP/2"),
                .takes(
                    "breaking", .flag, "Whether a service may be of another type than it was"),
                .takes("force", .flag, "Whether a deployment that is known is asked again"),
                .takes("dry_run", .flag, "Whether nothing is kept"),
            ])
        case .registerResponse:
            .object(
                [.has("id", .text), .has("services", .list(.named(.service)))] + versions)
        case .updateRequest:
            .object([
                .takes("uri", .text), .takes("arn", .text),
                .takes("additional_headers", .map(.text)), .takes("use_http_11", .flag),
                .takes("overwrite", .flag, "Whether it may serve other things than it did"),
                .takes("dry_run", .flag),
            ])
        case .deployments: .object([.has("deployments", .list(.named(.deployment)))])
        case .deployment:
            deployment(
                services: .object([.has("name", .text), .has("revision", .integer(1, nil))]))
        default: deployment(services: .named(.service))
        }
    }

    private var versions: [SchemaMember] {
        [
            .has("min_protocol_version", .count), .has("max_protocol_version", .count),
            .mayHave("sdk_version", .text),
        ]
    }

    private func deployment(services: Schema) -> Schema {
        .object(
            [
                .has("id", .text), .has("uri", .text),
                .has("protocol_type", .words(["BidiStream", "RequestResponse"])),
                .has("http_version", .words(["HTTP/1.1", "HTTP/2.0"])),
                .mayHave("additional_headers", .map(.text)), .mayHave("metadata", .map(.text)),
                .has("created_at", .moment),
            ] + versions + [.has("services", .list(services))])
    }

    // MARK: Services

    private var ofServices: Schema {
        switch self {
        case .services: .object([.has("services", .list(.named(.service)))])
        case .service:
            .object([
                .has("name", .text), .has("ty", .words(["Service", "VirtualObject", "Workflow"])),
                .has("handlers", .list(.named(.handler))), .mayHave("documentation", .text),
                .mayHave("metadata", .map(.text)), .has("deployment_id", .text),
                .has("revision", .integer(1, nil)),
                .has("public", .flag, "Whether the ingress calls it"),
                .has("idempotency_retention", .text, Self.friendly),
                .mayHave("workflow_completion_retention", .text),
                .has("journal_retention", .text), .has("inactivity_timeout", .text),
                .has("abort_timeout", .text), .has("enable_lazy_state", .flag),
                .has("retry_policy", .named(.serviceRetryPolicy)),
                .mayHave("info", .list(.named(.info))),
            ])
        case .serviceRetryPolicy:
            .object([
                .has("initial_interval", .text), .has("exponentiation_factor", .number),
                .has("max_attempts", .nullable(.count), "Null for no end"),
                .has("max_interval", .text), .has("on_max_attempts", Self.exhaustion),
            ])
        case .handlers: .object([.has("handlers", .list(.named(.handler)))])
        case .handler:
            .object([
                .has("name", .text), .mayHave("ty", .words(["Exclusive", "Shared", "Workflow"])),
                .mayHave("documentation", .text), .mayHave("metadata", .map(.text)),
                .mayHave("idempotency_retention", .text, Self.friendly),
                .mayHave("journal_retention", .text), .mayHave("inactivity_timeout", .text),
                .mayHave("abort_timeout", .text), .mayHave("enable_lazy_state", .flag),
                .has("public", .flag), .has("input_description", .text),
                .has("output_description", .text),
                .mayHave("input_json_schema", .any), .mayHave("output_json_schema", .any),
                .has("retry_policy", .named(.handlerRetryPolicy)),
                .mayHave("info", .list(.named(.info))),
            ])
        case .handlerRetryPolicy:
            .object([
                .mayHave("initial_interval", .text), .mayHave("exponentiation_factor", .number),
                .has("max_attempts", .nullable(.count), "Null if the handler says nothing"),
                .mayHave("max_interval", .text), .mayHave("on_max_attempts", Self.exhaustion),
            ])
        case .info: .object([.has("code", .text), .has("message", .text)])
        case .modifyService:
            .object([
                .takes("public", .flag), .takes("idempotency_retention", .text, Self.duration),
                .takes("workflow_completion_retention", .text, Self.duration),
                .takes("journal_retention", .text, Self.duration),
                .takes("inactivity_timeout", .text, Self.duration),
                .takes("abort_timeout", .text, Self.duration),
            ])
        default:
            .object([
                .takes("version", .text, "Nothing changes if the state has another one"),
                .has("object_key", .text), .takes("scope", .text),
                .has(
                    "new_state", .map(.either([.text, .list(.integer(0, 255))])),
                    "A text stands for its UTF-8, a list for its bytes; what is not named is gone"),
            ])
        }
    }

    private static let friendly = "Like 1day or 1m 30s"
    private static let duration = "Like 10s, 1m 30s or PT1H"
    private static let exhaustion = Schema.words(["Pause", "Kill"])

    // MARK: Invocations

    private var ofInvocations: Schema {
        switch self {
        case .restarted: .object([.has("new_invocation_id", .text)])
        case .batchRequest: .object([.has("invocation_ids", Self.ids)])
        case .batchDeploymentRequest:
            .object([
                .has("invocation_ids", Self.ids),
                .takes("deployment", .text, AdminParameter.deploymentNote),
            ])
        case .batchResponse:
            .object([
                .has("succeeded", .list(.text)), .has("failed", .list(.named(.batchFailure))),
            ])
        case .batchRestartResponse:
            .object([
                .has(
                    "succeeded",
                    .list(
                        .object([
                            .has("old_invocation_id", .text), .has("new_invocation_id", .text),
                        ])
                    )),
                .has("failed", .list(.named(.batchFailure))),
            ])
        default: .object([.has("invocation_id", .text), .has("error", .text)])
        }
    }

    private static let ids = Schema.list(.text, most: Admin.batchLimit)
}
