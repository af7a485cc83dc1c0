// Overloads for methods that cannot be listed in a handler table. Each is unavailable, with a
// message that says why. The compiler chooses one only if none of the valid functions fits.

/// The result of those overloads.
public struct RefusedHandler: Sendable {}

// MARK: Handler

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func handler<S: Service, I, O>(
    _ method: @escaping @Sendable (S) -> (Context, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func handler<S: Service, O>(
    _ method: @escaping @Sendable (S) -> (Context) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'handler' lists a Service's methods, which take a Context; an object's are listed by 'exclusive' or 'shared', a workflow's by 'workflow' or 'shared'"
)
public func handler<S: RestateService, C: Context, I, O>(
    _ method: @escaping @Sendable (S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'handler' lists a Service's methods, which take a Context; an object's are listed by 'exclusive' or 'shared', a workflow's by 'workflow' or 'shared'"
)
public func handler<S: RestateService, C: Context, O>(
    _ method: @escaping @Sendable (S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message: "a handler takes its context and at most one input: put several into a struct"
)
public func handler<S: RestateService, C: Context, I, J, each K, O>(
    _ method: @escaping @Sendable (S) -> (C, I, J, repeat each K) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func handler<S: Actor, C: Context, I, O>(
    _ method: @escaping @Sendable (isolated S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func handler<S: Actor, C: Context, O>(
    _ method: @escaping @Sendable (isolated S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }

// MARK: Exclusive

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func exclusive<S: VirtualObject, I, O>(
    _ method: @escaping @Sendable (S) -> (ObjectContext, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func exclusive<S: VirtualObject, O>(
    _ method: @escaping @Sendable (S) -> (ObjectContext) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'exclusive' lists a VirtualObject's methods, which take an ObjectContext; those of a Workflow are listed by 'workflow' or 'shared', those of a Service by 'handler'"
)
public func exclusive<S: RestateService, C: Context, I, O>(
    _ method: @escaping @Sendable (S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'exclusive' lists a VirtualObject's methods, which take an ObjectContext; those of a Workflow are listed by 'workflow' or 'shared', those of a Service by 'handler'"
)
public func exclusive<S: RestateService, C: Context, O>(
    _ method: @escaping @Sendable (S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message: "a handler takes its context and at most one input: put several into a struct"
)
public func exclusive<S: RestateService, C: Context, I, J, each K, O>(
    _ method: @escaping @Sendable (S) -> (C, I, J, repeat each K) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func exclusive<S: Actor, C: Context, I, O>(
    _ method: @escaping @Sendable (isolated S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func exclusive<S: Actor, C: Context, O>(
    _ method: @escaping @Sendable (isolated S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }

// MARK: Shared

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func shared<S: VirtualObject, I, O>(
    _ method: @escaping @Sendable (S) -> (SharedObjectContext, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func shared<S: VirtualObject, O>(
    _ method: @escaping @Sendable (S) -> (SharedObjectContext) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func shared<S: Workflow, I, O>(
    _ method: @escaping @Sendable (S) -> (SharedWorkflowContext, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func shared<S: Workflow, O>(
    _ method: @escaping @Sendable (S) -> (SharedWorkflowContext) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'shared' lists methods that take a SharedObjectContext or a SharedWorkflowContext; with an ObjectContext it is 'exclusive', with a WorkflowContext 'workflow', with a Context of a Service 'handler'"
)
public func shared<S: RestateService, C: Context, I, O>(
    _ method: @escaping @Sendable (S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'shared' lists methods that take a SharedObjectContext or a SharedWorkflowContext; with an ObjectContext it is 'exclusive', with a WorkflowContext 'workflow', with a Context of a Service 'handler'"
)
public func shared<S: RestateService, C: Context, O>(
    _ method: @escaping @Sendable (S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message: "a handler takes its context and at most one input: put several into a struct"
)
public func shared<S: RestateService, C: Context, I, J, each K, O>(
    _ method: @escaping @Sendable (S) -> (C, I, J, repeat each K) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func shared<S: Actor, C: Context, I, O>(
    _ method: @escaping @Sendable (isolated S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func shared<S: Actor, C: Context, O>(
    _ method: @escaping @Sendable (isolated S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }

// MARK: Workflow

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func workflow<S: Workflow, I, O>(
    _ method: @escaping @Sendable (S) -> (WorkflowContext, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable, message: "the input and the output of a handler must be Codable and Sendable"
)
public func workflow<S: Workflow, O>(
    _ method: @escaping @Sendable (S) -> (WorkflowContext) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'workflow' lists a Workflow's run, which takes a WorkflowContext; its other methods are listed by 'shared', those of a VirtualObject by 'exclusive' or 'shared', those of a Service by 'handler'"
)
public func workflow<S: RestateService, C: Context, I, O>(
    _ method: @escaping @Sendable (S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "'workflow' lists a Workflow's run, which takes a WorkflowContext; its other methods are listed by 'shared', those of a VirtualObject by 'exclusive' or 'shared', those of a Service by 'handler'"
)
public func workflow<S: RestateService, C: Context, O>(
    _ method: @escaping @Sendable (S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message: "a handler takes its context and at most one input: put several into a struct"
)
public func workflow<S: RestateService, C: Context, I, J, each K, O>(
    _ method: @escaping @Sendable (S) -> (C, I, J, repeat each K) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func workflow<S: Actor, C: Context, I, O>(
    _ method: @escaping @Sendable (isolated S) -> (C, I) async throws -> O
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable,
    message:
        "a service is a struct and no actor; what must run one at a time is an exclusive handler of a VirtualObject"
)
public func workflow<S: Actor, C: Context, O>(
    _ method: @escaping @Sendable (isolated S) -> (C) async throws -> O
) -> RefusedHandler { RefusedHandler() }
