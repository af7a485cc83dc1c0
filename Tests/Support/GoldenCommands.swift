import RestateProtocol

extension GoldenMessages {
    static let commands: [String: @Sendable (inout GoldenFields) throws -> any Message] = [
        "Input": { fields in
            var command = InputCommand()
            command.headers = try fields.headers("headers")
            command.value = try fields.value("value")
            command.name = try fields.string("name") ?? ""
            return command
        },
        "Output": { fields in
            var command = OutputCommand()
            command.result = try fields.result()
            command.name = try fields.string("name") ?? ""
            return command
        },
        "GetLazyState": { fields in
            var command = GetLazyStateCommand()
            command.key = try fields.bytes("key") ?? []
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "SetState": { fields in
            var command = SetStateCommand()
            command.key = try fields.bytes("key") ?? []
            command.value = try fields.value("value")
            command.name = try fields.string("name") ?? ""
            return command
        },
        "ClearState": { fields in
            var command = ClearStateCommand()
            command.key = try fields.bytes("key") ?? []
            command.name = try fields.string("name") ?? ""
            return command
        },
        "ClearAllState": { fields in
            var command = ClearAllStateCommand()
            command.name = try fields.string("name") ?? ""
            return command
        },
        "GetLazyStateKeys": { fields in
            var command = GetLazyStateKeysCommand()
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "GetEagerState": { fields in
            var command = GetEagerStateCommand()
            command.key = try fields.bytes("key") ?? []
            command.result =
                try fields.object("void") { _ in GetEagerStateCommand.Result.void }
                ?? fields.value("value").map(GetEagerStateCommand.Result.value)
            command.name = try fields.string("name") ?? ""
            return command
        },
        "GetEagerStateKeys": { fields in
            var command = GetEagerStateKeysCommand()
            command.keys = try fields.object("value") { StateKeys(try $0.byteStrings("keys")) }
            command.name = try fields.string("name") ?? ""
            return command
        },
        "GetPromise": { fields in
            var command = GetPromiseCommand()
            command.key = try fields.string("key") ?? ""
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "PeekPromise": { fields in
            var command = PeekPromiseCommand()
            command.key = try fields.string("key") ?? ""
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "CompletePromise": { fields in
            var command = CompletePromiseCommand()
            command.key = try fields.string("key") ?? ""
            command.completion = try fields.result("completion_value", "completion_failure")
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "Sleep": { fields in
            var command = SleepCommand()
            command.wakeUpTime = try fields.number("wake_up_time") ?? 0
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "Call": { fields in
            var command = CallCommand()
            command.service = try fields.string("service_name") ?? ""
            command.handler = try fields.string("handler_name") ?? ""
            command.parameter = try fields.bytes("parameter") ?? []
            command.headers = try fields.headers("headers")
            command.key = try fields.string("key") ?? ""
            command.idempotencyKey = try fields.string("idempotency_key")
            command.scope = try fields.string("scope")
            command.limitKey = try fields.string("limit_key")
            command.invocationIDCompletion =
                try fields.number("invocation_id_notification_idx") ?? 0
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "OneWayCall": { fields in
            var command = OneWayCallCommand()
            command.service = try fields.string("service_name") ?? ""
            command.handler = try fields.string("handler_name") ?? ""
            command.parameter = try fields.bytes("parameter") ?? []
            command.invokeTime = try fields.number("invoke_time") ?? 0
            command.headers = try fields.headers("headers")
            command.key = try fields.string("key") ?? ""
            command.idempotencyKey = try fields.string("idempotency_key")
            command.scope = try fields.string("scope")
            command.limitKey = try fields.string("limit_key")
            command.invocationIDCompletion =
                try fields.number("invocation_id_notification_idx") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "SendSignal": { fields in
            var command = SendSignalCommand()
            command.target = try fields.string("target_invocation_id") ?? ""
            command.signal =
                try fields.number("idx").map(SendSignalCommand.Selector.index)
                ?? fields.string("name").map(SendSignalCommand.Selector.name)
            command.result =
                try fields.object("void") { _ in SendSignalCommand.Result.void }
                ?? fields.value("value").map(SendSignalCommand.Result.value)
                ?? fields.failure("failure").map(SendSignalCommand.Result.failure)
            command.name = try fields.string("entry_name") ?? ""
            return command
        },
        "Run": { fields in
            var command = RunCommand()
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "AttachInvocation": { fields in
            var command = AttachInvocationCommand()
            command.target = try fields.target()
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "GetInvocationOutput": { fields in
            var command = GetInvocationOutputCommand()
            command.target = try fields.target()
            command.completionID = try fields.number("result_completion_id") ?? 0
            command.name = try fields.string("name") ?? ""
            return command
        },
        "CompleteAwakeable": { fields in
            var command = CompleteAwakeableCommand()
            command.awakeableID = try fields.string("awakeable_id") ?? ""
            command.result = try fields.result()
            command.name = try fields.string("name") ?? ""
            return command
        },
    ]
}

extension GoldenFields {
    fileprivate mutating func target() throws -> InvocationTarget? {
        if let id = try string("invocation_id") { return .id(id) }
        if let target = try object("idempotent_request_target", Self.idempotent) {
            return .idempotent(target)
        }
        return try object("workflow_target", Self.workflow).map(InvocationTarget.workflow)
    }

    private static func idempotent(
        _ fields: inout GoldenFields
    ) throws -> IdempotentRequestTarget {
        var target = IdempotentRequestTarget()
        target.service = try fields.string("service_name") ?? ""
        target.key = try fields.string("service_key")
        target.handler = try fields.string("handler_name") ?? ""
        target.idempotencyKey = try fields.string("idempotency_key") ?? ""
        target.scope = try fields.string("scope")
        return target
    }

    private static func workflow(_ fields: inout GoldenFields) throws -> WorkflowTarget {
        var target = WorkflowTarget()
        target.workflow = try fields.string("workflow_name") ?? ""
        target.key = try fields.string("workflow_key") ?? ""
        target.scope = try fields.string("scope")
        return target
    }
}
