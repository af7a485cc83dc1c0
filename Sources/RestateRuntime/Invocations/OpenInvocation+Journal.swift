import RestateProtocol
import Times

/// What follows from a journal that is there already.
extension OpenInvocation {
    /// The next entry of a journal that is there already, and all that follows from it.
    mutating func take(over entry: JournalEntry) throws(WireError) {
        let modifiedAt = max(modifiedAt, entry.appendedAt)
        append(entry)
        self.modifiedAt = modifiedAt
        switch entry.type {
        case .outputCommand: output = try OutputCommand(decoding: entry.payload).result?.known
        case nil: throw .unknownMessage(code: entry.code)
        default: break
        }
        if entry.isCommand {
            lastEntryAt = max(lastEntryAt, entry.appendedAt)
        } else {
            var notification = try NotificationMessage(decoding: entry.payload)
            notification.code = entry.code
            guard note(notification) else { return }
            if case .invocationID(let text) = notification.result,
                let child = InvocationIdentity(text)
            {
                children.append(child)
            }
        }
    }

    /// False if one of its name was there before: the first one counts.
    @discardableResult
    mutating func note(_ notification: NotificationMessage) -> Bool {
        guard let name = notification.id, results[name] == nil else { return false }
        results[name] = notification.result?.isFailure ?? false
        if notification.code == MessageType.runCompletion.rawValue { openRuns -= 1 }
        return true
    }

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
        for entry in journal where entry.type == .callInvocationIDCompletion {
            guard let told = try? NotificationMessage(decoding: entry.payload),
                case .completion(let completion) = told.id,
                case .invocationID(let text) = told.result
            else { continue }
            callees[completion] = text
        }
        return journal.compactMap { entry in
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
        default: return nil
        }
    }
}
