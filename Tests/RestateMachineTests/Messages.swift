import RestateMachine
import RestateProtocol

extension String {
    var bytes: Bytes { Array(utf8)[...] }
}

extension Bytes {
    var text: String { String(decoding: self, as: UTF8.self) }
}

func encoded(_ message: any Message, flags: UInt16 = 0) -> [UInt8] {
    var writer = FieldWriter()
    writer.frame(message, flags: flags)
    return writer.bytes
}

func input(_ body: String = "") -> InputCommand {
    var command = InputCommand()
    command.value = body.bytes
    return command
}

func output(_ body: String) -> OutputCommand {
    OutputCommand(result: .value(body.bytes))
}

func output(_ failure: Failure) -> OutputCommand {
    OutputCommand(result: .failure(failure))
}

func sleep(_ id: UInt32, until time: UInt64 = 1000, name: String = "") -> SleepCommand {
    var command = SleepCommand()
    command.completionID = id
    command.wakeUpTime = time
    command.name = name
    return command
}

func run(_ id: UInt32, _ name: String = "my-side-effect") -> RunCommand {
    RunCommand(completionID: id, name: name)
}

func proposal(_ id: UInt32, _ result: ValueOrFailure) -> ProposeRunCompletionMessage {
    var message = ProposeRunCompletionMessage()
    message.completionID = id
    message.result = result
    return message
}

func ack(_ id: UInt32) -> ProposeRunCompletionAckMessage {
    var message = ProposeRunCompletionAckMessage()
    message.completionID = id
    return message
}

func call(
    _ ids: (UInt32, UInt32), _ parameter: String = "Francesco", handler: String = "greeter"
) -> CallCommand {
    var command = CallCommand()
    command.request.service = "Greeter"
    command.request.handler = handler
    command.request.parameter = parameter.bytes
    (command.invocationIDCompletion, command.completionID) = ids
    return command
}

func send(_ id: UInt32, _ parameter: String = "Francesco") -> OneWayCallCommand {
    var command = OneWayCallCommand()
    command.request = request(parameter)
    command.invocationIDCompletion = id
    return command
}

func cancelSignal(to target: String) -> SendSignalCommand {
    var command = SendSignalCommand()
    command.target = target
    command.signal = .index(1)
    command.result = .void
    return command
}

func lazyGet(_ key: String, _ id: UInt32) -> GetLazyStateCommand {
    var command = GetLazyStateCommand()
    command.key = key.bytes
    command.completionID = id
    return command
}

func eagerGet(_ key: String, _ value: String?) -> GetEagerStateCommand {
    var command = GetEagerStateCommand()
    command.key = key.bytes
    command.result = value.map { .value($0.bytes) } ?? .void
    return command
}

func set(_ key: String, _ value: String) -> SetStateCommand {
    var command = SetStateCommand()
    command.key = key.bytes
    command.value = value.bytes
    return command
}

func clear(_ key: String) -> ClearStateCommand {
    var command = ClearStateCommand()
    command.key = key.bytes
    return command
}

func lazyKeys(_ id: UInt32) -> GetLazyStateKeysCommand {
    var command = GetLazyStateKeysCommand()
    command.completionID = id
    return command
}

func eagerKeys(_ keys: String...) -> GetEagerStateKeysCommand {
    var command = GetEagerStateKeysCommand()
    command.keys = StateKeys(keys.map(\.bytes))
    return command
}

// MARK: Notifications

func completed(
    _ type: MessageType, _ id: UInt32, _ result: NotificationResult = .void
) -> NotificationMessage {
    NotificationMessage(type, .completion(id), result)
}

func slept(_ id: UInt32) -> NotificationMessage { completed(.sleepCompletion, id) }

func ran(_ id: UInt32, _ value: String) -> NotificationMessage {
    completed(.runCompletion, id, .value(value.bytes))
}

func called(_ id: UInt32, _ value: String) -> NotificationMessage {
    completed(.callCompletion, id, .value(value.bytes))
}

func callee(_ id: UInt32, _ invocation: String) -> NotificationMessage {
    completed(.callInvocationIDCompletion, id, .invocationID(invocation))
}

func signalled(_ id: UInt32, _ result: NotificationResult) -> NotificationMessage {
    NotificationMessage(.signalNotification, .signal(id), result)
}

let cancelled = signalled(1, .void)

// MARK: Trees

func tree(
    _ combinator: Combinator = .firstCompleted, completions: [UInt32] = [],
    signals: [UInt32] = [], names: [String] = [], _ nested: FutureTree...
) -> FutureTree {
    var tree = FutureTree()
    tree.combinator = combinator
    tree.completions = completions
    tree.signals = signals
    tree.namedSignals = names
    tree.nested = nested
    return tree
}

func suspension(_ tree: FutureTree) -> SuspensionMessage {
    var message = SuspensionMessage()
    message.awaitingOn = tree
    return message
}

/// Suspended on one completion, or to be cancelled.
func suspension(on id: UInt32) -> SuspensionMessage {
    suspension(tree(completions: [id], signals: [1]))
}

func awaiting(_ tree: FutureTree) -> AwaitingOnMessage {
    var message = AwaitingOnMessage()
    message.awaitingOn = tree
    return message
}

func first(_ children: AwaitTree...) -> AwaitTree { .node(.firstCompleted, children) }
func all(_ children: AwaitTree...) -> AwaitTree { .node(.allCompleted, children) }
func anyOf(_ children: AwaitTree...) -> AwaitTree { .node(.firstSucceededOrAllFailed, children) }
func allOf(_ children: AwaitTree...) -> AwaitTree { .node(.allSucceededOrFirstFailed, children) }
func unknown(_ children: AwaitTree...) -> AwaitTree { .node(.unknown, children) }
func leaf(_ completion: UInt32) -> AwaitTree { .leaf(.completion(completion)) }
func signal(_ number: UInt32) -> AwaitTree { .leaf(.signal(number)) }
