import RestateProtocol

/// A remote handler is an entry of a handler table for a handler that another program serves. It
/// has no method.
///
/// ``remote(_:_:returning:fileID:line:column:)`` makes it. It is called like any other entry; an
/// endpoint refuses to serve its service.
public final class RemoteHandler<Input: Sendable, Output: Sendable>: Sendable {
    let input: PayloadCodec<Input>
    let output: PayloadCodec<Output>
    package let name: String
    package let place: HandlerPlace

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
package protocol AnyRemoteHandler: AnyHandler {
    /// The name on the wire.
    var name: String { get }
}

extension RemoteHandler: AnyRemoteHandler {
    package var kind: HandlerKind { .service }
    package var options: HandlerOptions { HandlerOptions() }
    package var inputDescription: PayloadDescription { input.description }
    package var outputDescription: PayloadDescription { output.description }

    package func coded(by coding: ValueCoding?) -> any AnyHandler { self }
    package func serve(_ service: any RestateService) -> ServedHandler.Body? { nil }
}

extension RemoteHandler {
    /// Sets the format of the input. Without an input it has no effect.
    public func inputFormat(_ format: Format) -> RemoteHandler {
        RemoteHandler(name, input.chosen(format, by: .payload), output, place)
    }

    /// Sets the format of the output. Without an output it has no effect.
    public func outputFormat(_ format: Format) -> RemoteHandler {
        RemoteHandler(name, input, output.chosen(format, by: .payload), place)
    }
}

extension RemoteHandler where Input == [UInt8] {
    /// Sends the input's bytes as the body, instead of encoding a JSON list.
    public func rawInput(contentType: String = "*/*") -> RemoteHandler {
        RemoteHandler(name, .raw(contentType: contentType), output, place)
    }
}

extension RemoteHandler where Output == [UInt8] {
    /// Takes the body's bytes as the output, instead of decoding a JSON list.
    public func rawOutput(contentType: String = "application/octet-stream") -> RemoteHandler {
        RemoteHandler(name, input, .raw(contentType: contentType), place)
    }
}

/// Lists a handler that another program serves, so that it can be called with types.
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
/// The kind of the service decides how it is called: a ``VirtualObject`` and a ``Workflow`` need a
/// key. `name` is the handler's name on the wire.
public func remote<Input: Codable & Sendable, Output: Codable & Sendable>(
    _ name: String, _ input: Input.Type, returning output: Output.Type,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Input, Output> {
    RemoteHandler(name, .json(), .json(), HandlerPlace(fileID, line, column, line, column))
}

/// Lists a handler without a result that another program serves.
public func remote<Input: Codable & Sendable>(
    _ name: String, _ input: Input.Type,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Input, Void> {
    RemoteHandler(name, .json(), .void, HandlerPlace(fileID, line, column, line, column))
}

/// Lists a handler without an input that another program serves.
public func remote<Output: Codable & Sendable>(
    _ name: String, returning output: Output.Type,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Void, Output> {
    RemoteHandler(name, .void, .json(), HandlerPlace(fileID, line, column, line, column))
}

/// Lists a handler with neither input nor result that another program serves.
public func remote(
    _ name: String,
    fileID: StaticString = #fileID, line: UInt = #line, column: UInt = #column
) -> RemoteHandler<Void, Void> {
    RemoteHandler(name, .void, .void, HandlerPlace(fileID, line, column, line, column))
}

// Overloads for types that cannot be encoded or decoded. Each is unavailable, with a message that
// says why.

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
