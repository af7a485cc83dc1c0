import CanonicalJSON
import Restate

/// Each option, on handlers and on services of each kind.
enum OptionsEndpoint {
    static var endpoint: Endpoint {
        Endpoint(
            OnHandler(), OnObjectHandler(), OnWorkflowHandler(), OnService(), OnObject(),
            OnWorkflow(), OnBoth(), Single(), Contents(), ServiceSerde())
    }
}

/// All options that a service can have.
let allOnService = ServiceOptions()
    .inactivityTimeout(.seconds(21)).abortTimeout(.seconds(62))
    .journalRetention(.seconds(86_400)).idempotencyRetention(.seconds(7200)).ingressPrivate()
    .retryPolicy(policyOfService)

let policyOfService = InvocationRetryPolicy(
    initialInterval: .milliseconds(200), maxInterval: .seconds(30), factor: 2, maxAttempts: 9,
    onMaxAttempts: .pause)

extension ServiceOptions {
    var described: ServiceOptions {
        documentation("about the service").metadata("owner", "service").metadata("team", "a")
    }
}

extension Handler {
    /// All options that every handler can have.
    fileprivate var withAll: Handler {
        documentation("about the handler").metadata("owner", "handler")
            .inactivityTimeout(.seconds(11)).abortTimeout(.seconds(12))
            .journalRetention(.seconds(13)).ingressPrivate()
            .retryPolicy(
                InvocationRetryPolicy(
                    initialInterval: .milliseconds(100), maxInterval: .seconds(5), factor: 1.5,
                    maxAttempts: 7, onMaxAttempts: .kill))
    }
}

private struct OnHandler: Service {
    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let h = handler(OnHandler.nothing).withAll.idempotencyRetention(.seconds(14))
        let bare = handler(OnHandler.nothing)
    }
}

private struct OnObjectHandler: VirtualObject {
    func writes(_ ctx: ObjectContext) async throws {}
    func reads(_ ctx: SharedObjectContext) async throws {}

    struct API: HandlerTable {
        let exclusive = Restate.exclusive(OnObjectHandler.writes).withAll
            .idempotencyRetention(.seconds(14)).lazyState()
        let shared = Restate.shared(OnObjectHandler.reads).withAll
            .idempotencyRetention(.seconds(14)).lazyState(false)
    }
}

private struct OnWorkflowHandler: Workflow {
    func once(_ ctx: WorkflowContext) async throws {}
    func beside(_ ctx: SharedWorkflowContext) async throws {}

    struct API: HandlerTable {
        let run = workflow(OnWorkflowHandler.once).withAll.lazyState()
        let shared = Restate.shared(OnWorkflowHandler.beside).withAll
            .idempotencyRetention(.seconds(14))
    }
}

private struct OnService: Service {
    static let options = allOnService.described

    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let h = handler(OnService.nothing)
    }
}

private struct OnObject: VirtualObject {
    static let options = allOnService.described.lazyState()

    func writes(_ ctx: ObjectContext) async throws {}
    func reads(_ ctx: SharedObjectContext) async throws {}

    struct API: HandlerTable {
        let exclusive = Restate.exclusive(OnObject.writes)
        let shared = Restate.shared(OnObject.reads)
    }
}

private struct OnWorkflow: Workflow {
    static let options = allOnService.described.lazyState().workflowRetention(.seconds(3 * 86_400))

    func once(_ ctx: WorkflowContext) async throws {}
    func beside(_ ctx: SharedWorkflowContext) async throws {}

    struct API: HandlerTable {
        let run = workflow(OnWorkflow.once)
        let shared = Restate.shared(OnWorkflow.beside)
    }
}

/// A public handler in a private service is refused at start, so this one says nothing of that.
private struct OnBoth: Service {
    static let options = allOnService.described

    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let h = handler(OnBoth.nothing)
            .documentation("about the handler").metadata("owner", "handler")
            .inactivityTimeout(.seconds(11)).abortTimeout(.seconds(12))
            .journalRetention(.seconds(13)).idempotencyRetention(.zero)
            .retryPolicy(
                InvocationRetryPolicy(
                    initialInterval: .milliseconds(100), maxInterval: .seconds(5), factor: 1.5,
                    maxAttempts: 7, onMaxAttempts: .kill))
    }
}

private struct Single: Service {
    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let attempts = handler(Single.nothing).retryPolicy(InvocationRetryPolicy(maxAttempts: 3))
        let pauses = handler(Single.nothing)
            .retryPolicy(InvocationRetryPolicy(onMaxAttempts: .pause))
        let factor = handler(Single.nothing).retryPolicy(InvocationRetryPolicy(factor: 1))
        let interval = handler(Single.nothing)
            .retryPolicy(InvocationRetryPolicy(initialInterval: .milliseconds(1)))
        let noRetention = handler(Single.nothing)
            .journalRetention(.zero).idempotencyRetention(.zero)
    }
}

private struct Contents: Service {
    func json(_ ctx: Context, input: JSONValue?) async throws -> JSONValue? { input }
    func bytes(_ ctx: Context, input: [UInt8]) async throws -> [UInt8] { input }
    func text(_ ctx: Context, input: String) async throws -> String { input }
    func takesBytes(_ ctx: Context, input: [UInt8]) async throws -> JSONValue? { nil }
    func nothing(_ ctx: Context) async throws {}
    func givesBytes(_ ctx: Context) async throws -> [UInt8] { [] }
    func givesJSON(_ ctx: Context) async throws -> JSONValue? { nil }

    struct API: HandlerTable {
        let json = handler(Contents.json)
        let bytes = handler(Contents.bytes).rawInput(contentType: "application/octet-stream")
            .rawOutput()
        let text = handler(Contents.text).inputFormat(.text).outputFormat(.text)
        let accepts = handler(Contents.takesBytes).rawInput(contentType: "application/*")
        let acceptsJSON = handler(Contents.json).inputFormat(.json(contentType: "text/json"))
        let void = handler(Contents.nothing)
        let ifEmpty = handler(Contents.givesBytes).rawOutput().contentTypeIfEmpty()
        let ifEmptyJSON = handler(Contents.givesJSON).contentTypeIfEmpty()
        let handlerSerde = handler(Contents.text).format(.text)
    }
}

/// Text for all that goes in and out, where nothing else is said.
private struct ServiceSerde: Service {
    static let options = ServiceOptions().format(.text)

    func h(_ ctx: Context, input: String) async throws -> String { input }
    func other(_ ctx: Context, input: String) async throws -> JSONValue? { nil }

    struct API: HandlerTable {
        let h = handler(ServiceSerde.h)
        let other = handler(ServiceSerde.other).outputFormat(.json)
    }
}
