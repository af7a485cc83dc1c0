package import RestateProtocol

extension MessageType {
    /// Decodes a payload as this type's struct.
    package func decode(_ payload: Bytes) throws(WireError) -> any Message {
        switch self {
        case .start: try StartMessage(decoding: payload)
        case .suspension: try SuspensionMessage(decoding: payload)
        case .error: try ErrorMessage(decoding: payload)
        case .end: try EndMessage(decoding: payload)
        case .commandAck: try CommandAckMessage(decoding: payload)
        case .proposeRunCompletion: try ProposeRunCompletionMessage(decoding: payload)
        case .awaitingOn: try AwaitingOnMessage(decoding: payload)
        case .proposeRunCompletionAck: try ProposeRunCompletionAckMessage(decoding: payload)
        case .inputCommand: try InputCommand(decoding: payload)
        case .outputCommand: try OutputCommand(decoding: payload)
        case .getLazyStateCommand: try GetLazyStateCommand(decoding: payload)
        case .setStateCommand: try SetStateCommand(decoding: payload)
        case .clearStateCommand: try ClearStateCommand(decoding: payload)
        case .clearAllStateCommand: try ClearAllStateCommand(decoding: payload)
        case .getLazyStateKeysCommand: try GetLazyStateKeysCommand(decoding: payload)
        case .getEagerStateCommand: try GetEagerStateCommand(decoding: payload)
        case .getEagerStateKeysCommand: try GetEagerStateKeysCommand(decoding: payload)
        case .getPromiseCommand: try GetPromiseCommand(decoding: payload)
        case .peekPromiseCommand: try PeekPromiseCommand(decoding: payload)
        case .completePromiseCommand: try CompletePromiseCommand(decoding: payload)
        case .sleepCommand: try SleepCommand(decoding: payload)
        case .callCommand: try CallCommand(decoding: payload)
        case .oneWayCallCommand: try OneWayCallCommand(decoding: payload)
        case .sendSignalCommand: try SendSignalCommand(decoding: payload)
        case .runCommand: try RunCommand(decoding: payload)
        case .attachInvocationCommand: try AttachInvocationCommand(decoding: payload)
        case .getInvocationOutputCommand: try GetInvocationOutputCommand(decoding: payload)
        case .completeAwakeableCommand: try CompleteAwakeableCommand(decoding: payload)
        case .getLazyStateCompletion, .getLazyStateKeysCompletion, .getPromiseCompletion,
            .peekPromiseCompletion, .completePromiseCompletion, .sleepCompletion, .callCompletion,
            .callInvocationIDCompletion, .runCompletion, .attachInvocationCompletion,
            .getInvocationOutputCompletion, .signalNotification:
            try NotificationMessage(decoding: Frame(code: rawValue, payload: payload))
        }
    }
}

extension Frame {
    /// Decodes the message in this frame.
    package func message() throws(WireError) -> any Message {
        guard let type else { throw .unknownMessage(code: code) }
        return try type.decode(payload)
    }

    /// The bytes of the frame, including its header.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        withUnsafeBytes(of: code.bigEndian) { bytes += $0 }
        withUnsafeBytes(of: flags.bigEndian) { bytes += $0 }
        withUnsafeBytes(of: UInt32(payload.count).bigEndian) { bytes += $0 }
        return bytes + payload
    }
}

extension Message {
    package func frameBytes(flags: UInt16 = 0) -> [UInt8] {
        var writer = FieldWriter()
        writer.frame(self, flags: flags)
        return writer.bytes
    }

    /// The bytes of the message, without the frame's header.
    package var payload: Bytes { frameBytes()[FrameHeader.size...] }
}
