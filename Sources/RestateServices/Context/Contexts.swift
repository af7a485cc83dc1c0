import Primitives
import RestateMachine
import RestateProtocol

/// Gives a handler of a ``Service`` its durable operations. The contexts of objects and workflows
/// add to them.
///
/// A context belongs to the handler's task. It is not Sendable, so using it in a `Task`, an
/// `async let`, a task group or the closure of a run does not compile. Operations there would have no
/// defined order, and a replay needs the same order each time. Start futures instead, and combine
/// them.
public class Context {
    let invocation: AttemptDriver
    /// A generator whose numbers are the same on every replay. Closures of runs cannot use it.
    ///
    /// ```swift
    /// let dice = Int.random(in: 1...6, using: &ctx.random)
    /// ```
    public var random: DeterministicRandom
    /// The future of the next cancellation, which all readers share until it completes.
    var nextCancellation: FutureNode<Void>?

    /// The `LoopBound` ensures that the context is made on the attempt's loop, once for each
    /// attempt.
    init(_ attempt: LoopBound<AttemptDriver>) {
        invocation = attempt.value
        random = DeterministicRandom(seed: invocation.machine.input.randomSeed)
    }

    /// The request that started the invocation: its id, its headers, the bytes of its input.
    public var request: Request { Request(invocation) }
}

@available(*, unavailable)
extension Context: Sendable {}

/// Gives a shared handler of a ``VirtualObject`` its operations: those of ``Context``, and reading
/// state.
public class SharedObjectContext: Context {
    /// The key of the object or the workflow.
    public var key: String { invocation.machine.input.key }
}

/// Gives an exclusive handler of a ``VirtualObject`` its operations: reading and writing state.
public final class ObjectContext: SharedObjectContext, StateWritingContext {}

/// Gives a shared handler of a ``Workflow`` its operations: reading state, and promises.
public class SharedWorkflowContext: SharedObjectContext {}

/// Gives the run of a ``Workflow`` its operations: reading and writing state, and promises.
public final class WorkflowContext: SharedWorkflowContext, StateWritingContext {}
