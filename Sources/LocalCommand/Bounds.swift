internal import RestateHTTP
internal import RestateLocal
internal import RestateRuntime

/// Lists the bounds of the local runtime and of its ports, for `--help` and the guide.
extension Bound {
    /// The bounds of every port: an endpoint's, the ingress and the admin API.
    static let port = HTTPLimits.bounds(local: .ofServer).map(\.value)

    /// The end of the text of `--help`.
    static let localHelp = help(runtime + port, local: true)

    /// The bounds of the local runtime alone.
    static let runtime: [Bound] = {
        let (local, delivery, query) = (LocalSettings(), EngineOptions(), QueryLimits())
        return [
            Bound(
                name: "concurrent attempts", value: grouped(local.concurrentAttempts),
                setting: "`--attempts`", effect: "an attempt that waits is suspended"),
            Bound(
                name: "size of a journal entry, and of the state of a key",
                value: bytes(local.invocationMemory),
                setting: "`RESTATE_WORKER__INVOKER__PER_INVOCATION_MEMORY_LIMIT`",
                effect: "the invocation is paused (RT0001)"),
            Bound(
                name: "size of a message from an endpoint", value: bytes(local.messageLimit),
                setting: "`RESTATE_WORKER__INVOKER__MESSAGE_SIZE_LIMIT`",
                effect: "the attempt fails (RT0003)"),
            Bound(
                name: "state that is sent with an attempt", value: bytes(local.eagerStateLimit),
                setting: "`RESTATE_WORKER__INVOKER__EAGER_STATE_SIZE_LIMIT`",
                effect: "the handler fetches the rest on demand"),
            Bound(
                name: "journals of completed invocations", value: bytes(local.archivedJournalBytes),
                effect: "the oldest are deleted"),
            Bound(
                name: "completed invocations in memory that the data folder has, too",
                value: bytes(local.storedResultBytes), setting: "`--result-cache`",
                effect: "the oldest are read from the folder"),
            Bound(
                name: "time for a registration", value: time(delivery.discoveryTimeout),
                effect: "the registration fails (META0003)"),
            Bound(
                name: "size of a manifest", value: bytes(delivery.manifestLimit),
                effect: "the registration fails (META0013)"),
            Bound(
                name: "body of a request to the ingress", value: bytes(BodyLimit.ingress),
                effect: "status 413"),
            Bound(
                name: "body of a request to the admin API", value: bytes(BodyLimit.admin),
                effect: "status 413"),
            Bound(
                name: "size of a query's answer", value: bytes(query.answer),
                setting: "`--query-answer`, `LocalServerSettings.queries`", effect: "status 400"),
            Bound(
                name: "memory of a query", value: bytes(query.memory),
                setting: "`--query-memory`, `LocalServerSettings.queries`", effect: "status 400"),
            Bound(
                name: "size of a value within a query", value: bytes(query.value),
                setting: "`LocalServerSettings.queries`", effect: "status 400"),
            Bound(
                name: "time of a query", value: time(query.time),
                setting: "`--query-time`, `LocalServerSettings.queries`", effect: "status 400"),
            Bound(
                name: "threads for queries", value: grouped(query.threads),
                setting: "`--query-threads`, `LocalServerSettings.queries`",
                effect: "further queries wait"),
            Bound(
                name: "waiting queries", value: grouped(query.waiting),
                setting: "`LocalServerSettings.queries`", effect: "status 503"),
        ]
    }()
}
