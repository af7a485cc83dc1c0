internal import Primitives
internal import Restate
internal import RestateProtocol
internal import RestateRuntime
internal import SQLEngine

/// Read access to a runtime that goes on meanwhile.
protocol RuntimeAccess {
    /// Calls `body` once with the runtime, which stands still meanwhile. So `body` must take
    /// milliseconds at most, and its result must not retain collections that the runtime changes
    /// often, because the next change would copy them.
    func look<Answer: Sendable>(
        _ body: @escaping @Sendable (LocalRuntime) -> Answer
    ) throws -> Answer
}

/// The rows of the SQL tables, read from the runtime in slices so that no query stops it for long.
///
/// A change between two slices may be visible or not, as on a server, which reads its partitions
/// one after another. No invocation appears twice.
struct RuntimeTables: TableSource {
    let access: any RuntimeAccess
    /// The server version that the tables name as the creator of each invocation.
    let version: String

    var tables: [TableDefinition] { RuntimeTable.definitions }

    /// Passes the rows of a table on until `receive` returns false.
    ///
    /// - Parameter wanted: the ids of a lookup; nil for a scan of all rows.
    func scan(
        _ table: String, _ columns: [String], wanted: [String]?,
        _ receive: ([SQLValue]) throws -> Bool
    ) throws {
        let ids = try wanted.map { texts in
            Array(
                Set(
                    try texts.map { text in
                        guard let id = InvocationIdentity(text) else {
                            throw QueryError(500, "External error: non valid invocation id")
                        }
                        return id
                    }))
        }
        switch RuntimeTable(rawValue: table) {
        case .invocation:
            let row = row(of: columns, invocationColumns(isRaw: false))
            try invocations(ids) { try receive(row($0)) }
        case .invocationStatus:
            let row = row(of: columns, invocationColumns(isRaw: true))
            try invocations(ids) { try receive(row($0)) }
        case .invocationState:
            let row = row(of: columns, invocationColumns(isRaw: false))
            try invocations(ids, onlyOpen: true) {
                $0.isHeldByInvoker ? try receive(row($0)) : true
            }
        case .journal:
            let row = row(of: columns, Self.journalColumns)
            try journals(ids) { try receive(row($0)) }
        case .journalEvents:
            let row = row(of: columns, Self.eventColumns)
            try events(ids) { try receive(row($0)) }
        case .inbox:
            let row = row(of: columns, Self.inboxColumns)
            try sliced({ Array($0.locks.keys) }, { $0.inbox(of: $1) }) { try receive(row($0)) }
        case .keyedServiceStatus:
            let row = row(of: columns, Self.lockColumns)
            try sliced({ Array($0.locks.keys) }, { $0.lockHolders(of: $1) }) {
                try receive(row($0))
            }
        case .state:
            let row = row(of: columns, Self.stateColumns)
            try sliced({ Array($0.states.keys) }, { $0.stateRows(of: $1) }) { try receive(row($0)) }
        case .promise:
            let row = row(of: columns, Self.promiseColumns)
            try sliced({ Array($0.promises.keys) }, { $0.promiseRows(of: $1) }) {
                try receive(row($0))
            }
        case .service:
            let row = row(of: columns, Self.serviceColumns)
            let services = try access.look { Array($0.registry.services.values) }
            try all(services.sorted { $0.name < $1.name }) { try receive(row($0)) }
        case .deployment:
            let row = row(of: columns, Self.deploymentColumns)
            let deployments = try access.look { Array($0.registry.deployments.values) }
            try all(deployments.sorted { $0.id < $1.id }) { try receive(row($0)) }
        // About what is not in here.
        case .rules, .vqueues, .scheduler, .vqueueMeta, .userLimits, .vqueueEntryStatus, .locks,
            nil:
            break
        }
    }

    typealias Columns<Row> = [String: @Sendable (Row) -> SQLValue]
    typealias Take<Row> = (Row) throws -> Bool

    /// Returns a function that makes the values of the requested columns. A column that this
    /// runtime does not fill is null.
    func row<Row>(of columns: [String], _ known: Columns<Row>) -> (Row) -> [SQLValue] {
        assert(known.keys.allSatisfy(Self.names.contains), "a column that no table has")
        let values = columns.map { known[$0] ?? { _ in .null } }
        return { row in values.map { $0(row) } }
    }

    /// A name that is spelled wrong would be a column without values.
    private static let names = Set(RuntimeTable.definitions.flatMap(\.columns).map(\.name))

    func all<Row>(_ rows: [Row], _ take: Take<Row>) throws {
        for row in rows where try !take(row) { return }
    }

    /// Passes on the rows of many keys. Each read of the runtime takes as many keys as fit into a
    /// slice's time.
    func sliced<Key: Sendable, Row: Sendable>(
        _ keys: @escaping @Sendable (LocalRuntime) -> [Key],
        _ rows: @escaping @Sendable (LocalRuntime, Key) -> [Row], _ take: Take<Row>
    ) throws {
        var rest = try access.look(keys)[...]
        while !rest.isEmpty {
            let slice = rest
            let (found, count) = try access.look { runtime -> ([Row], Int) in
                let stop = RuntimeSlice.deadline
                var found: [Row] = []
                var count = 0
                for key in slice {
                    found += rows(runtime, key)
                    count += 1
                    if RuntimeSlice.isOver(stop, after: count) { break }
                }
                return (found, count)
            }
            rest = rest.dropFirst(count)
            for row in found where try !take(row) { return }
        }
    }

    // MARK: Invocations

    func invocationColumns(isRaw: Bool) -> Columns<InvocationSnapshot> {
        let version = version
        var columns: Columns<InvocationSnapshot> = [
            "id": { .text($0.id.text) },
            "partition_key": { .number($0.id.partitionKey) },
            "target": { .text($0.head.target.description) },
            "target_service_name": { .text($0.head.target.service) },
            "target_service_key": { SQLValue($0.head.target.key) },
            "target_handler_name": { .text($0.head.target.handler) },
            "target_service_ty": { .text($0.head.serviceKind.tableName) },
            "idempotency_key": { SQLValue($0.head.idempotencyKey) },
            "pinned_deployment_id": { SQLValue($0.milestones.pinned?.deployment) },
            "pinned_service_protocol_version": { SQLValue($0.milestones.pinned?.version.rawValue) },
            "created_using_restate_version": { _ in .text(version) },
            "completion_retention": { .duration(milliseconds: $0.head.completionRetention) },
            "journal_retention": { .duration(milliseconds: $0.head.journalRetention) },
            "status": { .text(isRaw ? $0.status.raw : $0.status.rawValue) },
        ]
        columns.merge(Self.callerColumns) { $1 }
        columns.merge(Self.progressColumns) { $1 }
        columns.merge(Self.attemptColumns) { $1 }
        columns.merge(Self.waitingColumns) { $1 }
        columns.merge(Self.resultColumns) { $1 }
        return columns
    }

    static let callerColumns: Columns<InvocationSnapshot> = [
        "invoked_by": {
            switch $0.head.caller {
            case .ingress: .text("ingress")
            case .service: .text("service")
            case .restartAsNew: .text("restart_as_new")
            }
        },
        "invoked_by_service_name": {
            if case .service(_, let target) = $0.head.caller {
                .text(target.service)
            } else {
                .null
            }
        },
        "invoked_by_id": {
            if case .service(let id, _) = $0.head.caller { .text(id.text) } else { .null }
        },
        "invoked_by_target": {
            if case .service(_, let target) = $0.head.caller {
                .text(target.description)
            } else {
                .null
            }
        },
        "restarted_from": {
            if case .restartAsNew(let id) = $0.head.caller { .text(id.text) } else { .null }
        },
    ]

    static let progressColumns: Columns<InvocationSnapshot> = [
        // A server has no journal of an invocation that has not begun.
        "journal_size": { hasBegun($0) ? SQLValue($0.journalSize) : .null },
        "journal_commands_size": { hasBegun($0) ? SQLValue($0.journalCommandsSize) : .null },
        "created_at": { .time($0.head.createdAt) },
        "modified_at": { .time($0.modifiedAt) },
        "inboxed_at": { .time($0.milestones.inboxedAt) },
        "scheduled_at": { .time($0.milestones.scheduledAt) },
        "scheduled_start_at": { .time($0.milestones.scheduledFor) },
        "running_at": { .time($0.milestones.runningAt) },
        "completed_at": { .time($0.completedAt) },
    ]

    static func hasBegun(_ invocation: InvocationSnapshot) -> Bool {
        invocation.status != .scheduled && invocation.status != .pending
    }

    /// The columns about attempts. They are null for invocations that a server's invoker does not
    /// hold.
    static let attemptColumns: Columns<InvocationSnapshot> = [
        "in_flight": held { SQLValue($0.isInFlight) },
        "retry_count": held { SQLValue($0.attempts.started) },
        "last_start_at": held { .time($0.attempts.lastStartAt) },
        "next_retry_at": held { $0.status == .running ? .null : .time($0.attempts.nextRetryAt) },
        "last_attempt_deployment_id": held { SQLValue($0.attempts.lastDeployment) },
        "last_attempt_server": held { SQLValue($0.attempts.lastServer) },
        "last_failure": held { SQLValue($0.attempts.lastFailure?.text) },
        "last_failure_error_code": held { SQLValue($0.attempts.lastFailure?.restateCode) },
        "last_failure_related_command_index": held {
            SQLValue($0.attempts.lastFailure?.relatedIndex)
        },
        "last_failure_related_command_name": held {
            SQLValue($0.attempts.lastFailure?.relatedName)
        },
        "last_failure_related_command_type": held {
            SQLValue($0.attempts.lastFailure?.relatedTypeName)
        },
    ]

    static func held(
        _ value: @escaping @Sendable (InvocationSnapshot) -> SQLValue
    ) -> @Sendable (InvocationSnapshot) -> SQLValue {
        { $0.isHeldByInvoker ? value($0) : .null }
    }

    static let waitingColumns: Columns<InvocationSnapshot> = [
        "suspended_waiting_for_completions": { invocation in
            invocation.suspendedOn.map { .list($0.allCompletions) } ?? .null
        },
        "suspended_waiting_for_signals": { invocation in
            invocation.suspendedOn.map { .list($0.allSignals) } ?? .null
        },
        "suspended_waiting_future_json": { invocation in
            // Before protocol version 7 the endpoint only lists ids, without saying how they are
            // combined.
            let isKnown = invocation.milestones.pinned?.version.suspendsOnTree ?? false
            return SQLValue(invocation.suspendedOn?.json(isKnown: isKnown))
        },
    ]

    static let resultColumns: Columns<InvocationSnapshot> = [
        "completion_result": {
            switch $0.result {
            case .value: .text("success")
            case .failure: .text("failure")
            case nil: .null
            }
        },
        "completion_failure": {
            if case .failure(let failure) = $0.result {
                .text("[\(failure.code)] \(failure.message)")
            } else {
                .null
            }
        },
    ]

    // MARK: Journals

    /// An entry with what its JSON needs from other entries and the registry.
    struct JournalRow {
        var id: InvocationIdentity
        var index: Int
        var entry: JournalEntry
        var around: JournalJSON.Surroundings

        var json: JournalJSON { JournalJSON(code: entry.code, payload: entry.payload, around) }
    }

    static let journalColumns: Columns<JournalRow> = [
        "partition_key": { .number($0.id.partitionKey) },
        "id": { .text($0.id.text) },
        "index": { SQLValue($0.index) },
        "entry_type": { .text($0.json.entryType) },
        "name": { SQLValue($0.json.name) },
        "raw": { .bytes(Array($0.entry.payload)) },
        "raw_length": { SQLValue($0.entry.payload.count) },
        "version": { _ in .integer(2) },
        "entry_json": { .text($0.json.full) },
        "entry_lite_json": { .text($0.json.brief) },
        "appended_at": { .time($0.entry.appendedAt) },
    ]

    struct EventRow {
        var id: InvocationIdentity
        var event: JournalEvent
    }

    static let eventColumns: Columns<EventRow> = [
        "partition_key": { .number($0.id.partitionKey) },
        "id": { .text($0.id.text) },
        "after_journal_entry_index": { SQLValue($0.event.afterEntry) },
        "appended_at": { .time($0.event.appendedAt) },
        "event_type": { .text($0.event.kind.rawValue) },
        "event_json": { .text($0.event.json) },
    ]
}
