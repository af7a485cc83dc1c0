internal import Commands
internal import RestateHTTP
internal import RestateJournals
internal import RestateLocal
internal import RestateRuntime

/// `restate-local replay`: recorded journals against a program of today.
enum ReplayCommand {
    static func run(_ words: some Sequence<String>) async throws {
        let options = try ReplayOptions(words)
        if options.wantsHelp { return Console.say(ReplayOptions.help) }
        let loop = EventLoop()
        loop.start()
        let outcome = Task(executorPreference: loop) { () throws -> ReplaySummary in
            try await replay(options, on: loop)
        }
        let summary = try await outcome.value
        await loop.stopped()
        guard summary.isGood else { throw JournalsDiffer(summary: summary) }
        if options.endpoint != nil { Console.say(summary.description) }
        if summary.hasNoMatch, let condition = options.condition {
            throw NothingMatches(condition: condition)
        }
    }

    private nonisolated(nonsending) static func replay(
        _ options: ReplayOptions, on loop: EventLoop
    ) async throws -> ReplaySummary {
        var collection = JournalCollection()
        var summary = ReplaySummary()
        for path in options.paths {
            var unreadable: [any Error] = []
            let hasJournals = try collection.add(at: path) { unreadable.append($0) }
            // Nothing to replay is a path that was mistyped, or a recording that was forgotten.
            guard hasJournals else {
                throw unreadable.first ?? ReplayFailure(description: "'\(path)' has no journals")
            }
            for error in unreadable { Console.say("\(error)") }
            summary.unreadable += unreadable.count
        }
        if let address = options.server {
            let server = ReplayServer(
                connection: try await HTTPConnection.open(to: address, on: loop),
                token: options.token)
            let (found, hasMore) = try await server.journals(
                where: options.condition, limit: options.limit)
            if hasMore {
                Console.say(
                    "\(address.uri) has more than these \(options.limit) journals, the newest ones; "
                        + "--limit sets how many are asked for")
            }
            if let folder = options.folder { try save(found, in: folder) }
            summary.hasNoMatch = found.isEmpty && options.condition != nil
            if found.isEmpty, options.condition == nil {
                Console.say("\(address.uri) has no invocation under way that has a journal")
            }
            found.forEach { collection.add($0) }
        }
        guard let address = options.endpoint else { return summary }
        let program = try await ReplayProgram.open(
            at: address, signer: try options.identityKeyFile.map(RequestSigner.init(pemFile:)),
            executesRuns: options.executesRuns, on: loop)
        for journal in collection.journals {
            summary.journals += 1
            if let difference = try await program.replay(journal) {
                summary.differences += 1
                Console.say("\(difference)")
            }
        }
        return summary
    }

    private static func save(_ journals: [RecordedJournal], in folder: String) throws {
        try JournalFolder.make(folder)
        for journal in journals {
            let name = "\(journal.service)-\(journal.handler)-\(journal.invocation)"
            try JournalFolder.write(
                Array(journal.file.text.utf8), to: "\(folder)/\(name)\(JournalFolder.ending)")
        }
        Console.say("\(ReplaySummary.text(journals.count, "is saved", "are saved")) in \(folder)")
    }
}

struct ReplaySummary: CustomStringConvertible, Sendable {
    var journals = 0
    var differences = 0
    /// The files that are no journals.
    var unreadable = 0
    /// Whether a condition was given and no invocation of the server meets it.
    var hasNoMatch = false

    var isGood: Bool { differences == 0 && unreadable == 0 }

    var description: String {
        if differences > 0 {
            return "\(differences) of \(Self.text(journals, "differs", "differ"))"
        }
        let replayed = Self.text(journals, "is replayed", "are replayed")
        return unreadable == 0 ? replayed : "\(replayed), and not the files that cannot be read"
    }

    static func text(_ count: Int, _ one: String, _ several: String) -> String {
        count == 1 ? "1 journal \(one)" : "\(count) journals \(several)"
    }
}

private struct JournalsDiffer: Error, CustomStringConvertible {
    let summary: ReplaySummary

    var description: String { summary.description }
}

/// A condition without a match is more likely a mistake in the condition than good news.
private struct NothingMatches: StatedExit, CustomStringConvertible {
    let condition: String
    let exitStatus: Int32 = 3

    var description: String {
        "no invocation that has a journal matches --where \"\(condition)\""
    }
}

struct ReplayFailure: Error, CustomStringConvertible {
    let description: String
}
