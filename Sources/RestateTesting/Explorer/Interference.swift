import Primitives
internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime

/// Counts the points of a performance, disturbs it at one of them, and keeps what it has seen.
/// Loop-confined.
final class Interference: FrameTap {
    /// An event at a point or between two points.
    struct Seen: Sendable {
        enum What: Sendable {
            case frame(TappedFrame)
            case text(String)
        }

        /// The number of the point; nil for events at which a connection cannot break.
        var point: Int?
        var what: What
        var isCut = false
    }

    private let kind: Cut.Kind
    private let suspends: Bool
    private let cancelsCallees: Bool
    /// Set once the engine is made, and weak, because the engine holds this tap.
    weak var engine: TestEngine?
    /// The events up to the first violation. Later ones are only its consequences.
    private(set) var seen: [Seen] = []
    /// Violations of the rules for every story.
    private(set) var violations: [String] = []
    private(set) var points = 0
    /// The number of frames that can be torn.
    private(set) var frames = 0
    private(set) var waits = 0
    private var stored: Set<StoredRun> = []

    private struct StoredRun: Hashable {
        var invocation: String
        var id: UInt32
    }

    init(_ cut: Cut, cancelsCallees: Bool) {
        kind = cut.kind
        self.cancelsCallees = cancelsCallees
        suspends = cut.mode.exchange != .streaming
    }

    func began(_ request: AttemptRequest) {}

    func passed(_ frame: TappedFrame) -> TapDecision {
        if !frame.isFollowed {
            frames += 1
            if kind == .torn(in: frames) {
                note(Seen(what: .frame(frame), isCut: true))
                return .tear
            }
        }
        let isLost = look(at: frame)
        if isLost { return .cut }
        guard isWait(frame) else { return .goOn }
        waits += 1
        guard kind == .cancelled(at: waits) else { return .goOn }
        note(Seen(what: .text("\(frame.target) is cancelled"), isCut: true))
        return .cancel
    }

    /// Returns whether the connection breaks after this frame.
    private func look(at frame: TappedFrame) -> Bool {
        switch frame.type {
        case .proposeRunCompletion:
            if let id = (try? ProposeRunCompletionMessage(decoding: frame.payload))?.completionID {
                stored.insert(StoredRun(invocation: frame.invocation.text, id: id))
            }
        case .error:
            if let error = try? ErrorMessage(decoding: frame.payload), error.failureCode != 500 {
                violate(
                    frame, "\(frame.target) ends with error \(error.failureCode): \(error.message)")
            }
        default: break
        }
        // After its last message an attempt has no connection to lose. Before the journal is
        // complete the handler has not begun.
        guard !frame.isLastWord, !frame.isFollowed else {
            note(Seen(what: .frame(frame)))
            return false
        }
        return point(.frame(frame))
    }

    private func point(_ what: Seen.What) -> Bool {
        points += 1
        let isLost = kind == .lost(after: points)
        note(Seen(point: points, what: what, isCut: isLost))
        return isLost
    }

    private func note(_ one: Seen) {
        if violations.isEmpty { seen.append(one) }
    }

    private func violate(_ frame: TappedFrame, _ complaint: String) {
        note(Seen(what: .frame(frame)))
        if violations.isEmpty { violations.append(complaint) }
    }

    /// Returns whether the handler may wait after this frame. In the modes that suspend a
    /// suspension shows it; in the others the handler may wait after any message.
    private func isWait(_ frame: TappedFrame) -> Bool {
        let waits =
            suspends
            ? frame.type == .suspension
            : frame.direction == .fromEndpoint && !frame.isLastWord
        return waits && (cancelsCallees || isFromOutside(frame.invocation))
    }

    private func isFromOutside(_ id: InvocationIdentity) -> Bool {
        engine?.runtime.snapshot(id)?.head.value.caller == .ingress
    }

    // MARK: Runs

    func begins(_ run: RehearsedRun) -> Bool {
        if stored.contains(StoredRun(invocation: run.invocation, id: run.id)) {
            violations.append(
                "run \"\(run.name)\" of \(run.service)/\(run.handler) is executed again, although its "
                    + "result is stored")
        }
        return point(
            .text("  \(run.service)/\(run.handler): the closure of \"\(run.name)\" begins"))
    }

    func ends(_ run: RehearsedRun) -> Bool {
        point(
            .text("  \(run.service)/\(run.handler): the closure of \"\(run.name)\" has ended"))
    }
}

extension TappedFrame: CustomStringConvertible {
    /// Whether the attempt is over with this message.
    var isLastWord: Bool {
        type == .suspension || type == .end || type == .error
    }

    var description: String {
        let arrow = direction == .toEndpoint ? "→" : "←"
        return "\(arrow) \(target): \(words)"
    }

    private var words: String {
        switch type?.kind {
        case .command, .notification:
            JournalLine(code: code, payload: payload).description
        case .control, .custom, nil: type.map { "\($0)" } ?? "\(code)"
        }
    }
}

/// Passes each closure of a run to the interference before it begins and after it has ended, on the
/// loop.
final class RunInterference: RunObserver {
    private let loop: EventLoop
    private let interference: LoopBound<Interference>

    init(_ loop: EventLoop, _ interference: LoopBound<Interference>) {
        self.loop = loop
        self.interference = interference
    }

    func observe(
        _ run: RehearsedRun, _ execute: () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        if await isLost(run, { $0.begins(run) }) { throw CancellationError() }
        let outcome: Result<[UInt8], any Error>
        do {
            outcome = .success(
                try await Effects.$isInRun.withValue(true) { try await execute() })
        } catch {
            outcome = .failure(error)
        }
        _ = await isLost(run, { $0.ends(run) })
        return try outcome.get()
    }

    private func isLost(
        _ run: RehearsedRun, _ look: @escaping @Sendable (Interference) -> Bool
    ) async -> Bool {
        await withUnsafeContinuation { continuation in
            loop.execute { [interference] in
                let interference = interference.value
                let isLost = look(interference)
                if isLost { interference.engine?.cut(invocation: run.invocation) }
                continuation.resume(returning: isLost)
            }
        }
    }
}
