import Primitives
import RestateHTTP
import RestateProtocol

/// Decides where an attempt runs: on its connection's loop or on a worker thread.
///
/// A server uses one connection for all attempts of a deployment. A handler that computes on the
/// connection's loop delays all of them, and the health check. So only handlers that are known to
/// be quick run on the loop, where they need no thread hop.
package struct Placement: Sendable {
    package enum Rule: Sendable {
        /// Keeps a handler off the loops if it holds its thread for longer than `computing`.
        case adaptive(computing: Duration = Placement.computing)
        /// Runs every attempt on a worker, for tests and to measure what a hop costs.
        case elsewhere
    }

    /// The default limit for handlers on the loops. A hop costs a fiftieth of it, and ten calls of
    /// this length in a row delay a health check by no more than 10 ms.
    package static let computing: Duration = .milliseconds(1)
    /// The shortest computation that is worth a hop if other work waits and a core is free.
    static let worthAHop: Duration = .microseconds(100)

    let workers: WorkerPool
    private let rule: Rule
    /// False with one loop: the user asked for one core, so only handlers that compute leave the
    /// loop.
    private let spreads: Bool

    package init(loops: Int, _ rule: Rule = .adaptive()) {
        workers = WorkerPool(width: loops)
        self.rule = rule
        spreads = loops > 1
    }

    /// Begins an attempt. The stream belongs to `loop`.
    func begin(
        _ handler: ServedHandler, _ version: ProtocolVersion, _ stream: any RelayableStream,
        on loop: EventLoop
    ) -> Task<Void, Never> {
        guard goesElsewhere(handler, loop) else {
            return AttemptDriver.begin(handler, version, stream, on: loop, began: loop.now)
        }
        let strand = Strand(workers, home: loop)
        let relayed = StreamRelay.begin(stream, on: loop, to: strand)
        return AttemptDriver.begin(handler, version, relayed, on: strand, began: loop.now)
    }

    private func goesElsewhere(_ handler: ServedHandler, _ loop: EventLoop) -> Bool {
        guard case .adaptive(let computing) = rule, let hold = handler.pace.hold, hold < computing
        else { return true }
        return spreads && hold >= Self.worthAHop && loop.turnHasLasted > EventLoop.longTurn
            && workers.hasRoom
    }
}
