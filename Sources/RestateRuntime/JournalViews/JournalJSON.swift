internal import CanonicalJSON
internal import Primitives
package import RestateProtocol

/// A journal entry as a server's tables show it: the name of its type, and its content as JSON in
/// the form that the CLI reads.
package struct JournalJSON {
    /// For example `Command: Call` or `Notification: Run`.
    package let entryType: String
    /// The name that the program gave a step; nil for notifications.
    package let name: String?
    private let write: (_ isBrief: Bool) -> String

    package var full: String { write(false) }
    package var brief: String { write(true) }

    /// What the JSON of a call shows in addition to its command: the id that the callee got, which
    /// is in a notification of the same journal, and the callee's kind and retention, which are in
    /// the registry.
    package struct Surroundings {
        var invocationIDs: [UInt32: String] = [:]
        var callees = Callees()

        package init(_ journal: [JournalEntry] = [], _ callees: Callees = Callees()) {
            self.callees = callees
            for entry in journal where entry.type == .callInvocationIDCompletion {
                if let message = try? NotificationMessage(decoding: entry.payload),
                    case .completion(let completion) = message.id,
                    case .invocationID(let id) = message.result
                {
                    invocationIDs[completion] = id
                }
            }
        }
    }

    /// The kinds and retentions of the registered handlers, copied so that journals can be shown on
    /// another thread.
    package struct Callees: Sendable {
        struct Retention: Sendable {
            var completion: UInt64
            var journal: UInt64
        }

        private(set) var kinds: [String: ServiceKind] = [:]
        private var retentions: [String: Retention] = [:]
        private var usual = Retention(completion: 0, journal: 0)

        package init() {}

        package init(_ runtime: LocalRuntime) {
            kinds = runtime.registry.services.mapValues(\.kind)
            usual = Retention(
                completion: runtime.settings.completionRetention,
                journal: runtime.settings.journalRetention)
            for service in runtime.registry.services.values {
                for handler in service.handlers {
                    let (completion, journal) = runtime.retentions(
                        HandlerRoute(handler, of: service))
                    retentions["\(service.name)/\(handler.name)"] = Retention(
                        completion: completion, journal: journal)
                }
            }
        }

        func retention(_ service: String, _ handler: String) -> Retention {
            retentions["\(service)/\(handler)"] ?? usual
        }
    }

    package init(code: UInt16, payload: Bytes, _ around: Surroundings = Surroundings()) {
        let type = MessageType(rawValue: code)
        switch MessageKind(code: code) {
        case .notification:
            let message = try? NotificationMessage(decoding: payload)
            let kind = type.map(Self.notificationName) ?? "Unknown"
            entryType = "Notification: \(kind)"
            name = nil
            write = { Self.notification(kind, message, isBrief: $0) }
        // A journal contains only commands and notifications, so the other kinds cannot occur.
        case .command, .control, .custom:
            let command = CommandJSON(type, payload, around)
            entryType = "Command: \(command.kind)"
            name = command.name
            write = {
                Self.wrapped("Command", command.kind, $0 ? command.brief : command.full)
            }
        }
    }

    private static func wrapped(_ outer: String, _ kind: String, _ json: String) -> String {
        "{\"\(outer)\":{\"\(kind)\":\(json)}}"
    }

    private static func notificationName(_ type: MessageType) -> String {
        switch type {
        case .getLazyStateCompletion: "GetLazyState"
        case .getLazyStateKeysCompletion: "GetLazyStateKeys"
        case .getPromiseCompletion: "GetPromise"
        case .peekPromiseCompletion: "PeekPromise"
        case .completePromiseCompletion: "CompletePromise"
        case .sleepCompletion: "Sleep"
        case .callCompletion: "Call"
        case .callInvocationIDCompletion: "CallInvocationId"
        case .runCompletion: "Run"
        case .attachInvocationCompletion: "AttachInvocation"
        case .getInvocationOutputCompletion: "GetInvocationOutput"
        case .signalNotification: "Signal"
        case .start, .suspension, .error, .end, .commandAck, .proposeRunCompletion, .awaitingOn,
            .proposeRunCompletionAck, .inputCommand, .outputCommand, .getLazyStateCommand,
            .setStateCommand, .clearStateCommand, .clearAllStateCommand, .getLazyStateKeysCommand,
            .getEagerStateCommand, .getEagerStateKeysCommand, .getPromiseCommand,
            .peekPromiseCommand, .completePromiseCommand, .sleepCommand, .callCommand,
            .oneWayCallCommand, .sendSignalCommand, .runCommand, .attachInvocationCommand,
            .getInvocationOutputCommand, .completeAwakeableCommand:
            "Unknown"
        }
    }

    private static func notification(
        _ kind: String, _ message: NotificationMessage?, isBrief: Bool
    ) -> String {
        var line = JSONLine()
        line.object { line in
            line.member("Notification") { line in
                line.object { line in
                    if isBrief {
                        line.brief(kind, message)
                    } else if kind == "Signal" {
                        line.member("Signal") { line in
                            line.object { line in
                                line.member("id") { $0.object { $0.signal(message?.id) } }
                                line.result(message?.result, ofInvocationID: false)
                            }
                        }
                    } else {
                        line.member("Completion") { line in
                            line.object { line in
                                line.member(kind) { $0.completion(message, kind) }
                            }
                        }
                    }
                }
            }
        }
        return line.text
    }
}

extension JSONLine {
    fileprivate mutating func brief(_ kind: String, _ message: NotificationMessage?) {
        member("ty") { line in
            if kind == "Signal" {
                line.value(kind)
            } else {
                line.object { $0.member("Completion", kind) }
            }
        }
        member("id") { line in
            line.object { line in
                switch message?.id {
                case .completion(let id): line.member("CompletionId", id)
                case .signal(let id): line.member("SignalIndex", id)
                case .namedSignal(let name): line.member("SignalName", name)
                case nil: break
                }
            }
        }
        member("result") { line in
            switch message?.result {
            case .void, nil: line.value("Void")
            case .value: line.value("Success")
            case .failure: line.value("Failure")
            case .invocationID: line.value("InvocationId")
            case .stateKeys: line.value("StateKeys")
            }
        }
    }

    fileprivate mutating func completion(_ message: NotificationMessage?, _ kind: String) {
        object { line in
            if case .completion(let id) = message?.id { line.member("completion_id", id) }
            // A sleep's completion has no result: it is only over.
            if kind == "Sleep" { return }
            line.result(message?.result, ofInvocationID: true)
        }
    }

    fileprivate mutating func signal(_ id: NotificationID?) {
        switch id {
        case .signal(let index): member("Index", index)
        case .namedSignal(let name): member("Name", name)
        case .completion, nil: break
        }
    }

    fileprivate mutating func result(_ result: NotificationResult?, ofInvocationID: Bool) {
        switch result {
        case .invocationID(let id): member("invocation_id", id)
        case .stateKeys(let keys):
            member("state_keys") { line in
                line.array(keys) { $0.value(String(decoding: $1, as: UTF8.self)) }
            }
        case .void, nil: member("result", "Void")
        case .value(let bytes): member("result") { $0.success(bytes) }
        case .failure(let failure): member("result") { $0.failure(failure) }
        }
    }

    mutating func success(_ bytes: Bytes) {
        object { $0.member("Success") { $0.numbers(bytes) } }
    }

    mutating func failure(_ failure: Failure) {
        object { line in
            line.member("Failure") { line in
                line.object { line in
                    line.member("code", failure.code)
                    line.member("message", failure.message)
                    if !failure.metadata.isEmpty {
                        line.member("metadata") { line in
                            line.array(failure.metadata) { line, entry in
                                line.object { line in
                                    line.member("key", entry.key)
                                    line.member("value", entry.value)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Writes bytes as a list of numbers, as a server's JSON has them.
    mutating func numbers(_ bytes: Bytes) {
        array(bytes) { $0.value($1) }
    }
}
