import RestateProtocol

// Short initializers for the messages that a server sends.

func run(_ id: UInt32, _ name: String) -> any Message {
    RunCommand(completionID: id, name: name)
}

func ran(_ id: UInt32, _ json: String) -> any Message {
    completed(.runCompletion, id, json)
}

func runFailed(_ id: UInt32, _ code: UInt32, _ message: String) -> any Message {
    NotificationMessage(
        .runCompletion, .completion(id), .failure(Failure(code: code, message: message)))
}

func sleep(_ id: UInt32, _ name: String = "") -> any Message {
    var command = SleepCommand()
    command.completionID = id
    command.wakeUpTime = 1_800_000_000_000
    command.name = name
    return command
}

func slept(_ id: UInt32) -> any Message {
    NotificationMessage(.sleepCompletion, .completion(id), .void)
}

func completed(_ type: MessageType, _ id: UInt32, _ json: String) -> any Message {
    NotificationMessage(type, .completion(id), .value(Bytes(json.utf8)))
}

func failed(
    _ type: MessageType, _ id: UInt32, _ code: UInt32, _ message: String,
    metadata: [Header] = []
) -> any Message {
    NotificationMessage(
        type, .completion(id),
        .failure(Failure(code: code, message: message, metadata: metadata)))
}

func invocationID(_ id: UInt32, _ text: String) -> any Message {
    NotificationMessage(.callInvocationIDCompletion, .completion(id), .invocationID(text))
}

func signal(_ id: UInt32, _ json: String) -> any Message {
    NotificationMessage(.signalNotification, .signal(id), .value(Bytes(json.utf8)))
}

func signal(_ name: String, _ json: String) -> any Message {
    NotificationMessage(.signalNotification, .namedSignal(name), .value(Bytes(json.utf8)))
}

func cancel() -> any Message {
    NotificationMessage(.signalNotification, .cancel, .void)
}

func acknowledged(_ id: UInt32) -> any Message {
    var message = ProposeRunCompletionAckMessage()
    message.completionID = id
    return message
}

func setState(_ key: String, _ json: String) -> any Message {
    var command = SetStateCommand()
    command.key = Bytes(key.utf8)
    command.value = Bytes(json.utf8)
    return command
}
