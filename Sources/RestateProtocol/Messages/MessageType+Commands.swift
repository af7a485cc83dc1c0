extension MessageType {
    /// The type that decodes this command; nil for messages that are not commands.
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

    /// The name of this command in messages to users, or the code of a message that is not a
    /// command.
    package var word: String {
        command?.word ?? "message \(Self.hexCode(rawValue))"
    }
}
