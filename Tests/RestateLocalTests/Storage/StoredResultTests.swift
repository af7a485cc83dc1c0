import Primitives
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime
@testable import SQLEngine

/// Finished invocations that are stored and not in memory: every answer about them is read, from a
/// value or from the disk.
@Suite struct StoredResultTests {
    private let failure = ArchiveFailure("the disk is tired")

    private func attach(to id: InvocationIdentity) -> AttachInvocationCommand {
        var attach = AttachInvocationCommand()
        attach.target = .id(id.text)
        attach.completionID = 1
        return attach
    }

    @Test func `a finished invocation leaves the memory when its batch is stored, and not before`()
        throws
    {
        var script = try Script()
        let id = try script.send("S/h")
        script.finish(0, "x")
        #expect(script.runtime.results.kept.isEmpty)
        #expect(script.runtime.finishedCount == 1)
        #expect(script.status(id) == "completed")

        let archive = KeptArchive()
        var settings = LocalSettings()
        settings.reportsChanges = true
        settings.storedResultBytes = 0
        var table = ResultTable(byteLimit: 1000, isStored: true, archive: archive)
        let finished = try #require(try script.runtime.results.find(id))
        table.insert(id, finished, nil)
        #expect(try table.find(id) === finished)
        _ = table.takeChanges()
        #expect(try table.find(id) === finished)
        table.changesAreStored()
        #expect(table.kept.isEmpty)
        #expect(table.contains(id))
        // This archive has nothing.
        #expect(throws: ArchiveFailure.self) { try table.find(id) }
    }

    @Test func `the last results stay in memory, up to a size`() throws {
        var script = try Script { $0.storedResultBytes = 5000 }
        var ids: [InvocationIdentity] = []
        for index in 0..<10 {
            ids.append(try script.send("S/h"))
            script.finish(index, "x")
        }
        let kept = Set(script.runtime.results.kept.map(\.0))
        #expect((3...4).contains(kept.count))
        #expect(kept == Set(ids.suffix(kept.count)))
        script.checksEachTurn = false
        let reads = script.archive.reads
        #expect(script.runtime.snapshot(ids[9])?.result == .value([UInt8(ascii: "x")]))
        #expect(script.archive.reads == reads)
        #expect(script.runtime.snapshot(ids[0])?.result == .value([UInt8(ascii: "x")]))
        #expect(script.archive.reads == reads + 1)
    }

    @Test(arguments: [false, true])
    func `callers outside get a stored result by key, id and workflow`(onDisk: Bool) throws {
        var script = try Script(folder: onDisk ? ScriptFolder() : nil)
        let first = try script.call("S/h") { $0.idempotencyKey = "k" }
        script.finish(0, "x")
        let again = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(again.id == first.id)
        #expect(script.answer(again.waiter) == "x")
        #expect(script.answers[again.waiter]?.expires == script.now + 86_400_000)
        guard case .completed(let outcome) = script.runtime.lookup(first.id) else {
            Issue.record("it is not found")
            return
        }
        #expect(outcome.text == "x")
        let run = try script.call("W/k/run")
        script.finish(1, "y")
        let second = try script.call("W/k/run")
        #expect(script.answers[second.waiter]?.result == .failure(.alreadyInvoked))
        #expect(script.perform { $0.attach(run.id, waiter: WaiterID(99), at: $1) })
        #expect(script.answer(99) == "y")
    }

    @Test(arguments: [false, true])
    func `handlers get a stored result by attach, output and a call with the same key`(onDisk: Bool)
        throws
    {
        var script = try Script(folder: onDisk ? ScriptFolder() : nil)
        let first = try script.send("S/child") { $0.idempotencyKey = "k" }
        script.finish(0, "x")
        _ = try script.send("S/h")
        var output = GetInvocationOutputCommand()
        output.target = .id(first.text)
        output.completionID = 2
        script.say(
            1, attach(to: first), output, invoke("S/child", (3, 4), idempotencyKey: "k"))
        let told = script.attempts[1].frames.compactMap { frame in
            MessageKind(code: frame.code) == .notification
                ? try? NotificationMessage(decoding: frame) : nil
        }
        let values = told.filter { $0.result == .value([UInt8(ascii: "x")]) }
        #expect(values.map(\.id) == [.completion(1), .completion(2), .completion(4)])
    }

    @Test(arguments: [false, true])
    func `a stored invocation is shown by the tables, with its journal and events`(onDisk: Bool)
        throws
    {
        var script = try Script(folder: onDisk ? ScriptFolder() : nil)
        let id = try script.send("S/h")
        script.say(0, trouble())
        script.pass(5000)
        script.finish(1, "x")
        let open = try script.send("S/h")
        #expect(
            try rows("select id, status from sys_invocation order by status", script).count == 2)
        #expect(try rows("select id from sys_invocation where id = '\(id)'", script).count == 1)
        #expect(try rows("select id from sys_journal", script).count == 3)
        #expect(try rows("select id from sys_journal where id = '\(id)'", script).count == 2)
        #expect(try rows("select id from sys_journal_events", script).count == 1)
        #expect(
            try rows("select id from sys_journal_events where id = '\(id)'", script).count == 1)
        #expect(script.perform { $0.purgeJournal(id, at: $1) } == .purged)
        #expect(try rows("select id from sys_journal", script).count == 1)
        #expect(try rows("select id from sys_journal_events", script).count == 0)
        for question in ["where id = '\(id)'", "where status = 'completed'"] {
            #expect(
                try rows(
                    "select journal_size, journal_commands_size from sys_invocation \(question)",
                    script) == [#"{"journal_size":0,"journal_commands_size":0}"#])
        }
        #expect(script.perform { $0.purge(id, at: $1) } == .purged)
        #expect(
            try rows("select id from sys_invocation", script)
                == [#"{"id":"\#(open)"}"#])
    }

    @Test func `a query for one id reads one invocation, and a scan reads pages`() throws {
        var script = try Script()
        script.checksEachTurn = false
        var ids: [InvocationIdentity] = []
        for index in 0..<250 {
            ids.append(try script.send("S/h"))
            script.finish(index)
        }
        var reads = script.archive.reads
        _ = try rows("select id from sys_invocation where id = '\(ids[9])'", script)
        #expect(script.archive.reads == reads + 1)
        reads = script.archive.reads
        #expect(try rows("select id from sys_invocation", script).count == 250)
        #expect(script.archive.reads == reads + 4)
        #expect(try rows("select id from sys_invocation limit 3", script).count == 3)
    }

    @Test(arguments: [false, true])
    func `a restart as new continues a stored journal`(onDisk: Bool) throws {
        var script = try Script(folder: onDisk ? ScriptFolder() : nil)
        let id = try script.send("S/h") { $0.body = [7] }
        script.finish(0)
        guard case .started(let new) = script.perform({ $0.restartAsNew(id, at: $1) }) else {
            Issue.record("it did not start")
            return
        }
        #expect(script.attempts[1].request.invocation == new)
        #expect(script.attempts[1].types == [.inputCommand])
    }

    @Test(arguments: [false, true])
    func `retentions that end at different times end in their order, also after a crash`(
        onDisk: Bool
    )
        throws
    {
        var script = try Script(folder: onDisk ? ScriptFolder() : nil)
        let late = try script.send("S/h")
        script.finish(0)
        script.now += 1000
        let later = try script.send("S/h")
        script.finish(1)
        #expect(script.runtime.nextDeadline == 1_000_000 + 86_400_000)
        script.pass(86_399_000)
        #expect(script.status(late) == nil)
        #expect(script.status(later) == "completed")
        #expect(script.runtime.nextDeadline == 1_001_000 + 86_400_000)
        try script.crash()
        #expect(script.status(late) == nil)
        #expect(script.runtime.nextDeadline == 1_001_000 + 86_400_000)
        script.pass(1000)
        #expect(script.runtime.finishedCount == 0)
        #expect(script.runtime.nextDeadline == nil)
    }

    @Test func `more retentions than are handled at once end one after another`() throws {
        var script = try Script()
        script.checksEachTurn = false
        for index in 0..<1200 {
            _ = try script.send("S/h")
            script.finish(index)
        }
        script.pass(86_400_000)
        #expect(script.runtime.finishedCount == 700)
        #expect(script.runtime.nextDeadline.map { $0 <= script.now } == true)
        script.pass(0)
        script.pass(0)
        #expect(script.runtime.finishedCount == 0)
        #expect(script.runtime.nextDeadline == nil)
    }

    @Test(arguments: [false, true])
    func `a workflow's state goes with its stored run`(onDisk: Bool) throws {
        var script = try Script(folder: onDisk ? ScriptFolder() : nil)
        _ = try script.send("W/k/run")
        script.say(0, set("a", "1"))
        script.finish(0)
        #expect(script.runtime.stateRows().count == 1)
        script.pass(86_400_000)
        #expect(script.runtime.stateRows().isEmpty)
    }

    @Test(arguments: [false, true])
    func `a name that was forgotten and is called anew has the new result`(onDisk: Bool) throws {
        var script = try Script(folder: onDisk ? ScriptFolder() : nil)
        for text in ["x", "y", "z"] {
            let call = try script.call("S/h") { $0.idempotencyKey = "k" }
            script.finish(script.last, text)
            #expect(script.answer(call.waiter) == text)
            let again = try script.call("S/h") { $0.idempotencyKey = "k" }
            #expect(script.answer(again.waiter) == text)
            #expect(script.perform { $0.purge(call.id, at: $1) } == .purged)
            #expect(script.status(call.id) == nil)
        }
    }

    // MARK: When a read fails

    @Test func `a caller outside is told that the result cannot be read, and gets it later`() throws
    {
        var script = try Script()
        script.checksEachTurn = false
        let first = try script.call("S/h") { $0.idempotencyKey = "k" }
        script.finish(0, "x")
        script.archive.fail(failure)
        let refused = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(script.refusals[refused.waiter] == failure)
        guard case .unreadable(failure) = script.runtime.lookup(first.id) else {
            Issue.record("nothing was said")
            return
        }
        script.archive.fail(nil)
        let again = try script.call("S/h") { $0.idempotencyKey = "k" }
        #expect(script.answer(again.waiter) == "x")
    }

    @Test func `an attempt that asks for what cannot be read fails, and the next one gets it`()
        throws
    {
        var script = try Script()
        script.checksEachTurn = false
        let first = try script.send("S/child")
        script.finish(0, "x")
        let asking = try script.send("S/h")
        script.archive.fail(failure)
        script.say(1, attach(to: first))
        #expect(script.status(asking) == "backing-off")
        let said = script.runtime.snapshot(asking)?.attempts.lastFailure?.message
        #expect(said == "the result of \(first) cannot be read: the disk is tired")
        #expect(script.runtime.journal(of: asking)?.count == 1)
        script.archive.fail(nil)
        script.pass(1000)
        script.say(2, attach(to: first))
        #expect(script.attempts[2].types.contains(.attachInvocationCompletion))
    }

    @Test func `what cannot be read is not removed, and is removed later`() throws {
        var script = try Script()
        script.checksEachTurn = false
        let id = try script.send("S/h")
        script.finish(0)
        script.archive.fail(failure)
        #expect(script.perform { $0.purge(id, at: $1) } == .unreadable(failure))
        #expect(script.perform { $0.restartAsNew(id, at: $1) } == .unreadable(failure))
        script.pass(86_400_000)
        #expect(script.runtime.finishedCount == 1)
        #expect(script.logs.last?.contains("the disk is tired") == true)
        #expect(script.runtime.nextDeadline == script.now + 60_000)
        #expect(throws: QueryError.self) { try rows("select id from sys_invocation", script) }
        #expect(throws: QueryError.self) {
            try rows("select id from sys_journal where id = '\(id)'", script)
        }
        script.archive.fail(nil)
        script.pass(60_000)
        #expect(script.runtime.finishedCount == 0)
    }

    // MARK: Rows

    private struct StandingStill: RuntimeAccess {
        let runtime: LocalRuntime

        func look<Answer: Sendable>(
            _ body: @escaping @Sendable (LocalRuntime) -> Answer
        ) throws -> Answer {
            body(runtime)
        }
    }

    private func rows(_ query: String, _ script: Script) throws -> [String] {
        let tables = RuntimeTables(
            access: StandingStill(runtime: script.runtime), version: "1.7.12")
        let bytes = try Query.answer(query, on: tables, as: .json, now: 0)
        let text = String(decoding: bytes, as: UTF8.self).dropFirst(9).dropLast(2)
        return text.isEmpty
            ? [] : text.split(separator: "},").map { $0.hasSuffix("}") ? String($0) : "\($0)}" }
    }
}
