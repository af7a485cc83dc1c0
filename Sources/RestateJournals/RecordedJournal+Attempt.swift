internal import RestateProtocol

extension RecordedJournal {
    /// Takes the journal as it is after the attempt: what the server had sent, and what was added.
    package init(_ file: JournalFile, source: String) throws {
        var start: StartMessage?
        var entries: [Entry] = []
        var proposed: [(id: UInt32, result: ValueOrFailure)] = []
        var hasFailed = false
        for case .frame(let recorded) in file.steps {
            let frame = recorded.frame
            switch frame.type {
            case .start: start = try StartMessage(decoding: frame.payload)
            case .error: hasFailed = true
            case .proposeRunCompletion:
                let message = try ProposeRunCompletionMessage(decoding: frame.payload)
                if let result = message.result { proposed.append((message.completionID, result)) }
            case .proposeRunCompletionAck:
                let id = try ProposeRunCompletionAckMessage(decoding: frame.payload).completionID
                if let index = proposed.firstIndex(where: { $0.id == id }) {
                    entries.append(Entry(result: proposed.remove(at: index)))
                }
            case .runCompletion:
                let message = try NotificationMessage(decoding: frame)
                proposed.removeAll { .completion($0.id) == message.id }
                entries.append(Entry(frame: frame, site: nil))
            default:
                // Control messages are no entries.
                guard frame.kind == .command || frame.kind == .notification else { continue }
                entries.append(Entry(frame: frame, site: recorded.site))
            }
        }
        // The server has stored them too, though the attempt did not hear of it.
        entries += proposed.map(Entry.init(result:))
        guard let start else { throw JournalUnreadable("it has no Start") }
        try self.init(
            source: source,
            invocation: file.invocation.isEmpty ? start.debugID : file.invocation,
            service: file.service, handler: file.handler, version: file.version, start: start,
            entries: entries, hasFailed: hasFailed)
    }
}

extension RecordedJournal.Entry {
    /// A run's result as the server stores it.
    fileprivate init(result: (id: UInt32, result: ValueOrFailure)) {
        frame = Frame(
            NotificationMessage(
                .runCompletion, .completion(result.id), NotificationResult(result.result)))
        site = nil
    }
}
