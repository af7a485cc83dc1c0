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
                name: "attempts at once", value: grouped(local.concurrentAttempts),
                setting: "`--attempts`", effect: "one that only waits suspends"),
            Bound(
                name: "an entry of a journal, or the state of a key",
                value: bytes(local.invocationMemory),
                setting: "`RESTATE_WORKER__INVOKER__PER_INVOCATION_MEMORY_LIMIT`",
                effect: "the invocation is paused (RT0001)"),
            Bound(
                name: "a message of an endpoint", value: bytes(local.messageLimit),
                setting: "`RESTATE_WORKER__INVOKER__MESSAGE_SIZE_LIMIT`",
                effect: "the attempt fails (RT0003)"),
            Bound(
                name: "state that goes along with an attempt", value: bytes(local.eagerStateLimit),
                setting: "`RESTATE_WORKER__INVOKER__EAGER_STATE_SIZE_LIMIT`",
                effect: "the rest is asked for when it is read"),
            Bound(
                name: "journals of finished invocations", value: bytes(local.archivedJournalBytes),
                effect: "the oldest are given up"),
            Bound(
                name: "time for a registration", value: time(delivery.discoveryTimeout),
                effect: "it fails (META0003)"),
            Bound(
                name: "a manifest", value: bytes(delivery.manifestLimit),
                effect: "the registration fails (META0013)"),
            Bound(
                name: "a body for the ingress", value: bytes(BodyLimit.ingress), effect: "413"),
            Bound(
                name: "a body for the admin API", value: bytes(BodyLimit.admin),
                effect: "413"),
            Bound(
                name: "the answer of a query", value: bytes(query.answer),
                setting: "`--query-answer`, `LocalServerSettings.queries`", effect: "400"),
            Bound(
                name: "memory of a query", value: bytes(query.memory),
                setting: "`--query-memory`, `LocalServerSettings.queries`", effect: "400"),
            Bound(
                name: "a value that a query makes", value: bytes(query.value),
                setting: "`LocalServerSettings.queries`", effect: "400"),
            Bound(
                name: "time of a query", value: time(query.time),
                setting: "`--query-time`, `LocalServerSettings.queries`", effect: "400"),
            Bound(
                name: "threads for queries", value: grouped(query.threads),
                setting: "`--query-threads`, `LocalServerSettings.queries`",
                effect: "the next query waits"),
            Bound(
                name: "queries that wait", value: grouped(query.waiting),
                setting: "`LocalServerSettings.queries`", effect: "503"),
        ]
    }()
}
