import Restate

/// Options of an endpoint, for services of each kind.
enum DefaultsEndpoint {
    static var endpoint: Endpoint {
        Endpoint(Defaulted(), Overrides(), DefaultedObject(), DefaultedWorkflow())
            .defaults(
                ServiceOptions()
                    .inactivityTimeout(.seconds(21)).abortTimeout(.seconds(62))
                    .journalRetention(.seconds(86_400)).ingressPrivate().lazyState()
                    .workflowRetention(.seconds(2 * 86_400)).retryPolicy(policyOfService))
    }
}

private struct Defaulted: Service {
    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let h = handler(Defaulted.nothing)
    }
}

private struct Overrides: Service {
    static let options = ServiceOptions().inactivityTimeout(.seconds(5))
        .retryPolicy(InvocationRetryPolicy(maxAttempts: 2))

    func nothing(_ ctx: Context) async throws {}

    struct API: HandlerTable {
        let h = handler(Overrides.nothing).abortTimeout(.seconds(6))
    }
}

private struct DefaultedObject: VirtualObject {
    func writes(_ ctx: ObjectContext) async throws {}

    struct API: HandlerTable {
        let h = exclusive(DefaultedObject.writes)
    }
}

private struct DefaultedWorkflow: Workflow {
    func once(_ ctx: WorkflowContext) async throws {}
    func beside(_ ctx: SharedWorkflowContext) async throws {}

    struct API: HandlerTable {
        let run = workflow(DefaultedWorkflow.once)
        let shared = Restate.shared(DefaultedWorkflow.beside)
    }
}
