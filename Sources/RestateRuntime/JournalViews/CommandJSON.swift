internal import CanonicalJSON
internal import RestateProtocol

/// A command as the JSON of a server's tables, in two forms: `entry_json` has everything,
/// `entry_lite_json` leaves payloads out.
struct CommandJSON {
    private(set) var kind: String
    private(set) var name: String
    /// The members are written only when a query asks for them. A value of ten megabytes becomes a
    /// text of forty, because bytes are listed as numbers.
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
            // A server's short form has the name of a step only if it has one.
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
            // A stored command was decoded before, so this one belongs to a newer protocol, and
            // only that it exists can be shown.
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
        // These are not commands, or not known to this build.
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
