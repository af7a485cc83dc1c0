import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// A journal has a retention of its own: it goes then, and the result of its invocation stays.
@Suite struct JournalRetentionTests {
    /// Where finished invocations are.
    enum Place: CaseIterable { case memory, value, cache, disk }

    /// A service whose journals stay a second, and whose results stay five.
    private func script(_ place: Place) throws -> Script {
        let service = """
            {"name":"S","ty":"SERVICE","journalRetention":1000,"idempotencyRetention":5000,
             "handlers":[{"name":"h"}]},
            {"name":"None","ty":"SERVICE","journalRetention":0,"idempotencyRetention":5000,
             "handlers":[{"name":"h"}]}
            """
        return try Script(service, folder: place == .disk ? ScriptFolder() : nil) {
            $0.reportsChanges = place != .memory
            if place == .cache { $0.storedResultBytes = 1 << 20 }
        }
    }

    /// What the tables show of a journal: its entries and sizes, and the invocation's status.
    private func shown(_ id: InvocationIdentity, _ script: Script) -> [String] {
        let snapshot = script.runtime.snapshot(id)
        return [
            "\(script.runtime.journal(of: id)?.count ?? -1) entries",
            "size \(snapshot?.journalSize ?? -1)",
            "commands \(snapshot?.journalCommandsSize ?? -1)",
            "\(script.status(id) ?? "unknown")",
        ]
    }

    private let whole = ["2 entries", "size 2", "commands 2", "completed"]
    private let gone = ["0 entries", "size 0", "commands 0", "completed"]

    @Test(arguments: Place.allCases)
    func `a journal goes when its retention is over, and the result stays`(place: Place) throws {
        var script = try script(place)
        let call = try script.call("S/h") { $0.idempotencyKey = "k" }
        script.finish(0, "x")
        #expect(script.runtime.nextDeadline == script.now + 1000)
        script.pass(999)
        #expect(shown(call.id, script) == whole)
        script.pass(1)
        #expect(shown(call.id, script) == gone)
        #expect(script.perform { $0.restartAsNew(call.id, at: $1) } == .journalGone)
        let again = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(script.answer(again.waiter) == "x")
        #expect(script.runtime.nextDeadline == script.now + 4000)
        script.pass(3999)
        #expect(shown(call.id, script) == gone)
        script.pass(1)
        #expect(script.status(call.id) == nil)
        #expect(script.runtime.nextDeadline == nil)
    }

    @Test(arguments: [Place.value, .cache, .disk])
    func `journals go before a restart, while nothing runs and after it, each in its time`(
        place: Place
    ) throws {
        var script = try script(place)
        var ids: [InvocationIdentity] = []
        for index in 0..<3 {
            ids.append(try script.send("S/h") { $0.idempotencyKey = "\(index)" })
            script.finish(index)
            if index < 2 { script.pass(600) }
        }
        // The first one has gone already.
        #expect(ids.map { shown($0, script) } == [gone, whole, whole])
        try script.crash()
        #expect(ids.map { shown($0, script) } == [gone, whole, whole])
        #expect(script.runtime.nextDeadline == 1_000_000 + 600 + 1000)
        script.now += 400
        try script.crash()
        #expect(ids.map { shown($0, script) } == [gone, gone, whole])
        #expect(script.runtime.nextDeadline == 1_000_000 + 1200 + 1000)
        script.pass(600)
        #expect(ids.map { shown($0, script) } == [gone, gone, gone])
        try script.crash()
        #expect(script.runtime.nextDeadline == 1_000_000 + 5000)
        script.pass(10_000)
        #expect(script.runtime.finishedCount == 0)
        #expect(script.runtime.nextDeadline == nil)
    }

    @Test func `more journals than are handled at once go one after another`() throws {
        var script = try script(.value)
        script.checksEachTurn = false
        for index in 0..<1200 {
            _ = try script.send("S/h") { $0.idempotencyKey = "\(index)" }
            script.finish(index)
        }
        func journals() -> Int { script.runtime.results.idsWithJournal.count }
        script.pass(1000)
        #expect(journals() == 700)
        #expect(script.runtime.nextDeadline.map { $0 <= script.now } == true)
        script.pass(0)
        script.pass(0)
        #expect(journals() == 0)
        #expect(script.runtime.finishedCount == 1200)
        #expect(script.runtime.nextDeadline == script.now + 4000)
    }

    @Test(arguments: [Place.value, .disk])
    func `a journal that stays as long as its result has no end of its own`(place: Place) throws {
        var script = try script(place)
        // Without a key nobody can ask for the result, so it goes with the journal.
        let plain = try script.send("S/h")
        script.finish(0)
        let purged = try script.send("S/h") { $0.idempotencyKey = "purged" }
        script.finish(1)
        let none = try script.send("None/h") { $0.idempotencyKey = "none" }
        script.finish(2)
        #expect(shown(plain, script) == whole)
        #expect(shown(none, script) == gone)
        func ends() throws -> [InvocationIdentity] {
            let archive = try #require(script.runtime.archive)
            let start = ExpiryPlace(expires: 0, serial: 0)
            return try archive.expiring(.journals, after: start, until: .max, limit: 10)
                .map { $0.id }
        }
        var stored = try ends()
        #expect(stored == [purged])
        #expect(script.perform { $0.purgeJournal(purged, at: $1) } == .purged)
        stored = try ends()
        #expect(stored == [])
        try script.crash()
        #expect(script.runtime.nextDeadline == script.now + 1000)
        script.pass(1000)
        #expect(script.status(plain) == nil)
        #expect(shown(purged, script) == gone)
    }

    @Test(arguments: Place.allCases)
    func `the end of a purged journal is not that of the next call with the same key`(
        place: Place
    ) throws {
        var script = try script(place)
        let first = try script.call("S/h") { $0.idempotencyKey = "k" }
        script.finish(0)
        script.pass(500)
        #expect(script.perform { $0.purge(first.id, at: $1) } == .purged)
        let second = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(second.id == first.id)
        script.finish(1)
        script.pass(500)
        #expect(shown(second.id, script) == whole)
        script.pass(500)
        #expect(shown(second.id, script) == gone)
    }

    @Test(arguments: Place.allCases)
    func `a journal that was purged, or went for others, has no size`(place: Place) throws {
        var script = try script(place)
        let id = try script.send("S/h") { $0.idempotencyKey = "k" }
        script.finish(0)
        #expect(shown(id, script) == whole)
        #expect(script.perform { $0.purgeJournal(id, at: $1) } == .purged)
        #expect(shown(id, script) == gone)

        var crowded = try Script {
            $0.reportsChanges = place != .memory
            $0.archivedJournalBytes = 1
        }
        let dropped = try crowded.send("S/h")
        crowded.finish(0)
        #expect(shown(dropped, crowded) == gone)
    }

    @Test func `ends of journals that cannot be read are tried again`() throws {
        var script = try script(.value)
        script.checksEachTurn = false
        let id = try script.send("S/h") { $0.idempotencyKey = "k" }
        script.finish(0)
        script.archive.fail(ArchiveFailure("the disk is tired"))
        script.pass(1000)
        #expect(script.logs.last?.contains("the disk is tired") == true)
        #expect(script.runtime.nextDeadline == 1_000_000 + 5000)
        script.archive.fail(nil)
        #expect(script.runtime.journal(of: id)?.count == 2)
        script.now += 3000
        script.pass(0)
        #expect(script.runtime.journal(of: id)?.count == 2)
        try script.crash()
        #expect(shown(id, script) == gone)
    }
}
