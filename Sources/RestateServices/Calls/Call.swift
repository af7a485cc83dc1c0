import RestateMachine
import RestateProtocol
import Times

/// A call that is about to be made: a handler with its options. Each option is a method that
/// returns a changed copy:
///
/// ```swift
/// let answer = try await ctx.service(Tour.self).echo.idempotencyKey("k").header("x-tour", "1")("o")
/// ```
public struct Call<Input, Output> {
    let invocation: AttemptDriver
    var request: CallRequest
    private(set) var input: PayloadCodec<Input>
    private(set) var output: PayloadCodec<Output>

    init(
        invocation: AttemptDriver, request: CallRequest, input: PayloadCodec<Input>,
        output: PayloadCodec<Output>
    ) {
        self.invocation = invocation
        self.request = request
        self.input = input
        self.output = output
    }

    // MARK: Options

    /// Sets the idempotency key. Calls of a handler with the same key are one call, for as long as
    /// the callee's result is kept.
    public func idempotencyKey(_ key: String) -> Call {
        with { $0.idempotencyKey = key }
    }

    /// Adds a header for the handler.
    public func header(_ name: String, _ value: String) -> Call {
        with { $0.headers.append(Header(key: name, value: value)) }
    }

    /// Names the call in the journal. A replay compares the name.
    public func named(_ name: String) -> Call {
        with { $0.name = name }
    }

    /// Counts the call against the limits of a scope. This needs service protocol 7 and a server
    /// with scopes.
    public func scope(_ scope: String, limitKey: String? = nil) -> Call {
        with {
            $0.scope = scope
            $0.limitKey = limitKey
        }
    }

    /// Sets the format of the argument, if it is not the one that the callee's table names. Without an
    /// argument it has no effect.
    public func inputFormat(_ format: Format) -> Call {
        var copy = self
        copy.input = input.chosen(format, by: .payload)
        return copy
    }

    /// Sets the format of the result, if it is not the one that the callee's table names. Without a
    /// result it has no effect.
    public func outputFormat(_ format: Format) -> Call {
        var copy = self
        copy.output = output.chosen(format, by: .payload)
        return copy
    }

    private func with(_ change: (inout CallRequest) -> Void) -> Call {
        var copy = self
        change(&copy.request)
        return copy
    }

    // MARK: Calling

    /// Calls the handler and waits for its result.
    /// - Throws: the terminal error with which the callee ended.
    public nonisolated(nonsending) func callAsFunction(
        _ argument: Input, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        let site = CallSite(fileID: fileID, line: line)
        let request = try request(with: argument, at: site)
        let id = invocation.issue { try invocation.machine.call(request, at: site).result }
        let result = try await invocation.result(id, at: site)
        return try output.decode(result: result)
    }

    /// Calls the handler and returns the future of its result.
    public func start(
        _ argument: Input, fileID: StaticString = #fileID, line: UInt = #line
    ) -> StartedCall<Output> {
        let site = CallSite(fileID: fileID, line: line)
        var ids: (invocationID: UInt32, result: UInt32) = (0, 0)
        invocation.attempt {
            ids = try invocation.machine.call(request(with: argument, at: site), at: site)
        }
        let output = output
        return StartedCall(
            LeafNode(.completion(ids.result)) { result, _ in try output.decode(result: result) },
            id: ids.invocationID, invocation, site)
    }

    /// Sends a one-way call that starts now or after a delay. It neither waits nor throws.
    @discardableResult
    public func send(
        _ argument: Input, after delay: Duration = .zero,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> SentCall<Output> {
        let time = delay > .zero ? invocation.moment(after: delay) : 0
        return send(argument, time: time, CallSite(fileID: fileID, line: line))
    }

    func send(_ argument: Input, time: UInt64, _ site: CallSite) -> SentCall<Output> {
        var id: UInt32 = 0
        invocation.attempt {
            id = try invocation.machine.send(
                request(with: argument, at: site), invokeTime: time, at: site)
        }
        return SentCall(id, invocation, site)
    }

    private func request(with argument: Input, at site: CallSite) throws -> CallRequest {
        var request = request
        do {
            request.parameter = try input.encode(argument)[...]
        } catch {
            throw OperationError("call \"\(request.service)/\(request.handler)\"", at: site, error)
        }
        return request
    }
}

extension PayloadCodec {
    func decode(result: NotificationResult) throws -> Value {
        switch result {
        case .value(let bytes): return try decode(bytes)
        case .void: return try decode([])
        case .failure(let failure): throw TerminalError(failure)
        case .invocationID, .stateKeys: throw UnexpectedResult(of: "a call", result)
        }
    }
}

// Handlers without an input, or with an optional one, can also be called without an argument.

extension Call where Input == Void {
    /// Calls the handler without an argument and waits for its result, as with one.
    public nonisolated(nonsending) func callAsFunction(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        try await self((), fileID: fileID, line: line)
    }

    /// Calls the handler without an argument and returns the future of its result.
    public func start(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> StartedCall<Output> {
        start((), fileID: fileID, line: line)
    }

    /// Sends a one-way call without an argument, which starts now or after a delay.
    @discardableResult
    public func send(
        after delay: Duration = .zero, fileID: StaticString = #fileID, line: UInt = #line
    ) -> SentCall<Output> {
        send((), after: delay, fileID: fileID, line: line)
    }
}

extension Call where Input: ExpressibleByNilLiteral {
    /// Calls the handler with nil and waits for its result.
    public nonisolated(nonsending) func callAsFunction(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        try await self(nil, fileID: fileID, line: line)
    }

    /// Calls the handler with nil and returns the future of its result.
    public func start(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> StartedCall<Output> {
        start(nil, fileID: fileID, line: line)
    }

    /// Sends a one-way call with nil, which starts now or after a delay.
    @discardableResult
    public func send(
        after delay: Duration = .zero, fileID: StaticString = #fileID, line: UInt = #line
    ) -> SentCall<Output> {
        send(nil, after: delay, fileID: fileID, line: line)
    }
}
