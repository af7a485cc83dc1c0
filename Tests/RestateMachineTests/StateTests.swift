import RestateMachine
import RestateProtocol
import Testing

/// The handler reads STATE and returns it, or "Unknown".
@Suite struct LazyStateTests {
    func handler(_ attempt: inout Attempt) throws {
        try attempt.begin()
        let id = try attempt.get("STATE")
        try attempt.finish(try attempt.text(id) ?? "Unknown")
    }

    func completion(_ value: String?) -> NotificationMessage {
        completed(.getLazyStateCompletion, 1, value.map { .value($0.bytes) } ?? .void)
    }

    @Test(arguments: ["Francesco", "", nil])
    func `a recorded read with its answer`(value: String?) throws {
        var attempt = Attempt(
            start: start(partial: true), known: [input(), lazyGet("STATE", 1), completion(value)],
            closed: true)
        try handler(&attempt)
        try attempt.expect(output(value ?? "Unknown"), EndMessage())
    }

    @Test func `a new read suspends`() throws {
        var attempt = Attempt(start: start(partial: true), known: [input()], closed: true)
        try attempt.begin()
        attempt.expectSuspension(on: leaf(try attempt.get("STATE")))
        try attempt.expect(lazyGet("STATE", 1), suspension(on: 1))
    }

    @Test func `a recorded read without an answer suspends again`() throws {
        var attempt = Attempt(
            start: start(partial: true), known: [input(), lazyGet("STATE", 1)], closed: true)
        try attempt.begin()
        attempt.expectSuspension(on: leaf(try attempt.get("STATE")))
        try attempt.expect(suspension(on: 1))
    }

    @Test func `the answer may come after the journal`() throws {
        var attempt = Attempt(
            start: start(partial: true), known: [input(), lazyGet("STATE", 1)],
            later: [completion("Francesco")], closed: true)
        try handler(&attempt)
        try attempt.expect(output("Francesco"), EndMessage())
    }

    @Test func `the answer may come before the question`() throws {
        var attempt = Attempt(
            start: start(partial: true), known: [input()], later: [completion("Francesco")],
            closed: true)
        try handler(&attempt)
        try attempt.expect(lazyGet("STATE", 1), output("Francesco"), EndMessage())
    }

    @Test func `the journal decides how a read is replayed`() throws {
        var attempt = Attempt(
            start: start(("STATE", "new")), known: [input(), lazyGet("STATE", 1)],
            later: [completion("old")], closed: true)
        try handler(&attempt)
        try attempt.expect(output("old"), EndMessage())
    }

    @Test func `an answered question is not remembered`() throws {
        var attempt = Attempt(
            start: start(partial: true), known: [input()], later: [completion("a")], closed: true)
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("STATE")) == "a")
        #expect(try attempt.get("STATE") == 2)
        try attempt.expect(lazyGet("STATE", 1), lazyGet("STATE", 2))
    }
}

@Suite struct EagerStateTests {
    @Test func `absent, when everything is known`() throws {
        var attempt = Attempt(start: start(), known: [input()], closed: true)
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("STATE")) == nil)
        try attempt.finish("true")
        try attempt.expect(eagerGet("STATE", nil), output("true"), EndMessage())
    }

    @Test func `a recorded absence stays, though now less is known`() throws {
        var attempt = Attempt(
            start: start(partial: true), known: [input(), eagerGet("STATE", nil)], closed: true)
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("STATE")) == nil)
        try attempt.finish("true")
        try attempt.expect(output("true"), EndMessage())
    }

    @Test func `a recorded value counts, not the current one`() throws {
        var attempt = Attempt(
            start: start(("STATE", "new")), known: [input(), eagerGet("STATE", "old")])
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("STATE")) == "old")
    }

    @Test(arguments: [true, false], ["Francesco", ""])
    func `a known value is read at once`(partial: Bool, value: String) throws {
        var attempt = Attempt(
            start: start(partial: partial, ("STATE", value)), known: [input()], closed: true)
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("STATE")) == value)
        try attempt.finish(value)
        try attempt.expect(eagerGet("STATE", value), output(value), EndMessage())
    }

    @Test func `a read sees the writes before it`() throws {
        var attempt = Attempt(
            start: start(("STATE", "Francesco")), known: [input("Till")], closed: true)
        let body = try attempt.begin().body.text
        let before = try #require(try attempt.text(try attempt.get("STATE")))
        try attempt.set("STATE", before + body)
        try attempt.finish(try attempt.text(try attempt.get("STATE")) ?? "")
        try attempt.expect(
            eagerGet("STATE", "Francesco"), set("STATE", "FrancescoTill"),
            eagerGet("STATE", "FrancescoTill"), output("FrancescoTill"), EndMessage())
    }

    @Test func `a write is known though the rest is not`() throws {
        var attempt = Attempt(
            start: start(partial: true), known: [input()],
            later: [completed(.getLazyStateCompletion, 1, .value("Francesco".bytes))],
            closed: true)
        try attempt.begin()
        _ = try attempt.text(try attempt.get("STATE"))
        try attempt.set("STATE", "FrancescoTill")
        #expect(try attempt.text(try attempt.get("STATE")) == "FrancescoTill")
        try attempt.expect(
            lazyGet("STATE", 1), set("STATE", "FrancescoTill"), eagerGet("STATE", "FrancescoTill"))
    }

    @Test(arguments: [true, false])
    func `what was cleared is absent`(partial: Bool) throws {
        var attempt = Attempt(
            start: partial ? start(partial: true) : start(("STATE", "Francesco")),
            known: [input()],
            later: partial
                ? [completed(.getLazyStateCompletion, 1, .value("Francesco".bytes))] : [],
            closed: true)
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("STATE")) == "Francesco")
        try attempt.machine.clearState("STATE".bytes, at: here)
        #expect(try attempt.text(try attempt.get("STATE")) == nil)
        let read: any Message = partial ? lazyGet("STATE", 1) : eagerGet("STATE", "Francesco")
        try attempt.expect(read, clear("STATE"), eagerGet("STATE", nil))
    }

    @Test(arguments: [true, false])
    func `after clearing all, everything is known to be absent`(isKnown: Bool) throws {
        var attempt = Attempt(
            start: isKnown
                ? start(partial: true, ("STATE", "F"), ("ANOTHER_STATE", "G"))
                : start(partial: true),
            known: [input()],
            later: isKnown ? [] : [completed(.getLazyStateCompletion, 1, .value("F".bytes))],
            closed: true)
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("STATE")) == "F")
        try attempt.machine.clearAllState(at: here)
        #expect(try attempt.text(try attempt.get("STATE")) == nil)
        #expect(try attempt.text(try attempt.get("ANOTHER_STATE")) == nil)
        try attempt.finish("F")
        let read: any Message = isKnown ? eagerGet("STATE", "F") : lazyGet("STATE", 1)
        try attempt.expect(
            read, ClearAllStateCommand(), eagerGet("STATE", nil), eagerGet("ANOTHER_STATE", nil),
            output("F"), EndMessage())
    }

    @Test(arguments: [true, false])
    func `absent twice, also with the first recorded`(replayed: Bool) throws {
        let recorded: [any Message] = replayed ? [eagerGet("key-0", nil)] : []
        var attempt = Attempt(start: start(), known: [input()] + recorded, closed: true)
        try attempt.begin()
        #expect(try attempt.text(try attempt.get("key-0")) == nil)
        #expect(try attempt.text(try attempt.get("key-0")) == nil)
        try attempt.finish()
        let frames = try attempt.written()
        #expect(frames.count == (replayed ? 3 : 4))
        #expect(frames[0] == Written(eagerGet("key-0", nil)))
    }

    @Test func `writes are remembered while they are replayed`() throws {
        var attempt = Attempt(
            start: start(("STATE", "old")), known: [input(), set("STATE", "new")], closed: true)
        try attempt.begin()
        try attempt.set("STATE", "new")
        #expect(try attempt.text(try attempt.get("STATE")) == "new")
        try attempt.expect(eagerGet("STATE", "new"))
    }

    @Test func `big values are compared, too`() throws {
        let big = String(repeating: "x", count: 100_000)
        for value in [big, big + "y"] {
            var attempt = Attempt(known: [input(), RestateMachineTests.set("a", big)])
            try attempt.begin()
            if value == big {
                try attempt.set("a", value)
                #expect(attempt.isProcessing)
            } else {
                #expect(failure { try attempt.set("a", value) }?.code == 570)
            }
        }
    }

    @Test(arguments: [1, 2, 8, 9, 100], [false, true])
    func `many keys are found as well as few, and cleared ones are not`(
        count: Int, isPartial: Bool
    ) throws {
        let names = (0..<count).map { "key-\($0)" }
        var start = StartMessage()
        start.partialState = isPartial
        start.stateMap = names.map { StateEntry(key: $0.bytes, value: $0.bytes) }
        var attempt = Attempt(start: start, known: [input()])
        try attempt.begin()
        for (index, name) in names.enumerated() {
            #expect(try attempt.text(try attempt.get(name)) == name)
            if index % 2 == 0 { try attempt.machine.clearState(name.bytes, at: here) }
            if index % 3 == 0 { try attempt.set(name, "new") }
        }
        for (index, name) in names.enumerated() {
            let expected = index % 3 == 0 ? "new" : index % 2 == 0 ? nil : name
            #expect(try attempt.text(try attempt.get(name)) == expected)
        }
        guard !isPartial else { return }
        let keys = names.enumerated().filter { $0.offset % 3 == 0 || $0.offset % 2 == 1 }
        #expect(
            try attempt.text(try attempt.machine.stateKeys(at: here))
                == keys.map(\.element).sorted().joined(separator: ","))
    }

    @Test func `an eager read uses up a completion id`() throws {
        var attempt = Attempt(start: start(), known: [input()])
        try attempt.begin()
        #expect(try attempt.get("a") == 1)
        #expect(try attempt.sleep() == 2)
    }

    @Test func `different spellings of a character are different keys`() throws {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        var attempt = Attempt(
            start: start((composed, "one"), (decomposed, "two")), known: [input()])
        try attempt.begin()
        #expect(try attempt.text(try attempt.get(composed)) == "one")
        #expect(try attempt.text(try attempt.get(decomposed)) == "two")
    }

    @Test func `a recorded read without a result is a violation`() throws {
        var broken = eagerGet("STATE", nil)
        broken.result = nil
        var attempt = Attempt(start: start(), known: [input(), broken])
        try attempt.begin()
        #expect(failure { _ = try attempt.get("STATE") }?.code == 571)
        var keys = Attempt(start: start(), known: [input(), GetEagerStateKeysCommand()])
        try keys.begin()
        #expect(failure { _ = try keys.machine.stateKeys(at: here) }?.code == 571)
    }
}

@Suite struct StateKeysTests {
    func keys(_ attempt: inout Attempt) throws -> String? {
        try attempt.text(try attempt.machine.stateKeys(at: here))
    }

    @Test func `recorded keys count`() throws {
        var attempt = Attempt(
            start: start(partial: true),
            known: [input(), eagerKeys("ANOTHER-STATE", "MY-STATE")], closed: true)
        try attempt.begin()
        #expect(try keys(&attempt) == "ANOTHER-STATE,MY-STATE")
        try attempt.finish()
        try attempt.expect(output(""), EndMessage())
    }

    @Test(arguments: [true, false])
    func `without all state, the server is asked`(replayed: Bool) throws {
        let recorded: [any Message] = replayed ? [lazyKeys(1)] : []
        var attempt = Attempt(
            start: start(partial: true, ("x", "y")), known: [input()] + recorded, closed: true)
        try attempt.begin()
        attempt.expectSuspension(on: leaf(try attempt.machine.stateKeys(at: here)))
        let frames = try attempt.written()
        #expect(frames.first == Written(replayed ? suspension(on: 1) : lazyKeys(1)))
        #expect(frames.last == Written(suspension(on: 1)))
    }

    @Test(arguments: [true, false])
    func `the server's order is kept`(replayed: Bool) throws {
        let recorded: [any Message] = replayed ? [lazyKeys(1)] : []
        let answer = completed(
            .getLazyStateKeysCompletion, 1, .stateKeys(["MY-STATE".bytes, "ANOTHER-STATE".bytes]))
        var attempt = Attempt(
            start: start(partial: true), known: [input()] + recorded, later: [answer],
            closed: true)
        try attempt.begin()
        #expect(try keys(&attempt) == "MY-STATE,ANOTHER-STATE")
        let written = replayed ? [] : [Written(lazyKeys(1))]
        #expect(try attempt.written() == written)
    }

    @Test func `known keys are sorted by their bytes`() throws {
        var attempt = Attempt(
            start: start(("b", ""), ("MY-STATE", ""), ("\u{E9}", ""), ("ANOTHER-STATE", "")),
            known: [input()])
        try attempt.begin()
        #expect(try keys(&attempt) == "ANOTHER-STATE,MY-STATE,b,\u{E9}")
        try attempt.expect(eagerKeys("ANOTHER-STATE", "MY-STATE", "b", "\u{E9}"))
    }

    @Test func `cleared keys are no keys`() throws {
        var attempt = Attempt(start: start(("a", ""), ("b", "")), known: [input()])
        try attempt.begin()
        try attempt.machine.clearState("a".bytes, at: here)
        try attempt.machine.clearState("unheard of".bytes, at: here)
        #expect(try keys(&attempt) == "b")
        try attempt.machine.clearAllState(at: here)
        #expect(try keys(&attempt) == "")
        try attempt.set("c", "")
        #expect(try keys(&attempt) == "c")
        try attempt.expect(
            clear("a"), clear("unheard of"), eagerKeys("b"), ClearAllStateCommand(), eagerKeys(),
            set("c", ""), eagerKeys("c"))
    }

    @Test func `cleared keys stay away when all is cleared later`() throws {
        var attempt = Attempt(start: start(partial: true, ("a", "")), known: [input()])
        try attempt.begin()
        try attempt.machine.clearState("a".bytes, at: here)
        try attempt.machine.clearAllState(at: here)
        #expect(try keys(&attempt) == "")
        try attempt.expect(clear("a"), ClearAllStateCommand(), eagerKeys())
    }
}
