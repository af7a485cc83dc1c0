import RestateHTTP
import RestateJournals

/// Stands in for the outside world while a recorded journal is replayed: it executes no run.
final class ReplayRehearsal: Rehearsal {
    var now: Int64 { millisecondsSince1970() }
    var runs: (any RunThreads)? { nil }

    func execute(
        _ run: RehearsedRun, _ format: Format?, _ closure: @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        throw InjectedFailure(NotReplayed(), isCounted: false)
    }

    func unreadableInput(_ reason: String) -> (any Error)? { UnreadableInput(reason: reason) }

    private struct NotReplayed: Error, CustomStringConvertible {
        var description: String { "The journal has no result for it, and \(ReplayMark.sentence)." }
    }
}

/// The error of a replay whose input today's program cannot read.
struct UnreadableInput: Error, CustomStringConvertible {
    let reason: String
    var description: String { "\(ReplayMark.unreadableInput): \(reason)" }
}

extension Endpoint {
    /// The endpoint as it replays recorded journals: nothing of it is counted, logged or recorded.
    var replaying: Endpoint {
        with {
            $0.rehearsal = ReplayRehearsal()
            $0.metrics = []
            $0.recording = nil
            $0.logger = SilentLogger()
        }
    }

    /// The same endpoint without request identity, for requests that a test makes.
    package var unguarded: Endpoint { with { $0.identityKeys = nil } }
}
