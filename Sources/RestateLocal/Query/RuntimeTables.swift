internal import Restate
internal import RestateProtocol

/// The tables' rows, from the runtime as it was at one moment.
struct RuntimeTables: TableSource {
    let runtime: LocalRuntime
    /// What the tables say has created each invocation.
    let version: String

    func rows(of table: String, columns: [String]) -> [[SQLValue]] {
        switch table {
        case "sys_invocation":
            return rows(runtime.snapshots(), columns, invocationColumns(isRaw: false))
        case "sys_invocation_status":
            return rows(runtime.snapshots(), columns, invocationColumns(isRaw: true))
        case "sys_invocation_state":
            let attempted = runtime.snapshots().filter { $0.status != .completed }
            return rows(attempted, columns, invocationColumns(isRaw: false))
        case "sys_journal": return rows(journals(), columns, Self.journalColumns)
        case "sys_inbox": return rows(runtime.inboxes(), columns, Self.inboxColumns)
        case "sys_keyed_service_status":
            return rows(runtime.lockHolders(), columns, Self.lockColumns)
        case "state": return rows(runtime.stateRows(), columns, Self.stateColumns)
        case "sys_promise": return rows(runtime.promiseRows(), columns, Self.promiseColumns)
        case "sys_service":
            let services = runtime.registry.services.values.sorted { $0.name < $1.name }
            return rows(services, columns, Self.serviceColumns)
        case "sys_deployment":
            let deployments = runtime.registry.deployments.values.sorted { $0.id < $1.id }
            return rows(deployments, columns, Self.deploymentColumns)
        default: return []
        }
    }

    private typealias Columns<Row: Sendable> = [String: @Sendable (Row) -> SQLValue]

    private func rows<Row: Sendable>(
        _ rows: [Row], _ columns: [String], _ known: Columns<Row>
    ) -> [[SQLValue]] {
        let values = columns.map { known[$0] ?? { _ in .null } }
        return rows.map { row in values.map { $0(row) } }
    }

    // MARK: Invocations

    private func invocationColumns(isRaw: Bool) -> Columns<InvocationSnapshot> {
        let version = version
        var columns: Columns<InvocationSnapshot> = [
            "id": { .text($0.id.text) },
            "partition_key": { .digits($0.id.partitionKey) },
            "target": { .text($0.target.description) },
            "target_service_name": { .text($0.target.service) },
            "target_service_key": { SQLValue($0.target.key) },
            "target_handler_name": { .text($0.target.handler) },
            "target_service_ty": { .text($0.serviceKind.tableName) },
            "idempotency_key": { SQLValue($0.idempotencyKey) },
            "pinned_deployment_id": { SQLValue($0.pinnedDeployment) },
            "pinned_service_protocol_version": { SQLValue($0.pinnedVersion?.rawValue) },
            "created_using_restate_version": { _ in .text(version) },
            "completion_retention": { .duration(milliseconds: $0.completionRetention) },
            "journal_retention": { .duration(milliseconds: $0.journalRetention) },
            "status": { .text(isRaw ? $0.status.raw : $0.status.rawValue) },
        ]
        columns.merge(Self.callerColumns) { $1 }
        columns.merge(Self.progressColumns) { $1 }
        columns.merge(Self.attemptColumns) { $1 }
        columns.merge(Self.resultColumns) { $1 }
        return columns
    }

    private static let callerColumns: Columns<InvocationSnapshot> = [
        "invoked_by": {
            switch $0.caller {
            case .ingress: .text("ingress")
            case .service: .text("service")
            case .restartAsNew: .text("restart_as_new")
            }
        },
        "invoked_by_service_name": {
            if case .service(_, let target) = $0.caller { .text(target.service) } else { .null }
        },
        "invoked_by_id": {
            if case .service(let id, _) = $0.caller { .text(id.text) } else { .null }
        },
        "invoked_by_target": {
            if case .service(_, let target) = $0.caller {
                .text(target.description)
            } else {
                .null
            }
        },
        "restarted_from": {
            if case .restartAsNew(let id) = $0.caller { .text(id.text) } else { .null }
        },
    ]

    private static let progressColumns: Columns<InvocationSnapshot> = [
        // Before it begins nobody has looked at a journal.
        "journal_size": { hasBegun($0) ? SQLValue($0.journalSize) : .null },
        "journal_commands_size": { hasBegun($0) ? SQLValue($0.journalCommandsSize) : .null },
        "created_at": { .time($0.createdAt) },
        "modified_at": { .time($0.modifiedAt) },
        "inboxed_at": { .time($0.inboxedAt) },
        "scheduled_at": { .time($0.scheduledAt) },
        "scheduled_start_at": { .time($0.scheduledStartAt) },
        "running_at": { .time($0.runningAt) },
        "completed_at": { .time($0.completedAt) },
    ]

    private static func hasBegun(_ invocation: InvocationSnapshot) -> Bool {
        invocation.status != .scheduled && invocation.status != .pending
    }

    private static let attemptColumns: Columns<InvocationSnapshot> = [
        "in_flight": { SQLValue($0.isInFlight) },
        "retry_count": { SQLValue($0.retryCount) },
        "last_start_at": { .time($0.lastStartAt) },
        "next_retry_at": { .time($0.nextRetryAt) },
        "last_attempt_deployment_id": { SQLValue($0.lastAttemptDeployment) },
        "last_attempt_server": { SQLValue($0.lastAttemptServer) },
        "last_failure": { invocation in
            SQLValue(invocation.lastFailure.map { "[\($0.code)] \($0.message)" })
        },
        "last_failure_error_code": { SQLValue($0.lastFailure?.restateCode) },
        "last_failure_related_entry_index": { SQLValue($0.lastFailure?.relatedIndex) },
        "last_failure_related_entry_name": { SQLValue($0.lastFailure?.relatedName) },
        "last_failure_related_entry_type": { SQLValue(relatedType($0)) },
        "last_failure_related_command_index": { SQLValue($0.lastFailure?.relatedIndex) },
        "last_failure_related_command_name": { SQLValue($0.lastFailure?.relatedName) },
        "last_failure_related_command_type": { SQLValue(relatedType($0)) },
    ]

    private static func relatedType(_ invocation: InvocationSnapshot) -> String? {
        invocation.lastFailure?.relatedType.map { type in
            JournalJSON(code: type.rawValue, payload: [], JournalJSON.Surroundings()).entryType
        }
    }

    private static let resultColumns: Columns<InvocationSnapshot> = [
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

    private struct JournalRow {
        var id: InvocationID
        var index: Int
        var entry: JournalEntry
        var around: JournalJSON.Surroundings

        var json: JournalJSON { JournalJSON(code: entry.code, payload: entry.payload, around) }
    }

    private func journals() -> [JournalRow] {
        let kinds = runtime.registry.services.mapValues(\.kind)
        let settings = runtime.settings
        return runtime.snapshots().flatMap { invocation -> [JournalRow] in
            guard let journal = journal(of: invocation.id) else { return [] }
            var around = JournalJSON.Surroundings()
            around.kinds = kinds
            around.retention.completion = settings.completionRetention
            around.retention.journal = settings.journalRetention
            for entry in journal where entry.type == .callInvocationIDCompletion {
                if let message = try? NotificationMessage(decoding: entry.payload),
                    case .completion(let completion) = message.id,
                    case .invocationID(let id) = message.result
                {
                    around.invocationIDs[completion] = id
                }
            }
            return journal.enumerated().map { index, entry in
                JournalRow(id: invocation.id, index: index, entry: entry, around: around)
            }
        }
    }

    /// The input is there before the invocation begins.
    private func journal(of id: InvocationID) -> [JournalEntry]? {
        runtime.invocations[id]?.journal ?? runtime.journal(of: id)
    }

    private static let journalColumns: Columns<JournalRow> = [
        "partition_key": { .digits($0.id.partitionKey) },
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

    // MARK: Keys

    private static let inboxColumns: Columns<InboxEntry> = [
        "partition_key": { .digits($0.id.partitionKey) },
        "service_name": { .text($0.owner.service) },
        "service_key": { .text($0.owner.key) },
        "id": { .text($0.id.text) },
        "sequence_number": { SQLValue($0.sequence) },
        "created_at": { .time($0.createdAt) },
    ]

    private typealias Lock = (owner: StateOwner, holder: InvocationID)

    private static let lockColumns: Columns<Lock> = [
        "partition_key": { .digits($0.holder.partitionKey) },
        "service_name": { .text($0.owner.service) },
        "service_key": { .text($0.owner.key) },
        "invocation_id": { .text($0.holder.text) },
    ]

    private static let stateColumns: Columns<StateRow> = [
        "partition_key": { .digits(partitionKey($0.owner.key)) },
        "service_name": { .text($0.owner.service) },
        "service_key": { .text($0.owner.key) },
        "key": { .text(String(decoding: $0.key, as: UTF8.self)) },
        "key_length": { SQLValue($0.key.count) },
        "value_utf8": { SQLValue(String(validating: $0.value, as: UTF8.self)) },
        "value": { .bytes(Array($0.value)) },
        "value_length": { SQLValue($0.value.count) },
    ]

    private static let promiseColumns: Columns<PromiseRow> = [
        "partition_key": { .digits(partitionKey($0.owner.key)) },
        "service_name": { .text($0.owner.service) },
        "service_key": { .text($0.owner.key) },
        "key": { .text($0.name) },
        "completed": { SQLValue($0.result != nil) },
        "completion_success_value": {
            if case .value(let value) = $0.result { .bytes(Array(value)) } else { .null }
        },
        "completion_success_value_utf8": {
            guard case .value(let value) = $0.result else { return .null }
            return SQLValue(String(validating: value, as: UTF8.self))
        },
        "completion_failure": {
            if case .failure(let failure) = $0.result {
                .text("[\(failure.code)] \(failure.message)")
            } else {
                .null
            }
        },
    ]

    /// Of a key: that of its workflow's run, which is made from the key alone.
    private static func partitionKey(_ key: String) -> UInt64 {
        InvocationID.workflow("", key: key).partitionKey
    }

    // MARK: Registry

    private static let serviceColumns: Columns<ServiceRecord> = [
        "name": { .text($0.name) },
        "revision": { SQLValue($0.revision) },
        "public": { SQLValue($0.isPublic) },
        "ty": { .text($0.kind.tableName) },
        "deployment_id": { .text($0.deploymentID) },
    ]

    private static let deploymentColumns: Columns<Deployment> = [
        "id": { .text($0.id) },
        "ty": { _ in .text("http") },
        "endpoint": { .text($0.endpoint.uri) },
        "created_at": { .time($0.createdAt) },
        "min_service_protocol_version": { SQLValue($0.minVersion) },
        "max_service_protocol_version": { SQLValue($0.maxVersion) },
        "services": { .list($0.services.keys.sorted()) },
    ]
}
