internal import RestateHTTP2
internal import RestateLocal

/// What somebody from outside can make the runtime spend, with its default: the rows of two tables in
/// `docs/guide.md`, and the end of `--help`.
struct Bound {
    /// What is bounded, in a few words.
    let name: String
    let value: String
    /// The local runtime's, if it is another one.
    var localValue: String?
    /// Where another value can be set.
    var setting = "fixed"
    /// What happens to what goes beyond.
    let effect: String

    /// The row of the guide's table.
    var row: String {
        let other = localValue.flatMap { $0 == value ? nil : ", at the local runtime \($0)" } ?? ""
        return "| \(name) | \(value)\(other) | \(setting) | \(effect) |"
    }

    /// The line of `--help`, as wide as the longest name.
    func line(width: Int) -> String {
        let gap = String(repeating: " ", count: width + 2 - name.count)
        return "  \(name)\(gap)\(localValue ?? value)"
    }

    /// Lines for `--help`.
    static var help: String {
        let rows = Self.runtime + Self.port
        let width = rows.map(\.name.count).max() ?? 0
        let lines = rows.map { $0.line(width: width) }
        return (["Bounds; docs/guide.md says what happens to what goes beyond:", ""] + lines)
            .joined(separator: "\n")
    }

    // MARK: values as texts

    private static func bytes(_ count: Int) -> String {
        if count % (1 << 20) == 0 { return "\(count >> 20) MiB" }
        return count % 1024 == 0 ? "\(grouped(count >> 10)) KiB" : "\(grouped(count)) bytes"
    }

    private static func grouped(_ number: Int) -> String {
        var digits = Substring(String(number))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }

    private static func time(_ duration: Duration) -> String {
        "\(grouped(Int(duration.components.seconds))) s"
    }

    // MARK: the rows

    /// By the names of the properties, so that a test finds one that has no row.
    static let limits: KeyValuePairs<String, Bound> = [
        "connections": limit(
            "connections", \.connections, grouped, "the oldest idle one is closed, or the slowest"),
        "concurrentStreams": limit(
            "open requests of an HTTP/2 connection", \.concurrentStreams, grouped,
            "the peer waits for one to end"),
        "idleTimeout": limit(
            "time without an open request", \.idleTimeout, time, "the connection is closed"),
        "headerTimeout": limit(
            "time for a head", \.headerTimeout, time, "the connection is closed"),
        "bodyTimeout": limit("time for the next piece of a body", \.bodyTimeout, time, "408"),
        "bodyProgress": limit(
            "the least size of such a piece", \.bodyProgress, bytes, "a smaller one does not count"),
        "stallTimeout": limit(
            "time in which a peer reads nothing of what waits", \.stallTimeout, time,
            "the request is given up"),
        "pingInterval": limit(
            "silence of an HTTP/2 peer", \.pingInterval, time, "it is asked with a PING"),
        "pingTimeout": limit(
            "time for its answer", \.pingTimeout, time, "the connection is closed"),
        "headerListBytes": limit(
            "an HTTP/2 head, with 32 bytes more for each field", \.headerListBytes, bytes, "431"),
        "headBytes": limit("an HTTP/1.1 head", \.headBytes, bytes, "431"),
        "headFields": limit("its fields", \.headFields, grouped, "431"),
        "targetBytes": limit("a request's target", \.targetBytes, bytes, "414"),
        "inputWindow": limit(
            "a body's bytes that nobody has taken", \.inputWindow, bytes, "the peer waits"),
        "connectionWindow": limit(
            "such bytes on their way on a connection", \.connectionWindow, bytes, "the peer waits"),
        "connectionInput": limit(
            "such bytes of a connection", \.connectionInput, bytes, "the peer waits"),
        "outputBuffer": limit(
            "an answer's bytes that the peer has not taken", \.outputBuffer, bytes,
            "who writes waits"),
        "pipelinedBytes": limit(
            "next requests over HTTP/1.1", \.pipelinedBytes, bytes, "the peer waits"),
        "interimHeads": limit(
            "news (1xx) ahead of an answer", \.interimHeads, grouped, "the exchange fails"),
        "resetsPerSecond": limit(
            "young requests that a peer takes back in a second", \.resetsPerSecond, grouped,
            "the connection ends (`ENHANCE_YOUR_CALM`)"),
        "resetAge": limit(
            "time for which a request is young", \.resetAge, time, "taking it back is free"),
        "controlFramesPerSecond": limit(
            "PING, SETTINGS and empty DATA frames in a second", \.controlFramesPerSecond, grouped,
            "the connection ends (`ENHANCE_YOUR_CALM`)"),
        "unsentAcknowledgements": limit(
            "acknowledgements that a peer does not read", \.unsentAcknowledgements, grouped,
            "the connection is closed"),
        "queuedFrames": limit(
            "frames that a peer does not read", \.queuedFrames, grouped, "the connection is closed"),
    ]

    private static func limit<Value>(
        _ name: String, _ property: KeyPath<HTTPLimits, Value>, _ text: (Value) -> String,
        _ effect: String
    ) -> Bound {
        Bound(
            name: name, value: text(HTTPLimits()[keyPath: property]),
            localValue: text(HTTPLimits.ofServer[keyPath: property]), effect: effect)
    }

    /// Of every port: an endpoint's, the ingress and the admin API.
    static let port = limits.map(\.value)

    /// Of the local runtime alone.
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
