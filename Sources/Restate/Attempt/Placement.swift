import RestateHTTP
import RestateProtocol

/// Decides where an attempt runs: on its connection's loop, or elsewhere.
///
/// A server has one connection for all attempts of a deployment. What computes on its loop holds up
/// everything else of it, the health check included. So attempts stay there, without a hop, only if
/// their handler is known to be quick.
package struct Placement: Sendable {
    package enum Rule: Sendable {
        /// A handler that holds its thread for longer than `computing` is kept off the loops.
        case adaptive(computing: Duration = Placement.computing)
        /// For tests, and for measuring what a hop costs.
        case elsewhere
    }

    /// A handler that holds its thread for longer is kept off the loops. Ten such calls are what a
    /// health check can well wait for; a hop costs a fiftieth of it.
    package static let computing: Duration = .milliseconds(1)
    /// A handler that holds its thread for that long is worth a hop, if others wait and a core is free.
    static let worthAHop: Duration = .microseconds(100)
    /// A loop whose turn has lasted for longer makes others wait.
    static let longTurn: Duration = .milliseconds(1)

    let workers: WorkerPool
    private let rule: Rule
    /// With one loop, one core is meant: only what computes leaves it.
    private let spreads: Bool

    package init(loops: Int, _ rule: Rule = .adaptive()) {
        workers = WorkerPool(width: loops)
        self.rule = rule
        spreads = loops > 1
    }

    /// Begins an attempt, on `loop`, which the stream belongs to.
    func begin(
        _ handler: ServedHandler, _ version: ProtocolVersion, _ stream: any RelayableStream,
        on loop: EventLoop, _ attempts: LoopAttempts? = nil
    ) -> Task<Void, Never> {
        guard goesElsewhere(handler, loop) else {
            let invocation = LoopBound(
                AttemptDriver(handler, version, stream, loop, attempts), on: loop)
            return Task(executorPreference: loop) { await invocation.value.serve() }
        }
        let strand = Strand(workers, home: loop)
        let relayed = StreamRelay.begin(stream, on: loop, to: strand)
        let invocation = LoopBound(
            AttemptDriver(handler, version, relayed, strand, attempts), on: strand)
        return Task(executorPreference: strand) { await invocation.value.serve() }
    }

    private func goesElsewhere(_ handler: ServedHandler, _ loop: EventLoop) -> Bool {
        guard case .adaptive(let computing) = rule, let hold = handler.pace.hold, hold < computing
        else { return true }
        return spreads && hold >= Self.worthAHop && loop.turnHasLasted > Self.longTurn
            && workers.hasRoom
    }
}
