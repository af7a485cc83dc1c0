import Restate
import RestateProtocol
import Testing

private let count = StateKey<Int>("count", default: 10)
private let owner = StateKey<String?>("owner")

@Suite(.timeLimit(.minutes(10)))
struct StateTests {
    @Test func `an absent entry reads as the key's default, or as nil`() async throws {
        let lines = try await lines { ctx in
            let number = try await ctx.get(count)
            let name = try await ctx.get(owner)
            return "\(number) \(name ?? "nobody")"
        }
        #expect(lines == ["Get count -", "Get owner -", #"Output "10 nobody""#, "End"])
    }

    @Test func `what came along is read, and what was set is read back`() async throws {
        var journal = Journal()
        journal.start.stateMap = [StateEntry(key: Bytes("count".utf8), value: Bytes("3".utf8))]
        let lines = try await lines(journal) { ctx in
            let before = try await ctx.get(count)
            ctx.set(count, before + 1)
            return try await ctx.get(count)
        }
        #expect(lines == ["Get count 3", "Set count 4", "Get count 4", "Output 4", "End"])
    }

    @Test func `what did not come along is fetched`() async throws {
        var journal = Journal()
        journal.start.partialState = true
        journal.later = [completed(.getLazyStateCompletion, 1, "3")]
        let lines = try await lines(journal) { ctx in try await ctx.get(count) }
        #expect(lines == ["Fetch 1 count", "Output 3", "End"])
    }

    @Test func `entries that did not come along are fetched at once by futures`() async throws {
        var journal = Journal()
        journal.start.partialState = true
        journal.later = [
            completed(.getLazyStateCompletion, 2, #""alice""#),
            completed(.getLazyStateCompletion, 1, "3"),
        ]
        let lines = try await lines(journal) { ctx in
            let (number, name) = try await ctx.all(ctx.startGet(count), ctx.startGet(owner)).value
            return "\(number) \(name ?? "nobody")"
        }
        #expect(lines == ["Fetch 1 count", "Fetch 2 owner", #"Output "3 alice""#, "End"])
    }

    @Test func `an operation's name is compared on a replay`() async throws {
        var recorded = SetStateCommand()
        recorded.key = Bytes("count".utf8)
        recorded.value = Bytes("1".utf8)
        recorded.name = "first"
        for name in ["first", "second"] {
            let lines = try await lines(Journal(recorded)) { ctx in
                ctx.set(count, 1, name: name)
                return 1
            }
            let ends = lines.last == "End"
            #expect(ends == (name == "first"), "\(lines)")
        }
    }

    @Test func `setting nil removes the entry`() async throws {
        let lines = try await lines { ctx in
            ctx.set(owner, "alice")
            ctx.set(owner, nil)
            return try await ctx.get(owner) ?? "nobody"
        }
        #expect(
            lines == [
                #"Set owner "alice""#, "Clear owner", "Get owner -", #"Output "nobody""#, "End",
            ])
    }

    @Test func `trouble with a write surfaces at the next wait`() async throws {
        let reached = Reached()
        let lines = try await lines(Journal(setState("other", "1"))) { ctx in
            ctx.set(count, 1)
            reached.note("after the write")
            try await ctx.sleep(.seconds(1))
            reached.note("after the wait")
            return 1
        }
        #expect(reached.places == ["after the write"])
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 570 ") == true)
        #expect(lines.first?.contains("StateTests.swift") == true)
    }

    @Test func `trouble with a write surfaces at the end at the latest`() async throws {
        let lines = try await lines(Journal(setState("other", "1"))) { ctx in
            ctx.set(count, 1)
            return 1
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 570 ") == true)
    }

    @Test func `a value that JSON cannot say fails the attempt at the next wait`() async throws {
        let reached = Reached()
        let lines = try await lines { ctx in
            ctx.set(StateKey<Double?>("x"), .nan)
            try await ctx.sleep(.seconds(1))
            reached.note("after the wait")
            return 1
        }
        #expect(reached.places == [])
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 500 ") == true)
    }

    @Test func `an entry of another type fails the attempt, and says which`() async throws {
        var journal = Journal()
        journal.start.stateMap = [
            StateEntry(key: Bytes("count".utf8), value: Bytes(#""many""#.utf8))
        ]
        let lines = try await lines(journal) { ctx in try await ctx.get(count) }
        #expect(lines.count == 2)
        #expect(lines.last?.hasPrefix("Error 500 State 'count' cannot be read: ") == true)
    }

    @Test func `keys are those that came along, as the writes changed them`() async throws {
        var journal = Journal()
        journal.start.stateMap = [StateEntry(key: Bytes("count".utf8), value: Bytes("3".utf8))]
        let lines = try await lines(journal) { ctx in
            ctx.set(owner, "alice")
            let both = try await ctx.stateKeys().sorted()
            ctx.clearAll()
            let none = try await ctx.stateKeys()
            return both + none
        }
        #expect(lines.suffix(2) == [#"Output ["count","owner"]"#, "End"])
    }

    @Test func `the same value is written with the same bytes`() async throws {
        let pairs = (0..<20).map { ("k\($0)", $0) }
        let value = Dictionary(uniqueKeysWithValues: pairs)
        let backwards = Dictionary(uniqueKeysWithValues: pairs.reversed())
        let key = StateKey<[String: Int]?>("x")
        let lines = try await lines { ctx in
            ctx.set(key, value)
            ctx.set(key, backwards)
            return 1
        }
        #expect(lines.count == 4)
        #expect(lines[0] == lines[1])
    }
}
