import RestateProtocol

/// An entry of a handler table without a method: a handler that another program serves.
///
/// Made by ``remote(_:_:returning:fileID:line:column:)``. Callers use it like any other entry; an
/// endpoint that is given the service refuses to start.
public final class RemoteHandler<Input: Sendable, Output: Sendable>: Sendable {
    let input: PayloadCodec<Input>
    let output: PayloadCodec<Output>
    let name: String
    let place: HandlerPlace

    init(
        _ name: String, _ input: PayloadCodec<Input>, _ output: PayloadCodec<Output>,
        _ place: HandlerPlace
    ) {
        self.name = name
        self.input = input
        self.output = output
        self.place = place
    }
}

/// An entry without a method, without its types.
protocol AnyRemoteHandler: AnyHandler {
    /// The name on the wire.
    var name: String { get }
}

extension RemoteHandler: AnyRemoteHandler {
    var kind: HandlerKind { .service }
    var options: HandlerOptions { HandlerOptions() }
    var inputDescription: PayloadDescription { input.description }
    var outputDescription: PayloadDescription { output.description }

    func serve(_ service: any RestateService) -> ServedHandler.Body? { nil }
}

extension RemoteHandler where Input == [UInt8] {
    /// The input is the body as it is, instead of a JSON list.
    public func rawInput(contentType: String = "*/*") -> RemoteHandler {
        RemoteHandler(name, .raw(contentType: contentType), output, place)
    }
}

extension RemoteHandler where Output == [UInt8] {
    /// The output is the body as it is, instead of a JSON list.
    public func rawOutput(contentType: String = "application/octet-stream") -> RemoteHandler {
        RemoteHandler(name, input, .raw(contentType: contentType), place)
    }
}

/// Lists a handler of a service that another program serves, to call it with types.
///
/// ```swift
/// struct Shipping: Service {
///     struct API: HandlerTable {
///         let ship = remote("ship", String.self, returning: Int.self)
///         let recall = remote("recall", Int.self)
///         let count = remote("count", returning: Int.self)
///     }
/// }
///
/// let number = try await ctx.service(Shipping.self).ship("seat-1")
/// ```
/// The kind of the service decides how it is called: a ``VirtualObject`` and a ``Workflow`` by key.
///
/// - Parameter name: what the handler is called where it is served.
public func remote<Input: Codable & Sendable, Output: Codable & Sendable>(
    _ name: String, _ input: Input.Type, returning output: Output.Type,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Input, Output> {
    RemoteHandler(name, .json(), .json(), HandlerPlace(fileID, line, column, line, column))
}

/// Lists a handler without a result of a service that another program serves.
public func remote<Input: Codable & Sendable>(
    _ name: String, _ input: Input.Type,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Input, Void> {
    RemoteHandler(name, .json(), .void, HandlerPlace(fileID, line, column, line, column))
}

/// Lists a handler without an input of a service that another program serves.
public func remote<Output: Codable & Sendable>(
    _ name: String, returning output: Output.Type,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Void, Output> {
    RemoteHandler(name, .void, .json(), HandlerPlace(fileID, line, column, line, column))
}

/// Lists a handler without an input and a result of a service that another program serves.
public func remote(
    _ name: String,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Void, Void> {
    RemoteHandler(name, .void, .void, HandlerPlace(fileID, line, column, line, column))
}

// What no call could send or read, with a sentence that says so.

@available(
    *, unavailable,
    message: "the input and the output of a remote handler must be Codable and Sendable"
)
public func remote<Input, Output>(
    _ name: String, _ input: Input.Type, returning output: Output.Type
) -> RefusedHandler { RefusedHandler() }

@available(
    *, unavailable, message: "the input of a remote handler must be Codable and Sendable"
)
public func remote<Input>(_ name: String, _ input: Input.Type) -> RefusedHandler {
    RefusedHandler()
}

@available(
    *, unavailable, message: "the output of a remote handler must be Codable and Sendable"
)
public func remote<Output>(_ name: String, returning output: Output.Type) -> RefusedHandler {
    RefusedHandler()
}
