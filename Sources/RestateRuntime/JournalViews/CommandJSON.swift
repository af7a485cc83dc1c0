internal import CanonicalJSON
internal import RestateProtocol

/// A command's name and fields as JSON, in full and in brief.
struct CommandJSON {
    private(set) var kind: String
    private(set) var name: String
    /// Written only when they are asked for: a value of ten megabytes is a text of forty.
    private let members: (inout JSONLine) -> Void
    private let briefMembers: ((inout JSONLine) -> Void)?

    init(
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
            self = Self.unknown
        }
    }

    private static func command(
        _ type: MessageType?, _ payload: Bytes, _ around: JournalJSON.Surroundings
    ) throws(WireError) -> CommandJSON {
        switch type {
        case .inputCommand: view(try InputCommand(decoding: payload))
        case .outputCommand: view(try OutputCommand(decoding: payload))
        case .getLazyStateCommand: view(try GetLazyStateCommand(decoding: payload))
        case .setStateCommand: view(try SetStateCommand(decoding: payload))
        case .clearStateCommand: view(try ClearStateCommand(decoding: payload))
        case .clearAllStateCommand: view(try ClearAllStateCommand(decoding: payload))
        case .getLazyStateKeysCommand: view(try GetLazyStateKeysCommand(decoding: payload))
        case .getEagerStateCommand: view(try GetEagerStateCommand(decoding: payload))
        case .getEagerStateKeysCommand: view(try GetEagerStateKeysCommand(decoding: payload))
        case .getPromiseCommand: view(try GetPromiseCommand(decoding: payload))
        case .peekPromiseCommand: view(try PeekPromiseCommand(decoding: payload))
        case .completePromiseCommand: view(try CompletePromiseCommand(decoding: payload))
        case .sleepCommand: view(try SleepCommand(decoding: payload))
        case .callCommand: view(try CallCommand(decoding: payload), around)
        case .oneWayCallCommand: view(try OneWayCallCommand(decoding: payload), around)
        case .sendSignalCommand: view(try SendSignalCommand(decoding: payload))
        case .runCommand: view(try RunCommand(decoding: payload))
        case .attachInvocationCommand: view(try AttachInvocationCommand(decoding: payload))
        case .getInvocationOutputCommand: view(try GetInvocationOutputCommand(decoding: payload))
        case .completeAwakeableCommand: view(try CompleteAwakeableCommand(decoding: payload))
        // Of a newer protocol, or no command at all.
        case nil, .start, .suspension, .error, .end, .commandAck, .proposeRunCompletion,
            .awaitingOn, .proposeRunCompletionAck, .getLazyStateCompletion,
            .getLazyStateKeysCompletion, .getPromiseCompletion, .peekPromiseCompletion,
            .completePromiseCompletion, .sleepCompletion, .callCompletion,
            .callInvocationIDCompletion, .runCompletion, .attachInvocationCompletion,
            .getInvocationOutputCompletion, .signalNotification:
            unknown
        }
    }

    private static var unknown: CommandJSON { CommandJSON("Unknown", "") { _ in } }
}
