#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import CanonicalJSON
public import RestateServices
import Times

/// An ingress call is a handler with the options of a call. Each option is a method that returns a
/// changed copy:
///
/// ```swift
/// let answer = try await client.service(Checkout.self).process.idempotencyKey("order-7")(order)
/// ```
public struct IngressCall<Input, Output>: Sendable {
    let ingress: HTTPCaller
    let key: String?
    private(set) var handler: HandlerReference<Input, Output>
    private var idempotencyKey: String?
    private var headers: [(name: String, value: String)] = []
    private var scope: String?
    private var limitKey: String?
    private var timeout: Duration?

    init(ingress: HTTPCaller, key: String?, handler: HandlerReference<Input, Output>) {
        self.ingress = ingress
        self.key = key
        self.handler = handler
    }

    // MARK: Options

    /// Sets the idempotency key. Calls of a handler with the same key are one call, for as long as
    /// the result is kept. Only a call with a key is repeated if the connection is lost.
    public func idempotencyKey(_ key: String) -> IngressCall {
        var copy = self
        copy.idempotencyKey = key
        return copy
    }

    /// Adds a header for the handler.
    public func header(_ name: String, _ value: String) -> IngressCall {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    /// Sets the format of the argument, if it is not the one that the handler's table names.
    public func inputFormat(_ format: Format) -> IngressCall {
        var copy = self
        copy.handler = handler.formatted(input: format)
        return copy
    }

    /// Sets the format of the result, if it is not the one that the handler's table names.
    public func outputFormat(_ format: Format) -> IngressCall {
        var copy = self
        copy.handler = handler.formatted(output: format)
        return copy
    }

    /// Counts the call against the limits of a scope. This needs a server with scopes.
    ///
    /// - Parameters:
    ///   - scope: the name of the scope, which must not be empty.
    ///   - limitKey: one or two levels below the scope, like `team/user`.
    public func scope(_ scope: String, limitKey: String? = nil) -> IngressCall {
        var copy = self
        copy.scope = scope
        copy.limitKey = limitKey
        return copy
    }

    /// Limits how long the answer may take, repetitions included: after that the call throws
    /// ``IngressError/Code/timedOut``. An invocation that has begun goes on.
    public func timeout(_ limit: Duration) -> IngressCall {
        var copy = self
        copy.timeout = limit
        return copy
    }

    // MARK: Calling

    /// Calls the handler and waits for its result.
    /// - Throws: the `TerminalError` with which the handler ended; ``IngressError`` if there is
    ///   no answer.
    public func callAsFunction(_ argument: Input) async throws -> Output {
        var request = try request(argument, "call")
        // Not for a workflow's run, because the repetition would be refused: the run exists
        // already.
        request.isRepeatable = idempotencyKey != nil
        return try handler.decode(try await ingress.send(request).ingressResult(isCall: true))
    }

    /// Starts the handler, now or later, and does not wait for its end.
    ///
    /// A workflow's run starts only once, however often it is sent.
    @discardableResult
    public func send(
        _ argument: Input, after delay: Duration = .zero
    ) async throws -> IngressInvocation<Output> {
        var request = try request(argument, "send")
        if delay > .zero { request.query = "delay=\(milliseconds(of: delay))ms" }
        request.isRepeatable = idempotencyKey != nil || handler.isWorkflowRun
        let body = try await ingress.send(request).ingressResult(isCall: true)
        let receipt = try JSON.decode(Receipt.self, from: body)
        return IngressInvocation(
            id: InvocationID(receipt.invocationId), ingress: ingress,
            isNew: receipt.status == "Accepted", decode: handler.decode)
    }

    /// Starts the handler at a moment, or now if it has passed, and does not wait for its end.
    ///
    /// The server is told how long it is until then by this machine's clock, and counts from the arrival of the
    /// request. In handlers, `send(_:at:)` names the moment itself.
    ///
    /// ```swift
    /// try await client.service(Reminders.self).remind.send(meeting, at: meeting.begin)
    /// ```
    @discardableResult
    public func send(
        _ argument: Input, at moment: Date
    ) async throws -> IngressInvocation<Output> {
        let now = UInt64(clamping: millisecondsSince1970())
        let time = Moment.at(secondsSince1970: moment.timeIntervalSince1970)
        return try await send(argument, after: .milliseconds(time > now ? time - now : 0))
    }

    private struct Receipt: Decodable {
        var invocationId: String
        var status: String
    }

    private func request(_ argument: Input, _ verb: String) throws -> HTTPCaller.Request {
        if let problem = handler.problem { throw IngressError(.invalidRequest, problem) }
        let names = [handler.service] + (key.map { [$0] } ?? []) + [handler.handler]
        var request: HTTPCaller.Request
        if let scope {
            // An empty part of the path would make another path.
            guard !scope.isEmpty else {
                throw IngressError(.invalidRequest, "The scope is empty. Leave it out or name one")
            }
            request = HTTPCaller.Request("POST", ["restate", "scope", scope, verb] + names)
        } else {
            // Every server has these paths; those with the verb in front are new in 1.7.
            request = HTTPCaller.Request("POST", names + (verb == "send" ? ["send"] : []))
        }
        request.body = try handler.encode(argument)
        request.timeout = timeout
        request.headers = headers
        if let limitKey { request.headers.append(("x-restate-limit-key", limitKey)) }
        if !request.body.isEmpty {
            // A handler that accepts any content type gets bytes. So does one without an input: a codec
            // makes bytes of nothing, too, and the server refuses a body without a content type.
            var type = handler.contentType ?? "*/*"
            if type.contains("*") { type = "application/octet-stream" }
            request.headers.append(("content-type", type))
        }
        if let idempotencyKey {
            try HeaderRules.check(idempotencyKey: idempotencyKey)
            request.headers.append(("idempotency-key", idempotencyKey))
        }
        return request
    }

    // MARK: Results of earlier calls

    /// Waits for the result of the earlier call with this idempotency key, or of this workflow's
    /// run.
    public func attach() async throws -> Output {
        try handler.decode(try await ingress.send(question("attach")).ingressResult())
    }

    /// Returns the result of the earlier call with this idempotency key, or of this workflow's run.
    /// It is nil if the call has not ended.
    public func output() async throws -> Output? {
        let answer = try await ingress.send(question("output"))
        return answer.isNotReady ? nil : try handler.decode(try answer.ingressResult())
    }

    /// Returns the call with this idempotency key, or this workflow's run, without asking for its result.
    /// It needs a server of version 1.7.
    ///
    /// The server derives the id from the key, so it gives one even if nobody has made the call yet.
    /// ``IngressInvocation/output()`` then throws ``IngressError/Code/notFound``.
    public func invocation() async throws -> IngressInvocation<Output> {
        let body = try await ingress.send(question("lookup")).ingressResult()
        let id = try JSON.decode(FoundInvocation.self, from: body).invocationId
        return IngressInvocation(
            id: InvocationID(id), ingress: ingress, decode: handler.decode)
    }

    private func question(_ verb: String) throws -> HTTPCaller.Request {
        if let problem = handler.problem { throw IngressError(.invalidRequest, problem) }
        var request: HTTPCaller.Request
        if idempotencyKey == nil, handler.isWorkflowRun, scope == nil, verb != "lookup" {
            // Servers before 1.7 have only this path.
            request = HTTPCaller.Request(
                "GET", ["restate", "workflow", handler.service, key ?? "", verb])
        } else {
            // In the body, because a server does not decode an idempotency key in a path.
            request = HTTPCaller.Request("POST", ["restate", verb])
            request.headers = [("content-type", "application/json")]
            request.body = try JSON.encode(try target())
        }
        request.timeout = timeout
        request.isRepeatable = true
        return request
    }

    private func target() throws -> IngressTarget {
        if let idempotencyKey {
            try HeaderRules.check(idempotencyKey: idempotencyKey)
            return IngressTarget(
                target: "idempotentInvocation", scope: scope, service: handler.service, key: key,
                handler: handler.handler, idempotencyKey: idempotencyKey)
        }
        guard handler.isWorkflowRun else {
            throw IngressError(
                .invalidRequest,
                "Only a call with an idempotency key or a workflow's run can be found again;"
                    + " use the invocation that send gives")
        }
        return IngressTarget(
            target: "workflow", scope: scope, workflowName: handler.service, workflowKey: key ?? "")
    }
}

private struct FoundInvocation: Decodable {
    var invocationId: String
}

/// Names an invocation by what its caller knows of it.
private struct IngressTarget: Encodable {
    var target: String
    var scope: String?
    var workflowName: String?
    var workflowKey: String?
    var service: String?
    var key: String?
    var handler: String?
    var idempotencyKey: String?
}

/// Returns the delay, rounded up, but so that it ends before the latest moment that the server can
/// represent.
private func milliseconds(of delay: Duration) -> UInt64 {
    // A day earlier, because the server counts from the arrival of the request, by its own clock.
    let day: UInt64 = 86_400_000
    let now = UInt64(clamping: millisecondsSince1970()) + day
    return min(delay.millisecondsRoundedUp, Moment.latest - min(now, Moment.latest))
}

// Handlers without an input, or with an optional one, can also be called without an argument.

extension IngressCall where Input == Void {
    /// Calls the handler without an argument and waits for its result, as with one.
    public func callAsFunction() async throws -> Output { try await self(()) }

    /// Starts the handler without an argument, now or later, and does not wait for its end.
    @discardableResult
    public func send(after delay: Duration = .zero) async throws -> IngressInvocation<Output> {
        try await send((), after: delay)
    }

    /// Starts the handler without an argument at a moment, as with one.
    @discardableResult
    public func send(at moment: Date) async throws -> IngressInvocation<Output> {
        try await send((), at: moment)
    }
}

extension IngressCall where Input: ExpressibleByNilLiteral {
    /// Calls the handler with nil and waits for its result.
    public func callAsFunction() async throws -> Output { try await self(nil) }

    /// Starts the handler with nil, now or later, and does not wait for its end.
    @discardableResult
    public func send(after delay: Duration = .zero) async throws -> IngressInvocation<Output> {
        try await send(nil, after: delay)
    }

    /// Starts the handler with nil at a moment, as with an argument.
    @discardableResult
    public func send(at moment: Date) async throws -> IngressInvocation<Output> {
        try await send(nil, at: moment)
    }
}
