import RestateProtocol
import Times

/// What the commands of a journal still wait for.
extension OpenJournal {
    /// What a command in the journal waits for that has no answer yet.
    enum OpenWait {
        case sleep(UInt32, until: Timestamp)
        case result(UInt32, MessageType, of: String)
        case attached(UInt32, InvocationTarget)
        case promise(UInt32, String)
    }

    /// Commands that did not decode would not have been stored: there is nothing to tell of one.
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
        // Answered at once, or by themselves.
        case .inputCommand, .outputCommand, .runCommand, .oneWayCallCommand,
            .getLazyStateCommand, .getLazyStateKeysCommand, .getEagerStateCommand,
            .getEagerStateKeysCommand, .setStateCommand, .clearStateCommand,
            .clearAllStateCommand, .peekPromiseCommand, .completePromiseCommand,
            .sendSignalCommand, .completeAwakeableCommand, .getInvocationOutputCommand:
            return nil
        // Answers.
        case .getLazyStateCompletion, .getLazyStateKeysCompletion, .getPromiseCompletion,
            .peekPromiseCompletion, .completePromiseCompletion, .sleepCompletion, .callCompletion,
            .callInvocationIDCompletion, .runCompletion, .attachInvocationCompletion,
            .getInvocationOutputCompletion, .signalNotification:
            return nil
        // Never part of a journal.
        case .start, .suspension, .error, .end, .commandAck, .proposeRunCompletion, .awaitingOn,
            .proposeRunCompletionAck, nil:
            return nil
        }
    }
}
