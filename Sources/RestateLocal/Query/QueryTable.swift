/// What a column holds. The raw value is the type SQLite is told: those with TEXT in them keep what
/// is stored as it is, so that nothing is taken for a number that is none.
enum ColumnType: String {
    case string = "TEXT"
    case unsigned32 = "INTEGER32"
    case unsigned64 = "INTEGER64"
    /// A number that may be beyond what SQLite can hold, as its digits.
    case digits = "DIGITS_TEXT"
    case boolean = "BOOLEAN"
    /// RFC 3339 with milliseconds: sorts and compares as time does.
    case timestamp = "TIMESTAMP_TEXT"
    /// `PT86400S`
    case duration = "DURATION_TEXT"
    /// A JSON array.
    case list = "LIST_TEXT"
    case bytes = "BLOB"

    init?(letter: Character) {
        switch letter {
        case "s": self = .string
        case "i": self = .unsigned32
        case "n": self = .unsigned64
        case "k": self = .digits
        case "b": self = .boolean
        case "t": self = .timestamp
        case "d": self = .duration
        case "l": self = .list
        case "x": self = .bytes
        default: return nil
        }
    }

    /// The name that `information_schema.columns` has for it.
    var standardName: String {
        switch self {
        case .string: "LargeUtf8"
        case .unsigned32: "UInt32"
        case .unsigned64, .digits: "UInt64"
        case .boolean: "Boolean"
        case .timestamp: "Timestamp(ms, \"+00:00\")"
        case .duration: "Duration(ms)"
        case .list: "List"
        case .bytes: "LargeBinary"
        }
    }
}

/// A table that queries may name: exactly the columns that a Restate server 1.7 has.
struct QueryTable {
    let name: String
    let columns: [(name: String, type: ColumnType)]

    static let all: [QueryTable] = definitions.sorted { $0.key < $1.key }.map { name, columns in
        QueryTable(
            name: name,
            columns: columns.split { $0 == " " || $0 == "\n" }.compactMap { column in
                let parts = column.split(separator: ":")
                guard parts.count == 2, let type = parts[1].first.flatMap(ColumnType.init(letter:))
                else { return nil }
                return (String(parts[0]), type)
            })
    }

    /// Column names with a letter for the type; see ``ColumnType``. Tables about what this runtime
    /// does not have (scopes, rules, queues of queues) exist and stay empty.
    private static let definitions = [
        "state": """
        partition_key:k scope:s service_name:s service_key:s key:s key_length:n value_utf8:s
        value:x value_length:n
        """,
        "sys_deployment": """
        id:s ty:s endpoint:s created_at:t min_service_protocol_version:i
        max_service_protocol_version:i services:l
        """,
        "sys_inbox": """
        partition_key:k service_name:s service_key:s id:s sequence_number:n created_at:t
        """,
        "sys_invocation": """
        id:s vqueue_id:s target:s target_service_name:s target_service_key:s
        target_handler_name:s target_service_ty:s scope:s limit_key:s idempotency_key:s
        invoked_by:s invoked_by_service_name:s invoked_by_id:s invoked_by_subscription_id:s
        invoked_by_target:s restarted_from:s pinned_deployment_id:s
        pinned_service_protocol_version:i trace_id:s journal_size:i journal_commands_size:i
        created_at:t created_using_restate_version:s modified_at:t inboxed_at:t
        scheduled_at:t scheduled_start_at:t running_at:t completed_at:t
        completion_retention:d journal_retention:d suspended_waiting_for_completions:l
        suspended_waiting_for_signals:l suspended_waiting_future_json:s retry_count:n
        last_start_at:t next_retry_at:t last_attempt_deployment_id:s last_attempt_server:s
        last_failure:s last_failure_error_code:s last_failure_related_entry_index:n
        last_failure_related_entry_name:s last_failure_related_entry_type:s
        last_failure_related_command_index:n last_failure_related_command_name:s
        last_failure_related_command_type:s last_awaiting_on_future_json:s status:s
        completion_result:s completion_failure:s
        """,
        "sys_invocation_state": """
        partition_key:k id:s in_flight:b retry_count:n last_start_at:t
        last_attempt_deployment_id:s last_attempt_server:s next_retry_at:t last_failure:s
        last_failure_error_code:s last_failure_related_command_index:n
        last_failure_related_command_name:s last_failure_related_command_type:s
        last_failure_related_entry_index:n last_failure_related_entry_name:s
        last_failure_related_entry_type:s last_awaiting_on_future_json:s
        """,
        "sys_invocation_status": """
        partition_key:k id:s vqueue_id:s status:s completion_result:s completion_failure:s
        target:s target_service_name:s target_service_key:s target_handler_name:s
        target_service_ty:s scope:s limit_key:s idempotency_key:s invoked_by:s
        invoked_by_id:s invoked_by_subscription_id:s invoked_by_service_name:s
        invoked_by_target:s restarted_from:s pinned_deployment_id:s
        pinned_service_protocol_version:i trace_id:s journal_size:i journal_commands_size:i
        created_at:t created_using_restate_version:s modified_at:t inboxed_at:t
        scheduled_at:t scheduled_start_at:t running_at:t completed_at:t
        completion_retention:d journal_retention:d suspended_waiting_for_completions:l
        suspended_waiting_for_signals:l suspended_waiting_future_json:s
        """,
        "sys_journal": """
        partition_key:k id:s index:i entry_type:s name:s completed:b invoked_id:s
        invoked_target:s sleep_wakeup_at:t promise_name:s raw:x raw_length:n version:i
        entry_json:s entry_lite_json:s appended_at:t
        """,
        "sys_journal_events": """
        partition_key:k id:s after_journal_entry_index:i appended_at:t event_type:s
        event_json:s
        """,
        "sys_keyed_service_status": """
        partition_key:k service_name:s service_key:s invocation_id:s
        """,
        "sys_locks": """
        partition_key:k scope:s lock_name:s acquired_at:t acquired_by:s
        """,
        "sys_promise": """
        partition_key:k scope:s service_name:s service_key:s key:s completed:b
        completion_success_value:x completion_success_value_utf8:s completion_failure:s
        """,
        "sys_rules": """
        pattern:s concurrency:i description:s disabled:b version:i last_modified:t
        """,
        "sys_scheduler": """
        partition_key:k id:s num_inbox:n status:s head_entry_id:s scheduled_at:t
        blocked_on:s blocked_on_json:s invoker_concurrency_block_duration:d
        throttling_rules_block_duration:d invoker_throttling_block_duration:d
        invoker_memory_block_duration:d concurrency_rules_block_duration:d
        lock_block_duration:d deployment_concurrency_block_duration:d
        """,
        "sys_service": """
        name:s revision:n public:b ty:s deployment_id:s
        """,
        "sys_user_limits": """
        partition_key:k scope:s l1:s l2:s level:s usage:i concurrency_limit:i rule_pattern:s
        available:i num_waiters:n
        """,
        "sys_vqueue_entry_status": """
        partition_key:k entry_id:s vqueue_id:s stage:s status:s has_lock:b next_at:t
        sequence_number:n entry_kind:s created_at:t transitioned_at:t num_attempts:i
        num_errors:i num_pauses:i num_suspensions:i num_yields:i first_attempt_at:t
        latest_attempt_at:t first_runnable_at:t deployment:s needed_memory:n
        retry_attempts:i retry_count_since_last_stored_command:i
        latest_attempt_blocked_on_invoker_concurrency:d
        latest_attempt_blocked_on_throttling_rules:d
        latest_attempt_blocked_on_invoker_throttling:d
        latest_attempt_blocked_on_invoker_memory:d
        latest_attempt_blocked_on_concurrency_rules:d latest_attempt_blocked_on_lock:d
        latest_attempt_blocked_on_deployment_concurrency:d
        total_blocked_on_invoker_concurrency:d total_blocked_on_throttling_rules:d
        total_blocked_on_invoker_throttling:d total_blocked_on_invoker_memory:d
        total_blocked_on_concurrency_rules:d total_blocked_on_lock:d
        total_blocked_on_deployment_concurrency:d
        """,
        "sys_vqueue_meta": """
        partition_key:k id:s is_active:b queue_is_paused:b service_name:s scope:s
        limit_key:s lock_name:s created_at:t last_enqueued_at:t last_start_at:t
        last_attempt_at:t last_finish_at:t avg_queue_duration:d avg_inbox_duration:d
        avg_run_duration:d avg_suspension_duration:d avg_end_to_end_duration:d
        avg_blocked_on_concurrency_rules:d avg_blocked_on_invoker_concurrency:d
        avg_blocked_on_invoker_throttling:d avg_blocked_on_lock:d num_inbox:n num_running:n
        num_suspended:n num_paused:n num_finished:n
        """,
        "sys_vqueues": """
        partition_key:k id:s stage:s status:s has_lock:b run_at:t sequence_number:n
        entry_id:s entry_kind:s created_at:t transitioned_at:t num_attempts:i num_errors:i
        num_pauses:i num_suspensions:i num_yields:i first_attempt_at:t latest_attempt_at:t
        first_runnable_at:t deployment:s
        """,
    ]
}
