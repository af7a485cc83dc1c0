internal import CanonicalJSON
internal import Restate

/// The OpenAPI 3.1 document of the admin API: its paths and what each does.
enum AdminDescription {
    private typealias Entry = (path: String, method: String, id: String, summary: String)

    private static let entries: [Entry] = [
        ("/health", "get", "health", "Whether the admin API answers"),
        ("/version", "get", "version", "The version, and the supported versions of the API"),
        ("/cluster-health", "get", "cluster_health", "The members of the cluster"),
        ("/deployments", "get", "list_deployments", "All deployments"),
        ("/deployments", "post", "create_deployment", "Registers an endpoint"),
        ("/deployments/{deployment}", "get", "get_deployment", "A deployment and what it serves"),
        (
            "/deployments/{deployment}", "patch", "update_deployment",
            "Changes the address of a deployment"
        ),
        ("/deployments/{deployment}", "delete", "delete_deployment", "Removes a deployment"),
        ("/services", "get", "list_services", "All services"),
        ("/services/{service}", "get", "get_service", "A service"),
        ("/services/{service}", "patch", "modify_service", "Changes the options of a service"),
        ("/services/{service}/openapi", "get", "get_service_openapi", "How a service is called"),
        (
            "/services/{service}/state", "post", "modify_service_state",
            "Replaces the state of a key"
        ),
        ("/services/{service}/handlers", "get", "list_service_handlers", "A service's handlers"),
        ("/services/{service}/handlers/{handler}", "get", "get_service_handler", "A handler"),
        (
            "/invocations/{invocation_id}", "delete", "delete_invocation",
            "Cancels, kills or purges an invocation (deprecated)"
        ),
        (
            "/invocations/{invocation_id}/cancel", "patch", "cancel_invocation",
            "Cancels an invocation"
        ),
        ("/invocations/{invocation_id}/kill", "patch", "kill_invocation", "Kills an invocation"),
        (
            "/invocations/{invocation_id}/purge", "patch", "purge_invocation",
            "Removes a finished invocation"
        ),
        (
            "/invocations/{invocation_id}/purge-journal", "patch", "purge_journal",
            "Removes the journal of a finished invocation"
        ),
        ("/invocations/{invocation_id}/pause", "patch", "pause_invocation", "Pauses an invocation"),
        (
            "/invocations/{invocation_id}/resume", "patch", "resume_invocation",
            "Resumes an invocation"
        ),
        (
            "/invocations/{invocation_id}/restart-as-new", "patch", "restart_as_new_invocation",
            "Starts a new invocation with a part of the journal"
        ),
        ("/query", "post", "query", "Runs a SQL query"),
        ("/subscriptions", "get", "list_subscriptions", "None: there is no Kafka here"),
        ("/kafka-clusters", "get", "list_kafka_clusters", "None: there is no Kafka here"),
    ]

    /// The query parameters of an operation, by the operation's id.
    private static let queries: [String: [String]] = [
        "delete_deployment": ["force"], "delete_invocation": ["mode"],
        "resume_invocation": ["deployment"], "restart_as_new_invocation": ["from", "deployment"],
    ]

    static func openAPI(version: String) -> [UInt8] {
        JSONLine.object { line in
            line.member("openapi", "3.1.0")
            line.member("info") { line in
                line.object { line in
                    line.member("title", "Admin API")
                    line.member("version", version)
                    line.member("description", "The admin API of the local runtime.")
                }
            }
            line.member("paths") { line in
                line.object { line in
                    var paths: [String] = []
                    for entry in entries where paths.last != entry.path { paths.append(entry.path) }
                    for path in paths {
                        line.member(path) { line in
                            line.object { line in
                                for entry in entries where entry.path == path {
                                    line.member(entry.method) { operation(entry, &$0) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func operation(_ entry: Entry, _ line: inout JSONLine) {
        let names = entry.path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { (name: String($0.dropFirst().dropLast()), place: "path") }
        let all = names + (queries[entry.id] ?? []).map { (name: $0, place: "query") }
        line.object { line in
            line.member("operationId", entry.id)
            line.member("summary", entry.summary)
            if !all.isEmpty {
                line.member("parameters") { line in
                    line.array(all) { line, parameter in
                        line.object { line in
                            line.member("name", parameter.name)
                            line.member("in", parameter.place)
                            line.member("required", parameter.place == "path")
                            line.member("schema") { $0.raw(#"{"type":"string"}"#.utf8) }
                        }
                    }
                }
            }
            if entry.method == "post"
                || entry.method == "patch" && !entry.path.contains("invocation")
            {
                line.member("requestBody") { line in
                    line.raw(#"{"required":true,"content":{"application/json":{}}}"#.utf8)
                }
            }
            line.member("responses") { line in
                line.raw(
                    #"{"2XX":{"description":"Done"},"default":{"description":"The error"}}"#.utf8)
            }
        }
    }
}
