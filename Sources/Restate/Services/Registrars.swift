// The functions that make the entries of a handler table. Each comes in four shapes: with and
// without an input, with and without an output.
//
// The places are how a table finds out that swiftc took two closures of one statement for one; see
// ``HandlerPlace``.

/// A handler of a ``Service``.
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

/// A handler of a ``Service``.
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

/// A handler of a ``Service``.
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

/// A handler of a ``Service``.
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

/// A handler of a ``VirtualObject`` that may write state: one at a time per key.
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

/// A handler of a ``VirtualObject`` that may write state: one at a time per key.
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

/// A handler of a ``VirtualObject`` that may write state: one at a time per key.
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

/// A handler of a ``VirtualObject`` that may write state: one at a time per key.
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

/// A handler of a ``VirtualObject`` that only reads, beside the exclusive ones.
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

/// A handler of a ``VirtualObject`` that only reads, beside the exclusive ones.
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

/// A handler of a ``VirtualObject`` that only reads, beside the exclusive ones.
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

/// A handler of a ``VirtualObject`` that only reads, beside the exclusive ones.
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

/// A handler of a ``Workflow`` that talks to its run, while that runs and after.
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

/// A handler of a ``Workflow`` that talks to its run, while that runs and after.
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

/// A handler of a ``Workflow`` that talks to its run, while that runs and after.
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

/// A handler of a ``Workflow`` that talks to its run, while that runs and after.
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

/// The handler of a ``Workflow`` that runs once per key. Its property is named `run`.
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

/// The handler of a ``Workflow`` that runs once per key. Its property is named `run`.
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

/// The handler of a ``Workflow`` that runs once per key. Its property is named `run`.
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

/// The handler of a ``Workflow`` that runs once per key. Its property is named `run`.
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
