import RestateProtocol
import Support
import Testing

/// The golden player against recordings of themselves, true and falsified.
@Suite struct GoldenPlayerTests {
    @Test(arguments: Fixtures.stories)
    func `every recording is the same as itself`(story: String) async throws {
        let goldens = try Fixtures.journals(in: story)
        let differences = await play(goldens) { golden in
            await play(golden) { RecordedConnection(golden) }
        }
        #expect(differences == [])
    }

    @Test func `a missing frame is a difference`() async throws {
        let why = try await played("Ticket-get") { steps in
            steps.removeAll { $0.name == "End" }
        }
        #expect(why == "the stream ended, expected End 0 {}")
    }

    @Test func `another value is a difference that shows both`() async throws {
        let why = try await played("Ticket-get") { steps in
            steps.replace("Output") { OutputCommand(result: .value(Array("\"other\"".utf8)[...])) }
        }
        let text = try #require(why)
        #expect(text.hasPrefix("expected Output 0 {"))
        #expect(text.contains(#"got Output 0 {"value": {"content": {"utf8": "\"other\""}}}"#))
    }

    @Test func `another command is a difference`() async throws {
        let why = try await played("Ticket-get") { steps in
            steps.replace("GetEagerState") { ClearAllStateCommand() }
        }
        #expect(try #require(why).hasSuffix("got ClearAllState 0 {}"))
    }

    @Test func `an extra frame is a difference`() async throws {
        let why = try await played("Ticket-get") { steps in
            steps.insertBeforeEnd(EndMessage().frameBytes())
        }
        #expect(why == "extra frame End 0 {}")
    }

    @Test func `a proposal that nobody recorded is a difference`() async throws {
        let why = try await played("Ticket-get") { steps in
            var proposal = ProposeRunCompletionMessage()
            proposal.completionID = 7
            proposal.result = .value([])
            let first = steps.firstIndex { $0.name == "GetEagerState" } ?? 0
            steps.insert(.answer(proposal.frameBytes(), isOptional: false), at: first)
        }
        #expect(try #require(why).hasPrefix("extra frame ProposeRunCompletion 0"))
    }

    @Test func `the closure of a run that a cancellation left may end before the attempt or after`()
        async throws
    {
        let cancelled = try #require(
            try Fixtures.journals(in: "nexus").first { !$0.leftRuns.isEmpty })
        for isKnown in [true, false] {
            let why = await play(cancelled) {
                let connection = RecordedConnection(cancelled)
                var proposal = ProposeRunCompletionMessage()
                proposal.completionID = isKnown ? 5 : 55
                proposal.result = .failure(Failure(code: 500, message: "too late"))
                connection.steps.insertBeforeEnd(proposal.frameBytes())
                return connection
            }
            #expect((why == nil) == isKnown, "\(why ?? "")")
        }
    }

    @Test func `other flags are a difference`() async throws {
        let why = try await played("Ticket-get") { steps in
            let last = steps.lastIndex { $0.name == "End" } ?? 0
            steps[last] = .answer(EndMessage().frameBytes(flags: 1), isOptional: false)
        }
        #expect(try #require(why).hasSuffix("got End 1 {}"))
    }

    @Test func `another status shows what the endpoint says`() async throws {
        let why = try await played("Ticket-get") { steps in
            steps = steps.filter { $0.isRequest }
            steps += [
                .head(status: 404, contentType: "text/plain"),
                .answer(Array("no such service".utf8), isOptional: false), .end,
            ]
        }
        #expect(why == "refused with status 404: no such service")
    }

    @Test func `another content type is a difference`() async throws {
        let why = try await played("Ticket-get") { steps in
            steps[0] = .head(status: 200, contentType: "application/json")
        }
        #expect(try #require(why).hasSuffix("got 200 application/json"))
    }

    @Test func `a reset is a difference`() async throws {
        let early = try await played("Ticket-get") { steps in
            steps.removeAll { $0.name == "End" }
            steps[steps.count - 1] = .reset
        }
        #expect(early == "the stream was reset (code 8), expected End 0 {}")
        let late = try await played("Ticket-get") { $0[$0.count - 1] = .reset }
        #expect(late == "the stream was reset (code 8), expected its end")
    }

    @Test func `silence is a difference that says what was awaited`() async throws {
        let golden = try someGolden("Ticket-get")
        // The time is up as soon as the player has come to the silence, and never before.
        let (silences, silence) = AsyncStream.makeStream(of: Void.self)
        let why = await play(
            golden, limit: .seconds(9), waiting: { _ in for await _ in silences {} }
        ) {
            let connection = RecordedConnection(golden)
            let output = connection.steps.firstIndex { $0.name == "Output" } ?? 0
            connection.steps.insert(.silence, at: output)
            connection.onSilence = { silence.finish() }
            return connection
        }
        let text = try #require(why)
        #expect(text.hasPrefix("not done after 9.0 seconds, still waiting for Output 0 {"))
    }

    @Test func `bytes that are no frame are a difference`() async throws {
        let why = try await played("Ticket-get") { steps in
            let output = steps.firstIndex { $0.name == "Output" } ?? 0
            steps[output] = .answer(Array("HTTP/1.1 500".utf8), isOptional: false)
        }
        #expect(try #require(why).contains("over the limit"))
    }

    @Test func `frames that depend on timing may be there or not`() async throws {
        let without = try await played("with AwaitingOn") { steps in
            steps.removeAll { $0.name == "AwaitingOn" }
        }
        #expect(without == nil)
        let more = try await played("with AwaitingOn") { steps in
            let awaiting = AwaitingOnMessage().frameBytes()
            let first = steps.firstIndex { $0.name != nil } ?? 0
            steps.insert(.answer(awaiting, isOptional: true), at: first)
            steps.insertBeforeEnd(awaiting)
        }
        #expect(more == nil)
    }

    @Test func `a proposal may come before commands that were recorded before it`() async throws {
        let golden = try #require(
            try Fixtures.stories.flatMap(Fixtures.journals(in:)).first { golden in
                let names = RecordedConnection(golden).steps.map(\.name)
                return zip(names, names.dropFirst()).contains {
                    $0 != nil && $0 != "ProposeRunCompletion" && $1 == "ProposeRunCompletion"
                }
            })
        let why = await play(golden) {
            let connection = RecordedConnection(golden)
            let names = connection.steps.map(\.name)
            for index in names.indices.dropFirst()
            where names[index] == "ProposeRunCompletion" && names[index - 1] != nil {
                connection.steps.swapAt(index - 1, index)
            }
            return connection
        }
        #expect(why == nil)
    }

    /// Plays a journal against a changed recording of itself.
    private func played(
        _ part: String, _ change: @escaping @Sendable (inout [RecordedConnection.Step]) -> Void
    ) async throws -> String? {
        let golden = try someGolden(part)
        return await play(golden) {
            let connection = RecordedConnection(golden)
            change(&connection.steps)
            return connection
        }
    }

    /// The first journal whose path contains `part`, or which has a frame that depends on timing.
    private func someGolden(_ part: String) throws -> Golden {
        try #require(
            try Fixtures.stories.flatMap(Fixtures.journals(in:)).first { golden in
                part == "with AwaitingOn"
                    ? golden.frames.contains { $0.name == "AwaitingOn" }
                    : golden.path.contains(part) && golden.status == 200
            }, "no journal for \(part)")
    }
}

extension RecordedConnection.Step {
    /// The recorded name of the frame that the endpoint sends in this step.
    fileprivate var name: String? {
        guard case .answer(let bytes, _) = self, let type = try? onlyFrame(in: bytes)?.type,
            let tables = try? MessageTables.load(), let row = tables.message(code: type.rawValue)
        else { return nil }
        return GoldenFrame.name(of: row.name)
    }

    fileprivate var isRequest: Bool {
        switch self {
        case .request, .requestEnd: true
        case .head, .answer, .end, .reset, .silence: false
        }
    }
}

extension [RecordedConnection.Step] {
    fileprivate mutating func replace(_ name: String, by message: () -> any Message) {
        guard let index = firstIndex(where: { $0.name == name }) else { return }
        self[index] = .answer(message().frameBytes(), isOptional: false)
    }

    fileprivate mutating func insertBeforeEnd(_ bytes: [UInt8]) {
        insert(.answer(bytes, isOptional: false), at: count - 1)
    }
}
