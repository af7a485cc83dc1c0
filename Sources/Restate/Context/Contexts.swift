import RestateHTTP
import RestateMachine
import RestateProtocol

/// What a handler of a ``Service`` can do durably. The other contexts can do more.
///
/// A context belongs to the handler's task. It is not Sendable, so that using it in a `Task`, an
/// `async let`, a task group or the closure of a run does not compile: what happens there has no
/// order, and a replay needs one. Start futures instead, and combine them.
public class Context {
    let invocation: AttemptDriver
    /// Random numbers that are the same on every replay. Not for the closures of runs.
    ///
    /// ```swift
    /// let dice = Int.random(in: 1...6, using: &ctx.random)
    /// ```
    public var random: DeterministicRandom
    /// The cancellation that was asked for last, until it comes.
    var nextCancellation: FutureNode<Void>?

    /// The box says that this is the one context of the attempt, for the handler's task alone.
    init(_ attempt: LoopBound<AttemptDriver>) {
        invocation = attempt.value
        random = DeterministicRandom(seed: invocation.machine.input.randomSeed)
    }

    /// What the invocation was called with, besides its input.
    public var request: Request { Request(invocation) }
}

@available(*, unavailable)
extension Context: Sendable {}

/// What a shared handler of a ``VirtualObject`` can do: read state, besides all of ``Context``.
public class SharedObjectContext: Context {
    /// The key of the object, or of the workflow.
    public var key: String { invocation.machine.input.key }
}

/// What an exclusive handler of a ``VirtualObject`` can do: write state, besides reading it.
public final class ObjectContext: SharedObjectContext, StateWritingContext {}

/// What a shared handler of a ``Workflow`` can do: read state, use promises.
public class SharedWorkflowContext: SharedObjectContext {}

/// What the run of a ``Workflow`` can do: write state, use promises.
public final class WorkflowContext: SharedWorkflowContext, StateWritingContext {}
