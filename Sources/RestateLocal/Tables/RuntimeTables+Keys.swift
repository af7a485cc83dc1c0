internal import Primitives
internal import Restate
internal import RestateProtocol
internal import RestateRuntime
internal import SQLEngine

/// The columns of the tables of keys and of the registry.
extension RuntimeTables {
    static let inboxColumns: Columns<InboxEntry> = [
        "partition_key": { .number($0.id.partitionKey) },
        "service_name": { .text($0.owner.service) },
        "service_key": { .text($0.owner.key) },
        "id": { .text($0.id.text) },
        // A server counts from 0. It leaves `created_at` NULL, so that column is not filled here
        // either; `sys_invocation` has the time.
        "sequence_number": { SQLValue($0.sequence == 0 ? 0 : $0.sequence - 1) },
    ]

    typealias Lock = (owner: StateOwner, holder: InvocationIdentity)

    static let lockColumns: Columns<Lock> = [
        "partition_key": { .number($0.holder.partitionKey) },
        "service_name": { .text($0.owner.service) },
        "service_key": { .text($0.owner.key) },
        "invocation_id": { .text($0.holder.text) },
    ]

    static let stateColumns: Columns<StateRow> = [
        "partition_key": { .number(partitionKey($0.owner.key)) },
        "service_name": { .text($0.owner.service) },
        "service_key": { .text($0.owner.key) },
        "key": { .text(String(decoding: $0.key, as: UTF8.self)) },
        "key_length": { SQLValue($0.key.count) },
        "value_utf8": { SQLValue(String(validating: $0.value, as: UTF8.self)) },
        "value": { .bytes(Array($0.value)) },
        "value_length": { SQLValue($0.value.count) },
    ]

    static let promiseColumns: Columns<PromiseRow> = [
        "partition_key": { .number(partitionKey($0.owner.key)) },
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

    /// Returns the partition key of a key. The id of a workflow's run contains it, and depends in
    /// that part on the key alone.
    static func partitionKey(_ key: String) -> UInt64 {
        InvocationIdentity.workflow("", key: key).partitionKey
    }

    // MARK: Registry

    static let serviceColumns: Columns<ServiceRecord> = [
        "name": { .text($0.name) },
        "revision": { SQLValue($0.revision) },
        "public": { SQLValue($0.isPublic) },
        "ty": { .text($0.kind.tableName) },
        "deployment_id": { .text($0.deploymentID) },
    ]

    static let deploymentColumns: Columns<Deployment> = [
        "id": { .text($0.id) },
        "ty": { _ in .text("http") },
        "endpoint": { .text($0.endpoint.uri) },
        "created_at": { .time($0.createdAt) },
        "min_service_protocol_version": { SQLValue($0.minVersion) },
        "max_service_protocol_version": { SQLValue($0.maxVersion) },
        "services": { .list($0.services.keys.sorted()) },
    ]
}
