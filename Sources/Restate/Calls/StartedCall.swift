import RestateMachine
import RestateProtocol

/// A call that was started: the future of its result, and the invocation's id.
public final class StartedCall<Output>: DurableFuture<Output> {
    private let id: FutureNode<String>

    init(
        _ node: FutureNode<Output>, id: UInt32, _ invocation: AttemptDriver, _ site: CallSite
    ) {
        self.id = invocationIDNode(id)
        super.init(node, invocation, site)
    }

    /// The id of the invocation that was started, as soon as the server says it.
    public nonisolated(nonsending) var invocationID: InvocationID<Output> {
        get async throws {
            InvocationID(try await DurableFuture<String>(id, invocation, site).value)
        }
    }
}

/// A one-way call that was sent: its invocation's id.
public struct SentCall<Output> {
    private let id: SentID

    init(_ id: UInt32, _ invocation: AttemptDriver, _ site: CallSite) {
        self.id = SentID(id, invocation, site)
    }

    /// The id of the invocation that was started, as soon as the server says it.
    public nonisolated(nonsending) var invocationID: InvocationID<Output> {
        get async throws { InvocationID(try await id.future.value) }
    }
}

/// The future of the id of a one-way call, made when somebody asks: few do.
private final class SentID {
    private let id: UInt32
    private let invocation: AttemptDriver
    private let site: CallSite
    // One for all who ask, because a result can be taken only once.
    private(set) lazy var future = DurableFuture(invocationIDNode(id), invocation, site)

    init(_ id: UInt32, _ invocation: AttemptDriver, _ site: CallSite) {
        self.id = id
        self.invocation = invocation
        self.site = site
    }
}

func invocationIDNode(_ id: UInt32) -> FutureNode<String> {
    LeafNode(.completion(id)) { result in
        switch result {
        case .invocationID(let id): return id
        case .failure(let failure): throw TerminalError(failure)
        case .void, .value, .stateKeys:
            throw UnexpectedResult(of: "the invocation id of a call", result)
        }
    }
}
