package import RestateProtocol

/// What the program waits for: results, and combinators over them.
///
/// A result can be taken once. A tree must not contain a result that was taken before, because that
/// leaf would never complete.
package enum AwaitTree: Equatable, Sendable {
    /// Servers refuse to suspend on trees that are deeper than 1000, so this limit leaves room for
    /// the levels that the machine adds.
    package static let depthLimit = 900

    case leaf(NotificationID)
    case node(Combinator, [AwaitTree])
}

/// What the driver has to do at an await point.
package enum AwaitAnswer: Equatable, Sendable {
    /// A part of the tree is decided. Take what is ready, and await the rest.
    case completed
    /// Start the closure of this run, then ask again without waiting for it.
    case execute(run: UInt32)
    /// Ask again when more input has come or ended, or when a run has made its proposal.
    case wait(forInput: Bool, forRun: Bool)
    /// The invocation was cancelled, and so were its callees. The await fails; no result was taken.
    case cancelled
}
