extension MessageType {
    /// The command of this code; nil for messages that are none.
    package var command: (any CommandMessage.Type)? {
        switch self {
        case .inputCommand: InputCommand.self
        case .outputCommand: OutputCommand.self
        case .getLazyStateCommand: GetLazyStateCommand.self
        case .setStateCommand: SetStateCommand.self
        case .clearStateCommand: ClearStateCommand.self
        case .clearAllStateCommand: ClearAllStateCommand.self
        case .getLazyStateKeysCommand: GetLazyStateKeysCommand.self
        case .getEagerStateCommand: GetEagerStateCommand.self
        case .getEagerStateKeysCommand: GetEagerStateKeysCommand.self
        case .getPromiseCommand: GetPromiseCommand.self
        case .peekPromiseCommand: PeekPromiseCommand.self
        case .completePromiseCommand: CompletePromiseCommand.self
        case .sleepCommand: SleepCommand.self
        case .callCommand: CallCommand.self
        case .oneWayCallCommand: OneWayCallCommand.self
        case .sendSignalCommand: SendSignalCommand.self
        case .runCommand: RunCommand.self
        case .attachInvocationCommand: AttachInvocationCommand.self
        case .getInvocationOutputCommand: GetInvocationOutputCommand.self
        case .completeAwakeableCommand: CompleteAwakeableCommand.self
        case .start, .suspension, .error, .end, .commandAck, .proposeRunCompletion, .awaitingOn,
            .proposeRunCompletionAck, .getLazyStateCompletion, .getLazyStateKeysCompletion,
            .getPromiseCompletion,
            .peekPromiseCompletion, .completePromiseCompletion, .sleepCompletion, .callCompletion,
            .callInvocationIDCompletion, .runCompletion, .attachInvocationCompletion,
            .getInvocationOutputCompletion, .signalNotification:
            nil
        }
    }

    /// What a program calls this command.
    package var word: String {
        command?.word ?? "message \(Self.hexCode(rawValue))"
    }
}
