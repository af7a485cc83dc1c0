#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import Restate
internal import RestateProtocol
internal import RestateRuntime
internal import Times

/// A test call is a handler with the options of a call. Each option is a method that returns a
/// changed copy.
///
/// Tests can also call handlers that are private to the ingress.
public struct TestCall<Input, Output>: Sendable {
    let environment: TestEnvironment
    let key: String?
    private(set) var handler: HandlerReference<Input, Output>
    private var idempotencyKey: String?
    private var headers: [Header] = []

    init(
        environment: TestEnvironment, key: String?, handler: HandlerReference<Input, Output>
    ) {
        self.environment = environment
        self.key = key
        self.handler = handler
    }

    /// Sets the idempotency key. Calls of a handler with the same key are one call.
    public func idempotencyKey(_ key: String) -> TestCall {
        var copy = self
        copy.idempotencyKey = key
        return copy
    }

    /// Adds a header for the handler.
    public func header(_ name: String, _ value: String) -> TestCall {
        var copy = self
        copy.headers.append(Header(key: name, value: value))
        return copy
    }

    /// Sets the format of the argument, if it is not the one that the handler's table names.
    public func inputFormat(_ format: Format) -> TestCall {
        var copy = self
        copy.handler = handler.formatted(input: format)
        return copy
    }

    /// Sets the format of the result, if it is not the one that the handler's table names.
    public func outputFormat(_ format: Format) -> TestCall {
        var copy = self
        copy.handler = handler.formatted(output: format)
        return copy
    }

    // MARK: Calling

    /// Calls the handler and waits for its result. Meanwhile the clock jumps from timer to timer.
    /// - Throws: the
    ///   `TerminalError` with which the handler ended; ``HandlerFailed`` if this handler or another one failed with an ordinary error; ``TestStuck``
    ///   if nothing can run any more.
    public func callAsFunction(_ argument: Input) async throws -> Output {
        let request = try request(argument)
        let outcome = try await environment.outcome(of: name) { runtime, waiter, now in
            do throws(TargetError) {
                _ = try runtime.submit(request, waiter: waiter, at: now)
            } catch {
                throw Self.mistake(error, request)
            }
        }
        return try outcome.decoded(handler.decode)
    }

    /// Starts the handler, now or later, and does not wait for its end.
    /// ``TestEnvironment/settle()`` waits until it has done what it can.
    @discardableResult
    public func send(
        _ argument: Input, after delay: Duration = .zero
    ) async throws -> TestInvocation<Output> {
        let now = environment.world.time
        return try await send(
            argument, startAt: delay > .zero ? now.later(by: delay.millisecondsRoundedUp) : nil)
    }

    /// Starts the handler at a moment of the test's clock, or now if it has passed, and does not wait for its end.
    @discardableResult
    public func send(_ argument: Input, at moment: Date) async throws -> TestInvocation<Output> {
        let time = Timestamp(Moment.at(secondsSince1970: moment.timeIntervalSince1970))
        return try await send(argument, startAt: time > environment.world.time ? time : nil)
    }

    private func send(
        _ argument: Input, startAt: Timestamp?
    ) async throws -> TestInvocation<Output> {
        var request = try request(argument)
        request.startAt = startAt
        let sent = request
        let submitted = await environment.ask { engine in
            engine.perform { runtime, now in
                Result { () throws(TargetError) in try runtime.submit(sent, at: now) }
            }
        }
        do throws(TargetError) {
            return invocation(try submitted.get().id)
        } catch {
            throw Self.mistake(error, request)
        }
    }

    // MARK: Earlier calls

    /// Waits for the result of the earlier call with this idempotency key, or of this workflow's
    /// run.
    public func attach() async throws -> Output { try await found().attach() }

    /// Returns the result of the earlier call with this idempotency key, or of this workflow's run.
    /// It is nil if the call has not ended.
    public func output() async throws -> Output? { try await found().output() }

    private func found() throws -> TestInvocation<Output> {
        if handler.isWorkflowRun {
            return invocation(.workflow(handler.service, key: key ?? ""))
        }
        guard let idempotencyKey else {
            throw TestMistake(
                description: "Only a call with an idempotency key or a workflow's run can be found "
                    + "again; use the invocation that send gives.")
        }
        return invocation(
            .idempotent(
                service: handler.service, key: key, handler: handler.handler,
                idempotencyKey: idempotencyKey))
    }

    private func invocation(_ id: InvocationIdentity) -> TestInvocation<Output> {
        TestInvocation(environment, id, name) { [handler] in try handler.decode($0) }
    }

    private var name: String {
        "\(TargetName(service: handler.service, key: key, handler: handler.handler))"
    }

    private func request(_ argument: Input) throws -> InvocationRequest {
        if let problem = handler.problem { throw TestMistake(description: problem) }
        var request = InvocationRequest(
            service: handler.service, key: key, handler: handler.handler)
        request.body = try handler.encode(argument)[...]
        request.headers = headers
        request.idempotencyKey = idempotencyKey
        if let type = handler.contentType, !request.body.isEmpty {
            request.headers.append(Header(key: "content-type", value: type))
        }
        return request
    }

    private static func mistake(
        _ error: TargetError, _ request: InvocationRequest
    ) -> TestMistake {
        let target = "\(request.service)/\(request.handler)"
        let text =
            switch error {
            case .unknownService: "The endpoint of this test has no service '\(request.service)'."
            case .unknownHandler: "'\(request.service)' has no handler '\(request.handler)'."
            case .keyMissing: "'\(target)' needs a key."
            case .keyNotAllowed: "'\(target)' has no key."
            case .emptyIdempotencyKey: "The idempotency key is empty."
            case .idempotencyKeyOnWorkflow: "A workflow's run takes no idempotency key."
            }
        return TestMistake(description: text)
    }
}

extension InvocationOutcome {
    /// - Throws: the terminal error, if the outcome is one.
    func decoded<Output>(_ decode: ([UInt8]) throws -> Output) throws -> Output {
        switch result {
        case .value(let bytes): return try decode(Array(bytes))
        case .failure(let failure): throw TerminalError(failure)
        }
    }
}

// Handlers without an input, or with an optional one, can also be called without an argument.

extension TestCall where Input == Void {
    /// Calls the handler without an argument and waits for its result, as with one.
    public func callAsFunction() async throws -> Output { try await self(()) }

    /// Starts the handler without an argument, now or later, and does not wait for its end.
    @discardableResult
    public func send(after delay: Duration = .zero) async throws -> TestInvocation<Output> {
        try await send((), after: delay)
    }

    /// Starts the handler without an argument at a moment of the test's clock, as with one.
    @discardableResult
    public func send(at moment: Date) async throws -> TestInvocation<Output> {
        try await send((), at: moment)
    }
}

extension TestCall where Input: ExpressibleByNilLiteral {
    /// Calls the handler with nil and waits for its result.
    public func callAsFunction() async throws -> Output { try await self(nil) }

    /// Starts the handler with nil, now or later, and does not wait for its end.
    @discardableResult
    public func send(after delay: Duration = .zero) async throws -> TestInvocation<Output> {
        try await send(nil, after: delay)
    }

    /// Starts the handler with nil at a moment of the test's clock, as with an argument.
    @discardableResult
    public func send(at moment: Date) async throws -> TestInvocation<Output> {
        try await send(nil, at: moment)
    }
}
