import RestateProtocol

/// Plays one recorded attempt against an endpoint. It sends a server's message as soon as
/// everything has come back that was recorded before it, and compares what comes.
///
/// The order of commands is fixed. The proposal of a run's result may come earlier than recorded,
/// and frames that depend on timing may be missing or added. So may the proposal of a run whose
/// wait a cancellation ended: its closure ends before the attempt or after it.
package final class GoldenPlayer {
    private let golden: Golden
    private let connection: any GoldenConnection
    private let codec: TableCodec
    private let progress: GoldenProgress

    private var decoder = FrameDecoder()
    private var head: (status: Int, contentType: String?)?
    /// How the response ended; nil before its end.
    private var end: (text: String, isReset: Bool)?
    private var early: [Answer] = []

    private struct Answer {
        let name: String
        let flags: UInt16
        let fields: FixtureJSON

        var description: String { "\(name) \(flags) \(fields)" }
        var proposedID: FixtureJSON? { name == proposal ? fields["result_completion_id"] : nil }
    }
    private static let proposal = "ProposeRunCompletion"

    private struct Refusal: Error, CustomStringConvertible {
        let status: Int
        let text: String
        var description: String { "refused with status \(status): \(text)" }
    }

    package init(
        _ golden: Golden, over connection: any GoldenConnection, progress: GoldenProgress
    ) throws {
        self.golden = golden
        self.connection = connection
        self.progress = progress
        codec = TableCodec(try MessageTables.load())
    }

    /// Returns nil if the endpoint answers as recorded, or else the difference.
    package func play() async -> String? {
        let difference: String?
        do {
            difference = try await compare()
        } catch let refusal as Refusal {
            difference = refusal.description
        } catch {
            difference = "the exchange failed: \(error)"
        }
        await connection.close()
        return difference
    }

    private func compare() async throws -> String? {
        await progress.waits(for: "the connection")
        let kept = ["content-type", "accept", "x-restate-invocation-id"]
        try await connection.open(
            path: golden.requestPath,
            headers: kept.compactMap { name in golden.requestHeaders[name].map { (name, $0) } })
        for step in golden.steps {
            switch step {
            case .frame(let frame) where frame.direction == .toEndpoint:
                await progress.waits(for: "room to send \(frame.name)")
                try await connection.send(frame.bytes)
            case .frame(let frame):
                if GoldenComparison.optional.contains(frame.name) { continue }
                if let difference = try await compare(frame) { return difference }
            case .inputEnd: try await connection.end()
            case .outputEnd:
                if let difference = try await compareEnd() { return difference }
            case .broken: return nil
            }
        }
        return compareHead()
    }

    private func compare(_ recorded: GoldenFrame) async throws -> String? {
        let expected = Answer(name: recorded.name, flags: recorded.flags, fields: recorded.fields)
        await progress.waits(for: expected.description)
        guard let got = try await answer(to: expected) else {
            return "\(end?.text ?? "no more frames"), expected \(expected.description)"
        }
        let isSame =
            got.name == expected.name && got.flags == expected.flags
            && GoldenComparison.isSame(expected.name, expected.fields, got.fields)
        return isSame ? nil : "expected \(expected.description)\n     got \(got.description)"
    }

    private func compareEnd() async throws -> String? {
        await progress.waits(for: "the end of the response")
        while let extra = try await nextAnswer() { early.append(extra) }
        let left = golden.leftRuns
        early.removeAll { $0.proposedID.map(left.contains) ?? false }
        if let extra = early.first {
            return "extra frame \(extra.description)"
        }
        if let end, end.isReset { return "\(end.text), expected its end" }
        return nil
    }

    private func compareHead() -> String? {
        guard let head else { return "no response, expected status \(golden.status ?? 0)" }
        let contentType = golden.responseHeaders["content-type"]
        guard head.status == golden.status, head.contentType == contentType else {
            return "expected \(golden.status ?? 0) \(contentType ?? "no content type"), "
                + "got \(head.status) \(head.contentType ?? "no content type")"
        }
        return nil
    }

    // MARK: Frames of the endpoint

    /// Returns the next frame to compare. Proposals are held back until one is expected.
    private func answer(to expected: Answer) async throws -> Answer? {
        if let id = expected.proposedID,
            let index = early.firstIndex(where: { $0.proposedID == id })
        {
            return early.remove(at: index)
        }
        while let got = try await nextAnswer() {
            guard let id = got.proposedID, id != expected.proposedID else { return got }
            early.append(got)
        }
        return nil
    }

    /// Returns the next frame that does not depend on timing, or nil at the end.
    private func nextAnswer() async throws -> Answer? {
        while true {
            while let frame = try decoder.next() {
                let name = GoldenFrame.name(of: codec.tables.message(code: frame.code)?.name ?? "")
                if GoldenComparison.optional.contains(name) { continue }
                return Answer(name: name, flags: frame.flags, fields: try codec.decode(frame))
            }
            guard end == nil else { return nil }
            switch try await connection.next() {
            case .head(let status, let contentType):
                head = (status, contentType)
                if status != golden.status {
                    throw Refusal(status: status, text: try await text())
                }
            case .bytes(let bytes): decoder.push(bytes)
            case .ended: end = ("the stream ended", false)
            case .reset(let code):
                end = ("the stream was reset (\(code.map { "code \($0)" } ?? "no code"))", true)
            }
        }
    }

    /// Reads the body of a refusal.
    private func text() async throws -> String {
        var body: [UInt8] = []
        while case .bytes(let bytes) = try await connection.next() { body += bytes }
        return String(decoding: body, as: UTF8.self)
    }
}

/// What a player waits for, so that a timeout can name it.
package actor GoldenProgress {
    package private(set) var awaited = "its start"

    package init() {}

    func waits(for what: String) { awaited = what }
}

/// Plays a journal with a time limit, so that a hang is a difference like any other. The player's
/// task is abandoned then. Tests of the limit itself supply their own `waiting`.
package func play(
    _ golden: Golden, limit: Duration = .seconds(300), on executor: (any TaskExecutor)? = nil,
    waiting: @escaping @Sendable (Duration) async throws -> Void = {
        try await Task.sleep(for: $0)
    },
    over connect: @escaping @Sendable () async throws -> any GoldenConnection
) async -> String? {
    let progress = GoldenProgress()
    let (answers, answer) = AsyncStream.makeStream(of: String?.self)
    let player = Task(executorPreference: executor) {
        do {
            let player = try GoldenPlayer(golden, over: try await connect(), progress: progress)
            answer.yield(await player.play())
        } catch {
            answer.yield("no connection: \(error)")
        }
    }
    let timer = Task {
        guard (try? await waiting(limit)) != nil else { return }
        answer.yield("not done after \(limit), still waiting for \(await progress.awaited)")
    }
    defer {
        player.cancel()
        timer.cancel()
    }
    for await first in answers { return first }
    return "cancelled"
}

/// Plays journals, a few at a time. Returns a line for each journal that differs, with the name of
/// its file.
///
/// The attempts of one invocation are played one after another in their order, because they share
/// side effects such as a payment under the invocation's id.
package func play(
    _ goldens: [Golden], atOnce: Int = 8,
    with playOne: @escaping @Sendable (Golden) async -> String?
) async -> [String] {
    let invocations = Dictionary(grouping: goldens) {
        $0.requestHeaders["x-restate-invocation-id"] ?? $0.path
    }
    return await withTaskGroup(of: [String].self) { group in
        var differences: [String] = []
        for (index, attempts) in invocations.values.enumerated() {
            if index >= atOnce { differences += await group.next() ?? [] }
            group.addTask {
                var differences: [String] = []
                for golden in attempts {
                    if let why = await playOne(golden) { differences.append("\(golden): \(why)") }
                }
                return differences
            }
        }
        for await found in group { differences += found }
        return differences.sorted()
    }
}
