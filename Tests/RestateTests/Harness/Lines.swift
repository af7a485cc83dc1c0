import RestateProtocol

/// Describes a frame in one line that tests compare: `Run 1 'a'`, `Suspension [1, cancel]`,
/// `Output 321`. Clock times are left out.
func line(_ frame: Frame) -> String {
    do {
        return try describe(frame)
    } catch {
        return "\(frame.type.map { "\($0)" } ?? "\(frame.code)") that cannot be read: \(error)"
    }
}

private func describe(_ frame: Frame) throws -> String {
    let payload = frame.payload
    switch frame.type {
    case .end: return "End"
    case .outputCommand:
        return "Output" + text(try OutputCommand(decoding: payload).result)
    case .error: return describe(try ErrorMessage(decoding: payload))
    case .suspension:
        let message = try SuspensionMessage(decoding: payload)
        var tree = message.awaitingOn ?? FutureTree()
        tree.completions += message.completions
        tree.signals += message.signals
        tree.namedSignals += message.namedSignals
        return "Suspension " + describe(tree)
    case .awaitingOn:
        let message = try AwaitingOnMessage(decoding: payload)
        return "AwaitingOn " + describe(message.awaitingOn ?? FutureTree())
    case .runCommand:
        let command = try RunCommand(decoding: payload)
        return "Run \(command.completionID) '\(command.name)'"
    case .proposeRunCompletion:
        let message = try ProposeRunCompletionMessage(decoding: payload)
        return "Propose \(message.completionID)" + text(message.result)
            + (frame.requestsAck ? " with ack" : "")
    case .sleepCommand:
        let command = try SleepCommand(decoding: payload)
        return "Sleep \(command.completionID)" + (command.name.isEmpty ? "" : " '\(command.name)'")
    case .callCommand:
        let command = try CallCommand(decoding: payload)
        return "Call \(command.completionID) \(command.subject) "
            + text(command.request.parameter)
    case .oneWayCallCommand:
        let command = try OneWayCallCommand(decoding: payload)
        return "Send \(command.invocationIDCompletion) \(command.subject) "
            + text(command.request.parameter) + (command.invokeTime > 0 ? " later" : "")
    case .sendSignalCommand: return describe(try SendSignalCommand(decoding: payload))
    case .completeAwakeableCommand:
        let command = try CompleteAwakeableCommand(decoding: payload)
        return "CompleteAwakeable \(command.awakeableID)" + text(command.result)
    case .setStateCommand:
        let command = try SetStateCommand(decoding: payload)
        return "Set \(text(command.key)) \(text(command.value ?? []))"
    case .clearStateCommand:
        return "Clear \(text(try ClearStateCommand(decoding: payload).key))"
    case .clearAllStateCommand: return "ClearAll"
    case .getEagerStateCommand: return describe(try GetEagerStateCommand(decoding: payload))
    case .getLazyStateCommand:
        let command = try GetLazyStateCommand(decoding: payload)
        return "Fetch \(command.completionID) \(text(command.key))"
    case .getPromiseCommand:
        let command = try GetPromiseCommand(decoding: payload)
        return "GetPromise \(command.completionID) \(command.key)"
    case .peekPromiseCommand:
        let command = try PeekPromiseCommand(decoding: payload)
        return "PeekPromise \(command.completionID) \(command.key)"
    case .completePromiseCommand:
        let command = try CompletePromiseCommand(decoding: payload)
        return "CompletePromise \(command.completionID) \(command.key)" + text(command.completion)
    case .attachInvocationCommand:
        let command = try AttachInvocationCommand(decoding: payload)
        return "Attach \(command.completionID)"
    case let type: return type.map { "\($0)" } ?? "message \(frame.code)"
    }
}

private func describe(_ error: ErrorMessage) -> String {
    var line = "Error \(error.failureCode) \(error.message)"
    if let delay = error.nextRetryDelay { line += " (again in \(delay) ms)" }
    if error.behavior != .retry { line += " (\(error.behavior))" }
    return line
}

private func describe(_ command: SendSignalCommand) -> String {
    let signal =
        switch command.signal {
        case .index(SendSignalCommand.cancel): "cancel"
        case .index(let index): "\(index)"
        case .name(let name): name
        case nil: "?"
        }
    let result =
        switch command.result {
        case .value(let value): " " + text(value)
        case .failure(let failure): text(.failure(failure))
        case .void, nil: ""
        }
    return "Signal \(command.target) \(signal)\(result)"
}

private func describe(_ command: GetEagerStateCommand) -> String {
    switch command.result {
    case .value(let value): "Get \(text(command.key)) \(text(value))"
    case .void: "Get \(text(command.key)) -"
    case nil: "Get \(text(command.key))"
    }
}

/// Lists the leaves only. The combinators are tested with the machine.
private func describe(_ tree: FutureTree) -> String {
    func leaves(_ tree: FutureTree) -> [(UInt32, String)] {
        tree.completions.map { ($0, "\($0)") }
            + tree.signals.map { (.max, $0 == SendSignalCommand.cancel ? "cancel" : "s\($0)") }
            + tree.namedSignals.map { (.max, $0) } + tree.nested.flatMap(leaves)
    }
    let sorted = leaves(tree).sorted { $0 < $1 }.map(\.1)
    return "[\(sorted.joined(separator: ", "))]"
}

private func text(_ result: ValueOrFailure?) -> String {
    switch result {
    case .value(let value):
        return value.isEmpty ? "" : " " + text(value)
    case .failure(let failure):
        let metadata = failure.metadata.map { " \($0.key)=\($0.value)" }.joined()
        return " failure \(failure.code) \(failure.message)\(metadata)"
    case nil: return " ?"
    }
}

func text(_ bytes: Bytes) -> String {
    String(decoding: bytes, as: UTF8.self)
}
