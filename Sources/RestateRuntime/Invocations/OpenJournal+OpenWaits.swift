import RestateProtocol
import Times

/// Finds the commands of a journal that still wait for an answer, from which recovery derives
/// timers and listeners.
extension OpenJournal {
    /// A command without an answer, by its completion id, and what will answer it.
    enum OpenWait {
        case sleep(UInt32, until: Timestamp)
        case result(UInt32, MessageType, of: String)
        case attached(UInt32, InvocationTarget)
        case promise(UInt32, String)
    }

    /// The commands without an answer. Only commands that could be decoded were stored, so none is
    /// skipped for being unreadable.
    var openWaits: [OpenWait] {
        var callees: [UInt32: String] = [:]
        for entry in entries where entry.type == .callInvocationIDCompletion {
            guard let told = try? NotificationMessage(decoding: entry.payload),
                case .completion(let completion) = told.id,
                case .invocationID(let text) = told.result
            else { continue }
            callees[completion] = text
        }
        return entries.compactMap { entry in
            guard let (completion, wait) = openWait(entry, callees),
                results[.completion(completion)] == nil
            else { return nil }
            return wait
        }
    }

    private func openWait(
        _ entry: JournalEntry, _ callees: [UInt32: String]
    ) -> (completion: UInt32, wait: OpenWait)? {
        switch entry.type {
        case .sleepCommand:
            guard let sleep = try? SleepCommand(decoding: entry.payload) else { return nil }
            return (
                sleep.completionID,
                .sleep(sleep.completionID, until: min(sleep.wakeUpTime, Moment.latest))
            )
        case .callCommand:
            guard let call = try? CallCommand(decoding: entry.payload),
                let callee = callees[call.invocationIDCompletion]
            else { return nil }
            return (call.completionID, .result(call.completionID, .callCompletion, of: callee))
        case .attachInvocationCommand:
            guard let attach = try? AttachInvocationCommand(decoding: entry.payload),
                let target = attach.target
            else { return nil }
            return (attach.completionID, .attached(attach.completionID, target))
        case .getPromiseCommand:
            guard let get = try? GetPromiseCommand(decoding: entry.payload) else { return nil }
            return (get.completionID, .promise(get.completionID, get.key))
        // These are answered in the turn that stores them, by the endpoint itself, or not at all.
        case .inputCommand, .outputCommand, .runCommand, .oneWayCallCommand,
            .getLazyStateCommand, .getLazyStateKeysCommand, .getEagerStateCommand,
            .getEagerStateKeysCommand, .setStateCommand, .clearStateCommand,
            .clearAllStateCommand, .peekPromiseCommand, .completePromiseCommand,
            .sendSignalCommand, .completeAwakeableCommand, .getInvocationOutputCommand:
            return nil
        // Notifications are answers themselves.
        case .getLazyStateCompletion, .getLazyStateKeysCompletion, .getPromiseCompletion,
            .peekPromiseCompletion, .completePromiseCompletion, .sleepCompletion, .callCompletion,
            .callInvocationIDCompletion, .runCompletion, .attachInvocationCompletion,
            .getInvocationOutputCompletion, .signalNotification:
            return nil
        // These are never part of a journal.
        case .start, .suspension, .error, .end, .commandAck, .proposeRunCompletion, .awaitingOn,
            .proposeRunCompletionAck, nil:
            return nil
        }
    }
}
