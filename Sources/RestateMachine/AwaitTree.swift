package import RestateProtocol

/// What the program waits for: results, and combinators over them.
///
/// A result that was taken is gone: leave it out of the next tree, or that leaf never completes.
package enum AwaitTree: Equatable, Sendable {
    /// Servers refuse to suspend on trees that are deeper than 1000.
    package static let depthLimit = 900

    case leaf(NotificationID)
    case node(Combinator, [AwaitTree])
}

/// What to do at an await point.
package enum AwaitAnswer: Equatable, Sendable {
    /// Some part of the tree is decided. Take what is ready, and await what is left.
    case completed
    /// Start the closure of this run, then ask again. Do not wait for it.
    case execute(run: UInt32)
    /// Ask again when more input has come or ended, or a run has made its proposal.
    case wait(forInput: Bool, forRun: Bool)
    /// The invocation is cancelled, its callees are told. The await fails; nothing was taken.
    case cancelled
}
