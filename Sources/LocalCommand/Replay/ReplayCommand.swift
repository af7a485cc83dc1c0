internal import Commands
internal import RestateHTTP
internal import RestateJournals
internal import RestateLocal

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
        guard summary.differences == 0 else { throw JournalsDiffer(summary: summary) }
        if options.endpoint != nil { Console.say(summary.description) }
    }

    private nonisolated(nonsending) static func replay(
        _ options: ReplayOptions, on loop: EventLoop
    ) async throws -> ReplaySummary {
        var journals: [RecordedJournal] = []
        for path in options.paths { journals += try RecordedJournal.all(at: path) }
        if let address = options.server {
            let server = ReplayServer(
                connection: try await HTTPConnection.open(to: address, on: loop),
                token: options.token)
            let found = try await server.journals(
                where: options.condition, limit: options.limit)
            if let folder = options.folder { try save(found, in: folder) }
            journals += found
        }
        guard let address = options.endpoint else { return ReplaySummary() }
        let program = ReplayProgram(
            connection: try await HTTPConnection.open(to: address, on: loop),
            signer: try options.identityKeyFile.map(RequestSigner.init(pemFile:)),
            executesRuns: options.executesRuns)
        var summary = ReplaySummary()
        for journal in journals {
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
        Console.say("\(journals.count) journals are saved in \(folder)")
    }
}

struct ReplaySummary: CustomStringConvertible, Sendable {
    var journals = 0
    var differences = 0

    var description: String {
        differences == 0
            ? "\(journals) journals are replayed" : "\(differences) of \(journals) journals differ"
    }
}

private struct JournalsDiffer: Error, CustomStringConvertible {
    let summary: ReplaySummary

    var description: String { summary.description }
}

struct ReplayFailure: Error, CustomStringConvertible {
    let description: String
}
