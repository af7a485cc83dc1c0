import RestateProtocol

/// A command that can be matched with the journal.
///
/// What `compare` does not mention may differ from attempt to attempt: the wake-up time of a
/// sleep and the start of a delayed call come from the clock.
protocol JournalCommand: CommandMessage {
    func compare(with recorded: Self, into comparison: inout Comparison)
    /// What it is about, for people.
    var subject: String { get }
}

extension JournalCommand {
    var subject: String { name }
}

extension InputCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {}
}

extension OutputCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.result("result", recorded.result, result)
        comparison.check("name", recorded.name, name)
    }
}

extension GetLazyStateCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension GetEagerStateCommand: JournalCommand {
    /// What was read then counts, whatever the state is now.
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("name", recorded.name, name)
    }
}

extension SetStateCommand: JournalCommand {
    var subject: String { String(decoding: key, as: UTF8.self) }

    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.payload("value", recorded.value, value)
        comparison.check("name", recorded.name, name)
    }
}

extension ClearStateCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("name", recorded.name, name)
    }
}

extension ClearAllStateCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("name", recorded.name, name)
    }
}

extension GetLazyStateKeysCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension GetEagerStateKeysCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("name", recorded.name, name)
    }
}

extension GetPromiseCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension PeekPromiseCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension CompletePromiseCommand: JournalCommand {
    var subject: String { key }

    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("key", recorded.key, key)
        comparison.result("completion", recorded.completion, completion)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension SleepCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("name", recorded.name, name)
    }
}

extension CallCommand: JournalCommand {
    var subject: String { "\(service)/\(handler)" }

    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("service_name", recorded.service, service)
        comparison.check("handler_name", recorded.handler, handler)
        comparison.check("key", recorded.key, key)
        comparison.payload("parameter", recorded.parameter, parameter)
        comparison.check("headers", recorded.headers, headers)
        comparison.check("idempotency_key", recorded.idempotencyKey, idempotencyKey)
        comparison.check("scope", recorded.scope, scope)
        comparison.check("limit_key", recorded.limitKey, limitKey)
        comparison.check(
            "invocation_id_notification_idx", recorded.invocationIDCompletion,
            invocationIDCompletion)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension OneWayCallCommand: JournalCommand {
    var subject: String { "\(service)/\(handler)" }

    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("service_name", recorded.service, service)
        comparison.check("handler_name", recorded.handler, handler)
        comparison.check("key", recorded.key, key)
        comparison.payload("parameter", recorded.parameter, parameter)
        comparison.check("headers", recorded.headers, headers)
        comparison.check("idempotency_key", recorded.idempotencyKey, idempotencyKey)
        comparison.check("scope", recorded.scope, scope)
        comparison.check("limit_key", recorded.limitKey, limitKey)
        comparison.check(
            "invocation_id_notification_idx", recorded.invocationIDCompletion,
            invocationIDCompletion)
        comparison.check("name", recorded.name, name)
    }
}

extension SendSignalCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("target_invocation_id", recorded.target, target)
        comparison.check("signal", recorded.signal?.text, signal?.text)
        comparison.checkExactly(
            "result", recorded.result.map(NotificationResult.init),
            result.map(NotificationResult.init))
        comparison.check("entry_name", recorded.name, name)
    }
}

extension SendSignalCommand.Selector {
    fileprivate var text: String {
        switch self {
        case .index(let index): "index \(index)"
        case .name(let name): "name \(name)"
        }
    }
}

extension RunCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension AttachInvocationCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("target", recorded.target, target)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension GetInvocationOutputCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("target", recorded.target, target)
        comparison.check("result_completion_id", recorded.completionID, completionID)
        comparison.check("name", recorded.name, name)
    }
}

extension CompleteAwakeableCommand: JournalCommand {
    func compare(with recorded: Self, into comparison: inout Comparison) {
        comparison.check("awakeable_id", recorded.awakeableID, awakeableID)
        comparison.result("result", recorded.result, result)
        comparison.check("name", recorded.name, name)
    }
}
