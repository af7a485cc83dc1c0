internal import CanonicalJSON
internal import RestateProtocol

/// A command's name and fields as JSON, in full and in brief.
struct CommandJSON {
    private(set) var kind: String
    private(set) var name: String
    /// Written only when they are asked for: a value of ten megabytes is a text of forty.
    private let members: (inout JSONLine) -> Void
    private let briefMembers: ((inout JSONLine) -> Void)?

    private init(
        _ kind: String, _ name: String, brief: ((inout JSONLine) -> Void)? = nil,
        _ members: @escaping (inout JSONLine) -> Void
    ) {
        self.kind = kind
        self.name = name
        self.members = members
        briefMembers = brief
    }

    var full: String {
        Self.text { line in
            members(&line)
            line.member("name", name)
        }
    }

    var brief: String {
        Self.text { line in
            if let briefMembers { return briefMembers(&line) }
            members(&line)
            // Those of the server have the names of runs and sleeps, and no empty ones.
            if !name.isEmpty { line.member("name", name) }
        }
    }

    private static func text(_ members: (inout JSONLine) -> Void) -> String {
        String(decoding: JSONLine.object(members), as: UTF8.self)
    }

    init(_ type: MessageType?, _ payload: Bytes, _ around: JournalJSON.Surroundings) {
        do throws(WireError) {
            self = try Self.command(type, payload, around)
        } catch {
            // What is stored was read before; a newer protocol's command has only its name.
            self.init("Unknown", "") { _ in }
        }
    }

    private static func command(
        _ type: MessageType?, _ payload: Bytes, _ around: JournalJSON.Surroundings
    ) throws(WireError) -> CommandJSON {
        switch type {
        case .inputCommand:
            let command = try InputCommand(decoding: payload)
            return Self("Input", command.name, brief: { _ in }) { line in
                line.headers(command.headers)
                line.member("payload") { $0.numbers(command.value ?? []) }
            }
        case .outputCommand:
            let command = try OutputCommand(decoding: payload)
            return Self("Output", command.name, brief: { $0.outcome(command.result) }) { line in
                line.result(command.result)
            }
        case .runCommand:
            let command = try RunCommand(decoding: payload)
            return Self("Run", command.name) { $0.member("completion_id", command.completionID) }
        case .sleepCommand:
            let command = try SleepCommand(decoding: payload)
            return Self("Sleep", command.name) { line in
                line.member("wake_up_time", command.wakeUpTime)
                line.member("completion_id", command.completionID)
            }
        case .callCommand:
            return call(try CallCommand(decoding: payload), around)
        case .oneWayCallCommand:
            return send(try OneWayCallCommand(decoding: payload), around)
        default:
            return try other(type, payload)
        }
    }

    private static func other(
        _ type: MessageType?, _ payload: Bytes
    ) throws(WireError) -> CommandJSON {
        func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }
        switch type {
        case .getLazyStateCommand:
            let command = try GetLazyStateCommand(decoding: payload)
            return Self("GetLazyState", command.name) { line in
                line.member("key", text(command.key))
                line.member("completion_id", command.completionID)
            }
        case .getLazyStateKeysCommand:
            let command = try GetLazyStateKeysCommand(decoding: payload)
            return Self("GetLazyStateKeys", command.name) {
                $0.member("completion_id", command.completionID)
            }
        case .getEagerStateCommand:
            let command = try GetEagerStateCommand(decoding: payload)
            let isThere = if case .value = command.result { true } else { false }
            return Self(
                "GetEagerState", command.name,
                brief: { line in
                    line.member("key", text(command.key))
                    line.member("result", isThere ? "Success" : "Void")
                }
            ) { line in
                line.member("key", text(command.key))
                line.member("result") { line in
                    if case .value(let value) = command.result {
                        line.success(value)
                    } else {
                        line.value("Void")
                    }
                }
            }
        case .getEagerStateKeysCommand:
            let command = try GetEagerStateKeysCommand(decoding: payload)
            return Self("GetEagerStateKeys", command.name, brief: { _ in }) { line in
                line.member("state_keys") { line in
                    line.array(command.keys?.keys ?? []) { $0.value(text($1)) }
                }
            }
        case .setStateCommand:
            let command = try SetStateCommand(decoding: payload)
            return Self(
                "SetState", command.name, brief: { $0.member("key", text(command.key)) }
            ) { line in
                line.member("key", text(command.key))
                line.member("value") { $0.numbers(command.value ?? []) }
            }
        case .clearStateCommand:
            let command = try ClearStateCommand(decoding: payload)
            return Self("ClearState", command.name) { $0.member("key", text(command.key)) }
        case .clearAllStateCommand:
            return Self("ClearAllState", try ClearAllStateCommand(decoding: payload).name) { _ in }
        case .getPromiseCommand:
            let command = try GetPromiseCommand(decoding: payload)
            return Self("GetPromise", command.name) { line in
                line.member("key", command.key)
                line.member("completion_id", command.completionID)
            }
        case .peekPromiseCommand:
            let command = try PeekPromiseCommand(decoding: payload)
            return Self("PeekPromise", command.name) { line in
                line.member("key", command.key)
                line.member("completion_id", command.completionID)
            }
        case .completePromiseCommand:
            let command = try CompletePromiseCommand(decoding: payload)
            return Self(
                "CompletePromise", command.name,
                brief: { line in
                    line.member("key", command.key)
                    line.member("completion_id", command.completionID)
                }
            ) { line in
                line.member("key", command.key)
                line.member("value") { $0.valueOrFailure(command.completion) }
                line.member("completion_id", command.completionID)
            }
        case .sendSignalCommand:
            let command = try SendSignalCommand(decoding: payload)
            let target: (inout JSONLine) -> Void = { line in
                line.member("target_invocation_id", command.target)
                line.member("signal_id") { $0.object { $0.selector(command.signal) } }
            }
            return Self(
                "SendSignal", command.name,
                brief: { line in
                    target(&line)
                    switch command.result {
                    case .void, nil: line.member("result", "Void")
                    case .value: line.member("result", "Success")
                    case .failure: line.member("result", "Failure")
                    }
                }
            ) { line in
                target(&line)
                line.member("result") { line in
                    switch command.result {
                    case .void, nil: line.value("Void")
                    case .value(let value): line.success(value)
                    case .failure(let failure): line.failure(failure)
                    }
                }
            }
        case .completeAwakeableCommand:
            let command = try CompleteAwakeableCommand(decoding: payload)
            return Self(
                "CompleteAwakeable", command.name,
                brief: { line in
                    line.member("id", command.awakeableID)
                    line.outcome(command.result)
                }
            ) { line in
                line.member("id", command.awakeableID)
                line.result(command.result)
            }
        case .attachInvocationCommand:
            let command = try AttachInvocationCommand(decoding: payload)
            return Self("AttachInvocation", command.name) { line in
                line.target(command.target)
                line.member("completion_id", command.completionID)
            }
        case .getInvocationOutputCommand:
            let command = try GetInvocationOutputCommand(decoding: payload)
            return Self("GetInvocationOutput", command.name) { line in
                line.target(command.target)
                line.member("completion_id", command.completionID)
            }
        default:
            return Self("Unknown", "") { _ in }
        }
    }

    // MARK: Calls

    private static func call(
        _ command: CallCommand, _ around: JournalJSON.Surroundings
    ) -> CommandJSON {
        let request = CallRequest(
            service: command.service, key: command.key, handler: command.handler,
            parameter: command.parameter, headers: command.headers,
            idempotencyKey: command.idempotencyKey,
            id: around.invocationIDs[command.invocationIDCompletion], around: around)
        let ids: (inout JSONLine) -> Void = { line in
            line.member("invocation_id_completion_id", command.invocationIDCompletion)
            line.member("result_completion_id", command.completionID)
        }
        return Self(
            "Call", command.name,
            brief: { line in
                request.target(&line)
                ids(&line)
            }
        ) { line in
            line.member("request") { request.write(&$0) }
            ids(&line)
        }
    }

    private static func send(
        _ command: OneWayCallCommand, _ around: JournalJSON.Surroundings
    ) -> CommandJSON {
        let request = CallRequest(
            service: command.service, key: command.key, handler: command.handler,
            parameter: command.parameter, headers: command.headers,
            idempotencyKey: command.idempotencyKey,
            id: around.invocationIDs[command.invocationIDCompletion], around: around)
        let rest: (inout JSONLine) -> Void = { line in
            line.member("invoke_time", command.invokeTime)
            line.member("invocation_id_completion_id", command.invocationIDCompletion)
        }
        return Self(
            "OneWayCall", command.name,
            brief: { line in
                request.target(&line)
                rest(&line)
            }
        ) { line in
            line.member("request") { request.write(&$0) }
            rest(&line)
        }
    }
}

/// The request of a call, with what the server knows of the callee.
private struct CallRequest {
    var service: String
    var key: String
    var handler: String
    var parameter: Bytes
    var headers: [Header]
    var idempotencyKey: String?
    var id: String?
    var around: JournalJSON.Surroundings

    func write(_ line: inout JSONLine) {
        line.object { line in
            target(&line)
            line.member("span_context") { line in
                line.raw(Self.noSpan.utf8)
            }
            line.member("parameter") { $0.numbers(parameter) }
            line.headers(headers)
            line.member("idempotency_key") { line in
                if let idempotencyKey { line.value(idempotencyKey) } else { line.null() }
            }
            let retention = around.callees.retention(service, handler)
            Self.retention("completion", retention.completion, &line)
            Self.retention("journal", retention.journal, &line)
        }
    }

    func target(_ line: inout JSONLine) {
        line.member("invocation_id", id ?? "")
        line.member("invocation_target") { line in
            line.object { line in
                let kind =
                    around.callees.kinds[service] ?? (key.isEmpty ? .service : .virtualObject)
                line.member(kind.adminName) { line in
                    line.object { line in
                        line.member("name", service)
                        if kind.isKeyed { line.member("key", key) }
                        line.member("handler", handler)
                        if kind.isKeyed {
                            line.member(
                                "handler_ty", kind == .workflow ? "Workflow" : "Exclusive")
                        }
                        line.member("scope") { $0.null() }
                    }
                }
            }
        }
    }

    private static func retention(
        _ name: String, _ milliseconds: UInt64, _ line: inout JSONLine
    ) {
        line.member("\(name)_retention_duration") { line in
            line.object { line in
                line.member("secs", milliseconds / 1000)
                line.member("nanos", milliseconds % 1000 * 1_000_000)
            }
        }
    }

    /// There is no tracing here.
    private static let noSpan = """
        {"span_context":{"trace_id":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],\
        "span_id":[0,0,0,0,0,0,0,0],"trace_flags":0,"is_remote":false,"trace_state":""},\
        "cause":null}
        """
}

extension JSONLine {
    fileprivate mutating func headers(_ headers: [Header]) {
        member("headers") { line in
            line.array(headers) { line, header in
                line.object { line in
                    line.member("name", header.key)
                    line.member("value", header.value)
                }
            }
        }
    }

    fileprivate mutating func outcome(_ result: ValueOrFailure?) {
        if case .failure = result {
            member("result", "Failure")
        } else {
            member("result", "Success")
        }
    }

    fileprivate mutating func result(_ result: ValueOrFailure?) {
        member("result") { $0.valueOrFailure(result) }
    }

    fileprivate mutating func valueOrFailure(_ result: ValueOrFailure?) {
        switch result {
        case .value(let bytes): success(bytes)
        case .failure(let failure): self.failure(failure)
        case nil: null()
        }
    }

    fileprivate mutating func selector(_ signal: SendSignalCommand.Selector?) {
        switch signal {
        case .index(let index): member("Index", index)
        case .name(let name): member("Name", name)
        case nil: break
        }
    }

    fileprivate mutating func target(_ target: InvocationTarget?) {
        member("target") { line in
            line.object { line in
                switch target {
                case .id(let id): line.member("InvocationId", id)
                case .idempotent(let target):
                    line.member("IdempotentRequest") { line in
                        line.object { line in
                            line.member("service", target.service)
                            line.member(ifAny: "key", target.key)
                            line.member("handler", target.handler)
                            line.member("idempotency_key", target.idempotencyKey)
                        }
                    }
                case .workflow(let target):
                    line.member("Workflow") { line in
                        line.object { line in
                            line.member("workflow", target.workflow)
                            line.member("key", target.key)
                        }
                    }
                case nil: break
                }
            }
        }
    }
}
