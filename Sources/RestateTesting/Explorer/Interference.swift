internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime

/// Counts the points of a performance, disturbs it at one of them, and keeps what was seen.
/// Loop-confined.
final class Interference: FrameTap {
    /// What happened at a point, or between two.
    struct Seen: Sendable {
        enum What: Sendable {
            case frame(TappedFrame)
            case text(String)
        }

        /// Nil for what is no point at which a connection can be lost.
        var point: Int?
        var what: What
        var isCut = false
    }

    private let kind: Cut.Kind
    private let suspends: Bool
    private let cancelsCallees: Bool
    private let engine: LateEngine
    /// Until the first violation: what comes then is only more of it.
    private(set) var seen: [Seen] = []
    /// What no story may do.
    private(set) var violations: [String] = []
    private(set) var points = 0
    private(set) var waits = 0
    private var stored: Set<StoredRun> = []

    private struct StoredRun: Hashable {
        var invocation: String
        var id: UInt32
    }

    init(_ cut: Cut, cancelsCallees: Bool, _ engine: LateEngine) {
        kind = cut.kind
        self.cancelsCallees = cancelsCallees
        self.engine = engine
        suspends = cut.mode.alwaysSuspend
    }

    func began(_ request: AttemptRequest) {}

    func passed(_ frame: TappedFrame) -> TapDecision {
        let isLost = look(at: frame)
        if isLost { return .cut }
        guard isWait(frame) else { return .goOn }
        waits += 1
        guard kind == .cancelled(at: waits) else { return .goOn }
        note(Seen(what: .text("\(frame.target) is cancelled"), isCut: true))
        return .cancel
    }

    /// Whether the connection is lost behind this frame.
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
        // After its last word there is no attempt to lose, and before the journal is complete the
        // handler has not begun.
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

    /// In the modes that suspend a wait is seen; in the others it may be behind each message.
    private func isWait(_ frame: TappedFrame) -> Bool {
        let waits =
            suspends
            ? frame.type == .suspension
            : frame.direction == .fromEndpoint && !frame.isLastWord
        return waits && (cancelsCallees || isFromOutside(frame.invocation))
    }

    private func isFromOutside(_ id: InvocationIdentity) -> Bool {
        engine.engine?.runtime.snapshot(id)?.head.value.caller == .ingress
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
    /// With it the attempt is over.
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

/// Has the interference look at each closure before it begins and when it has ended, on its loop.
final class RunInterference: RunObserver {
    private let loop: EventLoop
    private let interference: LoopBound<Interference>
    private let engine: LateEngine

    init(_ loop: EventLoop, _ interference: LoopBound<Interference>, _ engine: LateEngine) {
        self.loop = loop
        self.interference = interference
        self.engine = engine
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
            loop.execute { [interference, engine] in
                let isLost = look(interference.value)
                if isLost { engine.engine?.cut(invocation: run.invocation) }
                continuation.resume(returning: isLost)
            }
        }
    }
}

/// The engine, which is made after its world. Touched on its loop, and before that starts.
final class LateEngine: @unchecked Sendable {
    weak var engine: TestEngine?
}
