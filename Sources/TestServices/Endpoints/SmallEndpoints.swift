import Restate

/// Options that an old server knows too.
enum PlainEndpoint {
    static var endpoint: Endpoint { Endpoint(Described(), DescribedObject()) }
}

private struct Described: Service {
    static let options = ServiceOptions().described

    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let h = handler(Described.nothing)
            .documentation("about the handler").metadata("owner", "handler")
    }
}

private struct DescribedObject: VirtualObject {
    static let options = ServiceOptions().described

    func reads(_ ctx: SharedObjectContext) async throws {}

    struct API: HandlerTable {
        let shared = Restate.shared(DescribedObject.reads).documentation("about the shared one")
    }
}

struct Timeouts: VirtualObject {
    static let options = ServiceOptions().inactivityTimeout(.seconds(1)).lazyState(false)

    func writes(_ ctx: ObjectContext) async throws {}

    struct API: HandlerTable {
        let h = exclusive(Timeouts.writes).abortTimeout(.seconds(2)).ingressPrivate()
    }
}

/// Answers only once it has the whole request.
struct OneAfterTheOther: Service {
    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let h = handler(OneAfterTheOther.nothing)
    }
}
