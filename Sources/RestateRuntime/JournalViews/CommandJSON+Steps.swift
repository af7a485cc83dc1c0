internal import CanonicalJSON
internal import RestateProtocol

/// Commands of the invocation itself, and on other invocations by their id, as JSON.
extension CommandJSON {
    static func view(_ command: InputCommand) -> CommandJSON {
        Self("Input", command.name, brief: { _ in }) { line in
            line.headers(command.headers)
            line.member("payload") { $0.numbers(command.value ?? []) }
        }
    }

    static func view(_ command: OutputCommand) -> CommandJSON {
        Self("Output", command.name, brief: { $0.outcome(command.result) }) { line in
            line.result(command.result)
        }
    }

    static func view(_ command: SleepCommand) -> CommandJSON {
        Self("Sleep", command.name) { line in
            line.member("wake_up_time", command.wakeUpTime)
            line.member("completion_id", command.completionID)
        }
    }

    static func view(_ command: SendSignalCommand) -> CommandJSON {
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
    }

    static func view(_ command: RunCommand) -> CommandJSON {
        Self("Run", command.name) { $0.member("completion_id", command.completionID) }
    }

    static func view(_ command: AttachInvocationCommand) -> CommandJSON {
        Self("AttachInvocation", command.name) { line in
            line.target(command.target)
            line.member("completion_id", command.completionID)
        }
    }

    static func view(_ command: GetInvocationOutputCommand) -> CommandJSON {
        Self("GetInvocationOutput", command.name) { line in
            line.target(command.target)
            line.member("completion_id", command.completionID)
        }
    }

    static func view(_ command: CompleteAwakeableCommand) -> CommandJSON {
        Self(
            "CompleteAwakeable", command.name,
            brief: { line in
                line.member("id", command.awakeableID)
                line.outcome(command.result)
            }
        ) { line in
            line.member("id", command.awakeableID)
            line.result(command.result)
        }
    }
}

extension JSONLine {
    mutating func headers(_ headers: [Header]) {
        member("headers") { line in
            line.array(headers) { line, header in
                line.object { line in
                    line.member("name", header.key)
                    line.member("value", header.value)
                }
            }
        }
    }

    mutating func outcome(_ result: ValueOrFailure?) {
        if case .failure = result {
            member("result", "Failure")
        } else {
            member("result", "Success")
        }
    }

    mutating func result(_ result: ValueOrFailure?) {
        member("result") { $0.valueOrFailure(result) }
    }

    mutating func valueOrFailure(_ result: ValueOrFailure?) {
        switch result {
        case .value(let bytes): success(bytes)
        case .failure(let failure): self.failure(failure)
        case nil: null()
        }
    }

    mutating func selector(_ signal: SendSignalCommand.Selector?) {
        switch signal {
        case .index(let index): member("Index", index)
        case .name(let name): member("Name", name)
        case nil: break
        }
    }

    mutating func target(_ target: InvocationTarget?) {
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
