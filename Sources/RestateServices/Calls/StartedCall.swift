import RestateMachine
import RestateProtocol

/// A started call is the future of its result, and also gives the id of the callee's invocation.
public final class StartedCall<Output>: DurableFuture<Output> {
    private let id: FutureNode<String>

    init(
        _ node: FutureNode<Output>, id: UInt32, _ invocation: AttemptDriver, _ site: CallSite
    ) {
        self.id = invocationIDNode(id)
        super.init(node, invocation, site)
    }

    /// Waits until the server has sent the id of the callee's invocation, and returns it.
    public nonisolated(nonsending) var invocationID: InvocationID<Output> {
        get async throws {
            InvocationID(try await DurableFuture<String>(id, invocation, site).value)
        }
    }
}

/// A one-way call that was sent. It gives the id of its invocation.
public struct SentCall<Output> {
    private let id: SentID

    init(_ id: UInt32, _ invocation: AttemptDriver, _ site: CallSite) {
        self.id = SentID(id, invocation, site)
    }

    /// The id of the invocation that was started. It waits until the server has sent the id.
    public nonisolated(nonsending) var invocationID: InvocationID<Output> {
        get async throws { InvocationID(try await id.future.value) }
    }
}

/// The future of the id of a one-way call. It is made lazily, because few callers ask for the id.
private final class SentID {
    private let id: UInt32
    private let invocation: AttemptDriver
    private let site: CallSite
    // Shared by all readers, because the machine gives out a result only once.
    private(set) lazy var future = DurableFuture(invocationIDNode(id), invocation, site)

    init(_ id: UInt32, _ invocation: AttemptDriver, _ site: CallSite) {
        self.id = id
        self.invocation = invocation
        self.site = site
    }
}

func invocationIDNode(_ id: UInt32) -> FutureNode<String> {
    LeafNode(.completion(id)) { result, _ in
        switch result {
        case .invocationID(let id): return id
        case .failure(let failure): throw TerminalError(failure)
        case .void, .value, .stateKeys:
            throw UnexpectedResult(of: "the invocation id of a call", result)
        }
    }
}
