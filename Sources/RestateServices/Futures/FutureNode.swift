import RestateMachine
import RestateProtocol

/// The state of a future.
enum FutureState {
    case pending, succeeded, failed
}

/// A node of an await tree, without the type of its value.
class AnyFutureNode {
    /// Takes the notifications that have arrived. Once they suffice for an outcome, the node keeps
    /// it.
    func poll(_ invocation: AttemptDriver) -> FutureState {
        preconditionFailure("Every kind of future node says how it is polled")
    }

    /// The notifications that the node still waits for. Valid only while it is pending.
    var tree: AwaitTree {
        preconditionFailure("Every kind of future node says what it waits for")
    }

    /// Throws the error with which this node failed.
    func rethrow() throws {
        preconditionFailure("Every kind of future node says why it failed")
    }
}

/// A node with its value. It keeps the outcome, because the machine gives out a notification only
/// once.
class FutureNode<Value>: AnyFutureNode {
    private var outcome: Result<Value, any Error>?

    /// Returns the outcome, or nil while the children do not determine one.
    func decide(_ invocation: AttemptDriver) -> Result<Value, any Error>? {
        preconditionFailure("Every kind of future node says how it is decided")
    }

    final var isDecided: Bool { outcome != nil }

    override final func poll(_ invocation: AttemptDriver) -> FutureState {
        if outcome == nil { outcome = decide(invocation) }
        switch outcome {
        case nil: return .pending
        case .success: return .succeeded
        case .failure: return .failed
        }
    }

    final func result() throws -> Value {
        guard let outcome else { preconditionFailure("A pending future has no result") }
        return try outcome.get()
    }

    override final func rethrow() throws {
        _ = try result()
    }
}

/// Makes a value from a result. It is told how the handler's values are written, so that a closure
/// need not hold it.
typealias ResultDecoding<Value> = (NotificationResult, ValueCoding?) throws -> Value

/// The node of one notification: the completion of a command, or a signal.
final class LeafNode<Value>: FutureNode<Value> {
    private let id: NotificationID
    private let decode: ResultDecoding<Value>

    init(_ id: NotificationID, _ decode: @escaping ResultDecoding<Value>) {
        self.id = id
        self.decode = decode
    }

    override func decide(_ invocation: AttemptDriver) -> Result<Value, any Error>? {
        guard let result = invocation.machine.take(id) else { return nil }
        return Result { try decode(result, invocation.coding) }
    }

    override var tree: AwaitTree { .leaf(id) }
}

/// The node of a future that failed before anything was awaited.
final class FailedNode<Value>: FutureNode<Value> {
    private let error: any Error

    init(_ error: any Error) {
        self.error = error
    }

    override func decide(_ invocation: AttemptDriver) -> Result<Value, any Error>? {
        .failure(error)
    }
}

/// A node whose value is transformed. Only the program knows the result, so the machine sees the
/// source's tree.
final class MappedNode<Source, Value>: FutureNode<Value> {
    private let source: FutureNode<Source>
    private let transform: (Source) throws -> Value

    init(_ source: FutureNode<Source>, _ transform: @escaping (Source) throws -> Value) {
        self.source = source
        self.transform = transform
    }

    override func decide(_ invocation: AttemptDriver) -> Result<Value, any Error>? {
        guard source.poll(invocation) != .pending else { return nil }
        return Result { try transform(source.result()) }
    }

    override var tree: AwaitTree { .node(.unknown, [source.tree]) }
}

/// A node whose value or terminal error is transformed.
final class ResultMappedNode<Source, Value>: FutureNode<Value> {
    private let source: FutureNode<Source>
    private let transform: (Result<Source, TerminalError>) throws -> Value

    init(
        _ source: FutureNode<Source>,
        _ transform: @escaping (Result<Source, TerminalError>) throws -> Value
    ) {
        self.source = source
        self.transform = transform
    }

    override func decide(_ invocation: AttemptDriver) -> Result<Value, any Error>? {
        guard source.poll(invocation) != .pending else { return nil }
        do {
            let value = try source.result()
            return Result { try transform(.success(value)) }
        } catch let error as TerminalError {
            return Result { try transform(.failure(error)) }
        } catch {
            // An error that ends the attempt is no outcome of the future.
            return .failure(error)
        }
    }

    override var tree: AwaitTree { .node(.unknown, [source.tree]) }
}

/// A node that fails if its timer completes first.
final class TimeLimitedNode<Value>: FutureNode<Value> {
    private let source: FutureNode<Value>
    private let timer: FutureNode<Void>

    init(_ source: FutureNode<Value>, _ timer: FutureNode<Void>) {
        self.source = source
        self.timer = timer
    }

    override func decide(_ invocation: AttemptDriver) -> Result<Value, any Error>? {
        if source.poll(invocation) != .pending { return Result { try source.result() } }
        if timer.poll(invocation) != .pending { return .failure(TerminalError.timeout) }
        return nil
    }

    override var tree: AwaitTree { .node(.unknown, [source.tree, timer.tree]) }
}

/// A node that combines several others by the rule of a combinator.
final class CombinedNode<Value>: FutureNode<Value> {
    private let combinator: Combinator
    private let children: [AnyFutureNode]
    /// Makes the value from the index of the child that decided, if one did.
    private let assemble: (Int?) throws -> Value
    private var waiting: [AnyFutureNode]

    init(
        _ combinator: Combinator, _ children: [AnyFutureNode],
        _ assemble: @escaping (Int?) throws -> Value
    ) {
        self.combinator = combinator
        self.children = children
        self.assemble = assemble
        waiting = children
    }

    override func decide(_ invocation: AttemptDriver) -> Result<Value, any Error>? {
        var pending: [AnyFutureNode] = []
        for child in waiting {
            let state = child.poll(invocation)
            switch (combinator, state) {
            case (_, .pending):
                pending.append(child)
            case (.firstCompleted, _), (.unknown, _),
                (.firstSucceededOrAllFailed, .succeeded),
                (.allSucceededOrFirstFailed, .failed):
                let index = children.firstIndex { $0 === child }
                return Result { try assemble(index) }
            case (.allCompleted, _), (.firstSucceededOrAllFailed, .failed),
                (.allSucceededOrFirstFailed, .succeeded):
                continue
            }
        }
        waiting = pending
        return pending.isEmpty ? Result { try assemble(nil) } : nil
    }

    override var tree: AwaitTree { .node(combinator, waiting.map(\.tree)) }
}
