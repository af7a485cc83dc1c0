// These functions make the entries of a handler table. Each has four overloads: with and without an
// input, with and without an output.
//
// The parameters for places serve to detect a compiler bug; see ``HandlerPlace``.

/// Lists a handler of a ``Service``.
public func handler<S: Service, I: Codable & Sendable, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (Context, I) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, O> {
    Handler(
        .service, input: .json(), output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(Context(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``Service``.
public func handler<S: Service, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (Context) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, O> {
    Handler(
        .service, input: .void, output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(Context(attempt)))
        }
    }
}

/// Lists a handler of a ``Service``.
public func handler<S: Service, I: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (Context, I) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, Void> {
    Handler(
        .service, input: .json(), output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(Context(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``Service``.
public func handler<S: Service>(
    _ method: @escaping @Sendable (S) -> (Context) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, Void> {
    Handler(
        .service, input: .void, output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(Context(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that can write state. One at a time runs for each key.
public func exclusive<S: VirtualObject, I: Codable & Sendable, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (ObjectContext, I) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, O> {
    Handler(
        .exclusive, input: .json(), output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(ObjectContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that can write state. One at a time runs for each key.
public func exclusive<S: VirtualObject, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (ObjectContext) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, O> {
    Handler(
        .exclusive, input: .void, output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(ObjectContext(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that can write state. One at a time runs for each key.
public func exclusive<S: VirtualObject, I: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (ObjectContext, I) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, Void> {
    Handler(
        .exclusive, input: .json(), output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(ObjectContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that can write state. One at a time runs for each key.
public func exclusive<S: VirtualObject>(
    _ method: @escaping @Sendable (S) -> (ObjectContext) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, Void> {
    Handler(
        .exclusive, input: .void, output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(ObjectContext(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that only reads state, concurrently with exclusive ones.
public func shared<S: VirtualObject, I: Codable & Sendable, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (SharedObjectContext, I) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, O> {
    Handler(
        .shared, input: .json(), output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(SharedObjectContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that only reads state, concurrently with exclusive ones.
public func shared<S: VirtualObject, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (SharedObjectContext) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, O> {
    Handler(
        .shared, input: .void, output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(SharedObjectContext(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that only reads state, concurrently with exclusive ones.
public func shared<S: VirtualObject, I: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (SharedObjectContext, I) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, Void> {
    Handler(
        .shared, input: .json(), output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(SharedObjectContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``VirtualObject`` that only reads state, concurrently with exclusive ones.
public func shared<S: VirtualObject>(
    _ method: @escaping @Sendable (S) -> (SharedObjectContext) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, Void> {
    Handler(
        .shared, input: .void, output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(SharedObjectContext(attempt)))
        }
    }
}

/// Lists a handler of a ``Workflow`` that can be called while the run is active and afterwards.
public func shared<S: Workflow, I: Codable & Sendable, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (SharedWorkflowContext, I) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, O> {
    Handler(
        .shared, input: .json(), output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(SharedWorkflowContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``Workflow`` that can be called while the run is active and afterwards.
public func shared<S: Workflow, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (SharedWorkflowContext) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, O> {
    Handler(
        .shared, input: .void, output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(SharedWorkflowContext(attempt)))
        }
    }
}

/// Lists a handler of a ``Workflow`` that can be called while the run is active and afterwards.
public func shared<S: Workflow, I: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (SharedWorkflowContext, I) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, Void> {
    Handler(
        .shared, input: .json(), output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(SharedWorkflowContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists a handler of a ``Workflow`` that can be called while the run is active and afterwards.
public func shared<S: Workflow>(
    _ method: @escaping @Sendable (S) -> (SharedWorkflowContext) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, Void> {
    Handler(
        .shared, input: .void, output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(SharedWorkflowContext(attempt)))
        }
    }
}

/// Lists the handler of a ``Workflow`` that runs once per key. Its property must be named `run`.
public func workflow<S: Workflow, I: Codable & Sendable, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (WorkflowContext, I) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, O> {
    Handler(
        .workflow, input: .json(), output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(WorkflowContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists the handler of a ``Workflow`` that runs once per key. Its property must be named `run`.
public func workflow<S: Workflow, O: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (WorkflowContext) async throws -> O,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, O> {
    Handler(
        .workflow, input: .void, output: .json(),
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(WorkflowContext(attempt)))
        }
    }
}

/// Lists the handler of a ``Workflow`` that runs once per key. Its property must be named `run`.
public func workflow<S: Workflow, I: Codable & Sendable>(
    _ method: @escaping @Sendable (S) -> (WorkflowContext, I) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, I, Void> {
    Handler(
        .workflow, input: .json(), output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(
                await method(service)(WorkflowContext(attempt), try entry.decode(attempt)))
        }
    }
}

/// Lists the handler of a ``Workflow`` that runs once per key. Its property must be named `run`.
public func workflow<S: Workflow>(
    _ method: @escaping @Sendable (S) -> (WorkflowContext) async throws -> Void,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column,
    lineInClosure: @autoclosure () -> UInt = #line,
    columnInClosure: @autoclosure () -> UInt = #column
) -> Handler<S, Void, Void> {
    Handler(
        .workflow, input: .void, output: .void,
        place: HandlerPlace(fileID, line, column, lineInClosure(), columnInClosure())
    ) { service, entry in
        { attempt in
            try entry.encode(await method(service)(WorkflowContext(attempt)))
        }
    }
}
