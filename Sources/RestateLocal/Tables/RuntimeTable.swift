internal import SQLEngine

/// A table that queries can name: exactly those of a Restate server 1.7, with the same columns and in the
/// order in which a server lists them.
enum RuntimeTable: String, CaseIterable {
    case promise = "sys_promise"
    case rules = "sys_rules"
    case state = "state"
    case journal = "sys_journal"
    case vqueues = "sys_vqueues"
    case scheduler = "sys_scheduler"
    case invocationStatus = "sys_invocation_status"
    case keyedServiceStatus = "sys_keyed_service_status"
    case vqueueMeta = "sys_vqueue_meta"
    case invocationState = "sys_invocation_state"
    case userLimits = "sys_user_limits"
    case invocation = "sys_invocation"
    case inbox = "sys_inbox"
    case vqueueEntryStatus = "sys_vqueue_entry_status"
    case journalEvents = "sys_journal_events"
    case deployment = "sys_deployment"
    case locks = "sys_locks"
    case service = "sys_service"

    static let definitions = allCases.map(\.definition)

    private var definition: TableDefinition {
        let texts = columns.split { $0 == " " || $0 == "\n" }
        return TableDefinition(
            name: rawValue,
            columns: texts.compactMap { text in
                let parts = text.split(separator: ":")
                guard parts.count == 2, let type = Self.type(parts[1]) else { return nil }
                let isStatus = self == .invocation && parts[0] == "status"
                return TableDefinition.Column(
                    name: String(parts[0]), type: type, isNullable: !isStatus)
            },
            // On a server this is a view over two other tables, and all others are tables.
            isView: self == .invocation, lookup: lookup)
    }

    /// The column for which `id = '…'` is a lookup instead of a scan.
    private var lookup: String? {
        switch self {
        case .invocation, .invocationStatus, .invocationState, .journal, .journalEvents: "id"
        case .promise, .rules, .state, .vqueues, .scheduler, .keyedServiceStatus, .vqueueMeta,
            .userLimits, .inbox, .vqueueEntryStatus, .deployment, .locks, .service:
            nil
        }
    }

    /// Returns a column's type by its letter in `columns`.
    private static func type(_ letter: Substring) -> SQLType? {
        switch letter {
        case "s": .largeUtf8
        case "i": .uint32
        case "n": .uint64
        case "b": .boolean
        case "t": .timestamp(.milliseconds, zoned: true)
        case "d": .duration(.milliseconds)
        case "l": .list(.largeUtf8)
        case "m": .list(.uint32)
        case "x": .largeBinary
        default: nil
        }
    }

    /// The columns with a letter for each type. Tables for features that this runtime lacks
    /// (scopes, rules, virtual queues) exist and stay empty.
    private var columns: String {
        switch self {
        case .state:
            """
            partition_key:n scope:s service_name:s service_key:s key:s key_length:n value_utf8:s
            value:x value_length:n
            """
        case .deployment:
            """
            id:s ty:s endpoint:s created_at:t min_service_protocol_version:i
            max_service_protocol_version:i services:l
            """
        case .inbox:
            """
            partition_key:n service_name:s service_key:s id:s sequence_number:n created_at:t
            """
        case .invocation:
            """
            id:s vqueue_id:s target:s target_service_name:s target_service_key:s
            target_handler_name:s target_service_ty:s scope:s limit_key:s idempotency_key:s
            invoked_by:s invoked_by_service_name:s invoked_by_id:s invoked_by_subscription_id:s
            invoked_by_target:s restarted_from:s pinned_deployment_id:s
            pinned_service_protocol_version:i trace_id:s journal_size:i journal_commands_size:i
            created_at:t created_using_restate_version:s modified_at:t inboxed_at:t
            scheduled_at:t scheduled_start_at:t running_at:t completed_at:t
            completion_retention:d journal_retention:d suspended_waiting_for_completions:m
            suspended_waiting_for_signals:m suspended_waiting_future_json:s retry_count:n
            last_start_at:t next_retry_at:t last_attempt_deployment_id:s last_attempt_server:s
            last_failure:s last_failure_error_code:s last_failure_related_entry_index:n
            last_failure_related_entry_name:s last_failure_related_entry_type:s
            last_failure_related_command_index:n last_failure_related_command_name:s
            last_failure_related_command_type:s last_awaiting_on_future_json:s status:s
            completion_result:s completion_failure:s
            """
        case .invocationState:
            """
            partition_key:n id:s in_flight:b retry_count:n last_start_at:t
            last_attempt_deployment_id:s last_attempt_server:s next_retry_at:t last_failure:s
            last_failure_error_code:s last_failure_related_command_index:n
            last_failure_related_command_name:s last_failure_related_command_type:s
            last_failure_related_entry_index:n last_failure_related_entry_name:s
            last_failure_related_entry_type:s last_awaiting_on_future_json:s
            """
        case .invocationStatus:
            """
            partition_key:n id:s vqueue_id:s status:s completion_result:s completion_failure:s
            target:s target_service_name:s target_service_key:s target_handler_name:s
            target_service_ty:s scope:s limit_key:s idempotency_key:s invoked_by:s
            invoked_by_id:s invoked_by_subscription_id:s invoked_by_service_name:s
            invoked_by_target:s restarted_from:s pinned_deployment_id:s
            pinned_service_protocol_version:i trace_id:s journal_size:i journal_commands_size:i
            created_at:t created_using_restate_version:s modified_at:t inboxed_at:t
            scheduled_at:t scheduled_start_at:t running_at:t completed_at:t
            completion_retention:d journal_retention:d suspended_waiting_for_completions:m
            suspended_waiting_for_signals:m suspended_waiting_future_json:s
            """
        case .journal:
            """
            partition_key:n id:s index:i entry_type:s name:s completed:b invoked_id:s
            invoked_target:s sleep_wakeup_at:t promise_name:s raw:x raw_length:n version:i
            entry_json:s entry_lite_json:s appended_at:t
            """
        case .journalEvents:
            """
            partition_key:n id:s after_journal_entry_index:i appended_at:t event_type:s
            event_json:s
            """
        case .keyedServiceStatus:
            """
            partition_key:n service_name:s service_key:s invocation_id:s
            """
        case .locks:
            """
            partition_key:n scope:s lock_name:s acquired_at:t acquired_by:s
            """
        case .promise:
            """
            partition_key:n scope:s service_name:s service_key:s key:s completed:b
            completion_success_value:x completion_success_value_utf8:s completion_failure:s
            """
        case .rules:
            """
            pattern:s concurrency:i description:s disabled:b version:i last_modified:t
            """
        case .scheduler:
            """
            partition_key:n id:s num_inbox:n status:s head_entry_id:s scheduled_at:t
            blocked_on:s blocked_on_json:s invoker_concurrency_block_duration:d
            throttling_rules_block_duration:d invoker_throttling_block_duration:d
            invoker_memory_block_duration:d concurrency_rules_block_duration:d
            lock_block_duration:d deployment_concurrency_block_duration:d
            """
        case .service:
            """
            name:s revision:n public:b ty:s deployment_id:s
            """
        case .userLimits:
            """
            partition_key:n scope:s l1:s l2:s level:s usage:i concurrency_limit:i rule_pattern:s
            available:i num_waiters:n
            """
        case .vqueueEntryStatus:
            """
            partition_key:n entry_id:s vqueue_id:s stage:s status:s has_lock:b next_at:t
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
            """
        case .vqueueMeta:
            """
            partition_key:n id:s is_active:b queue_is_paused:b service_name:s scope:s
            limit_key:s lock_name:s created_at:t last_enqueued_at:t last_start_at:t
            last_attempt_at:t last_finish_at:t avg_queue_duration:d avg_inbox_duration:d
            avg_run_duration:d avg_suspension_duration:d avg_end_to_end_duration:d
            avg_blocked_on_concurrency_rules:d avg_blocked_on_invoker_concurrency:d
            avg_blocked_on_invoker_throttling:d avg_blocked_on_lock:d num_inbox:n num_running:n
            num_suspended:n num_paused:n num_finished:n
            """
        case .vqueues:
            """
            partition_key:n id:s stage:s status:s has_lock:b run_at:t sequence_number:n
            entry_id:s entry_kind:s created_at:t transitioned_at:t num_attempts:i num_errors:i
            num_pauses:i num_suspensions:i num_yields:i first_attempt_at:t latest_attempt_at:t
            first_runnable_at:t deployment:s
            """
        }
    }
}
