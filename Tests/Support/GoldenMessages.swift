package import RestateProtocol

/// Builds messages from the fields column of recorded frames.
package enum GoldenMessages {
    /// The frame that our structs and our codec make of the recorded fields.
    package static func bytes(of frame: GoldenFrame) throws -> [UInt8] {
        var writer = FieldWriter()
        writer.frame(
            try message(named: frame.name, fields: frame.fields), flags: frame.flags)
        return writer.bytes
    }

    package static func message(named name: String, fields json: FixtureJSON) throws -> any Message
    {
        var fields = try GoldenFields(json, of: name)
        let message: any Message
        if let type = notifications[name] {
            message = try notification(type, &fields)
        } else if let build = builders[name] {
            message = try build(&fields)
        } else {
            throw FixtureError("There is no message named \(name)")
        }
        try fields.finish()
        return message
    }

    private typealias Builder = @Sendable (inout GoldenFields) throws -> any Message

    private static let builders: [String: Builder] = control.merging(commands) { first, _ in first }

    private static let control: [String: Builder] = [
        "Start": { fields in
            var message = StartMessage()
            message.id = try fields.bytes("id") ?? []
            message.debugID = try fields.string("debug_id") ?? ""
            message.knownEntries = try fields.number("known_entries") ?? 0
            message.stateMap = try fields.objects("state_map") {
                StateEntry(key: try $0.bytes("key") ?? [], value: try $0.bytes("value") ?? [])
            }
            message.partialState = try fields.bool("partial_state") ?? false
            message.key = try fields.string("key") ?? ""
            message.retryCount = try fields.number("retry_count_since_last_stored_entry") ?? 0
            message.durationSinceLastEntry =
                try fields.number("duration_since_last_stored_entry") ?? 0
            message.randomSeed = try fields.number("random_seed") ?? 0
            message.scope = try fields.string("scope")
            message.limitKey = try fields.string("limit_key")
            message.idempotencyKey = try fields.string("idempotency_key")
            return message
        },
        "Suspension": { fields in
            var message = SuspensionMessage()
            message.completions = try fields.numbers("waiting_completions")
            message.signals = try fields.numbers("waiting_signals")
            message.namedSignals = try fields.strings("waiting_named_signals")
            message.awaitingOn = try fields.future("awaiting_on")
            return message
        },
        "Error": { fields in
            var message = ErrorMessage()
            message.failureCode = try fields.number("code") ?? 0
            message.message = try fields.string("message") ?? ""
            message.stacktrace = try fields.string("stacktrace") ?? ""
            message.relatedCommandIndex = try fields.number("related_command_index")
            message.relatedCommandName = try fields.string("related_command_name")
            message.relatedCommandType = try fields.number("related_command_type")
            message.nextRetryDelay = try fields.number("next_retry_delay")
            message.behavior =
                try ErrorBehavior(rawValue: fields.number("behavior") ?? 0) ?? .retry
            return message
        },
        "End": { _ in EndMessage() },
        "CommandAck": { fields in
            var message = CommandAckMessage()
            message.commandIndex = try fields.number("command_index") ?? 0
            return message
        },
        "ProposeRunCompletion": { fields in
            var message = ProposeRunCompletionMessage()
            message.completionID = try fields.number("result_completion_id") ?? 0
            message.result =
                try fields.bytes("value").map(ValueOrFailure.value)
                ?? fields.failure("failure").map(ValueOrFailure.failure)
            return message
        },
        "AwaitingOn": { fields in
            var message = AwaitingOnMessage()
            message.awaitingOn = try fields.future("awaiting_on")
            message.executingSideEffects = try fields.bool("executing_side_effects") ?? false
            return message
        },
        "ProposeRunCompletionAck": { fields in
            var message = ProposeRunCompletionAckMessage()
            message.completionID = try fields.number("completion_id") ?? 0
            return message
        },
    ]

    private static let notifications: [String: MessageType] = [
        "GetLazyStateCompletion": .getLazyStateCompletion,
        "GetLazyStateKeysCompletion": .getLazyStateKeysCompletion,
        "GetPromiseCompletion": .getPromiseCompletion,
        "PeekPromiseCompletion": .peekPromiseCompletion,
        "CompletePromiseCompletion": .completePromiseCompletion,
        "SleepCompletion": .sleepCompletion,
        "CallCompletion": .callCompletion,
        "CallInvocationIdCompletion": .callInvocationIDCompletion,
        "RunCompletion": .runCompletion,
        "AttachInvocationCompletion": .attachInvocationCompletion,
        "GetInvocationOutputCompletion": .getInvocationOutputCompletion,
        "SignalNotification": .signalNotification,
    ]

    private static func notification(
        _ type: MessageType, _ fields: inout GoldenFields
    ) throws -> NotificationMessage {
        var message = NotificationMessage()
        message.code = type.rawValue
        message.id =
            try fields.number("completion_id").map(NotificationID.completion)
            ?? fields.number("signal_id").map(NotificationID.signal)
            ?? fields.string("signal_name").map(NotificationID.namedSignal)
        message.result =
            try fields.object("void") { _ in NotificationResult.void }
            ?? fields.value("value").map(NotificationResult.value)
            ?? fields.failure("failure").map(NotificationResult.failure)
            ?? fields.string("invocation_id").map(NotificationResult.invocationID)
            ?? fields.object("state_keys") { .stateKeys(try $0.byteStrings("keys")) }
        return message
    }
}
