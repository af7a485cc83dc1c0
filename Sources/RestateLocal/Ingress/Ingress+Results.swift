internal import CanonicalJSON
internal import Primitives
internal import Restate
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime
internal import Times

/// Results of earlier invocations. `attach` waits for the end, `output` does not. Also the routes
/// that look an invocation up or complete an awakeable.
extension Ingress {
    func result(
        of target: InvocationTarget, _ question: IngressPath.ResultQuestion,
        _ request: IngressRequest
    ) throws(IngressRefusal) {
        guard let id = engine.runtime.id(of: target) else {
            if case .id(let text) = target { throw .badInvocationID(text) }
            throw .invocationNotFound
        }
        try result(of: id, question, request)
    }

    func result(
        of id: InvocationIdentity, _ question: IngressPath.ResultQuestion, _ request: IngressRequest
    ) throws(IngressRefusal) {
        switch question {
        case .output:
            switch engine.runtime.lookup(id) {
            case .unknown: throw .invocationNotFound
            case .running: throw .notReady
            case .completed(let outcome): answer(try response(outcome), request)
            case .unreadable(let failure): throw .unavailable(LocalServerError(failure))
            }
        case .attach:
            let waiter = wait(request)
            let isKnown = engine.perform { runtime, now in
                runtime.attach(id, waiter: waiter, at: now)
            }
            if !isKnown {
                engine.cancelWaiter(waiter)
                var unknown = IngressRefusal(404, "not found", source: .invocation).answer
                unknown.headers.append(("x-restate-id", id.text))
                answer(unknown, request)
            }
        }
    }

    /// Answers the request when the invocation has ended. The waiter is removed if the client goes
    /// away.
    func wait(_ request: IngressRequest) -> WaiterID {
        let waiter = engine.waiter { [self] result in
            request.stream.observer = nil
            do throws(IngressRefusal) {
                // The effect `answer` has passed the commit gate, so this is sent at once.
                switch result {
                case .success(let outcome): send(try response(outcome), request)
                case .failure(let failure): throw .unavailable(failure)
                }
            } catch {
                send(error.answer, request)
            }
        }
        request.stream.observer = Departure(request.stream) { [engine] in
            engine.cancelWaiter(waiter)
        }
        return waiter
    }

    /// Makes the answer from an outcome: the output with its content type, or the failure as JSON.
    private func response(_ outcome: InvocationOutcome) throws(IngressRefusal) -> HTTPAnswer {
        var response: HTTPAnswer
        switch outcome.result {
        case .value(let bytes):
            // The handler's registration decides the content type, so it must still exist.
            guard let service = engine.runtime.registry.route(service: outcome.target.service)
            else {
                throw .unknownService(outcome.target.service)
            }
            guard let handler = service.handler(outcome.target.handler) else {
                throw .unknownHandler(outcome.target.handler, of: service.record.name)
            }
            response = HTTPAnswer(status: 200, body: Array(bytes))
            if let type = handler.outputContentType(bodyIsEmpty: bytes.isEmpty) {
                response.headers.append(("content-type", type))
            }
        case .failure(let failure):
            response = IngressRefusal.answer(
                code: Int(failure.code), message: failure.message,
                metadata: failure.metadata.map { ($0.key, $0.value) }, source: .invocation)
        }
        response.headers.append(("x-restate-id", outcome.id.text))
        if let expires = outcome.expires {
            response.headers.append(("idempotency-expires", RFC3339.headerText(expires)))
        }
        return response
    }

    // MARK: Targets

    /// Reads service, key, handler and idempotency key from a path. Whether there is a key depends
    /// on the service.
    func idempotentTarget(
        _ parts: [Substring]
    ) throws(IngressRefusal) -> (InvocationTarget, IngressPath.ResultQuestion) {
        guard let service = engine.runtime.registry.services[String(parts[0])] else {
            throw .unknownService(parts[0])
        }
        var target = IdempotentRequestTarget()
        target.service = service.name
        var rest = parts.dropFirst()
        if service.kind != .service {
            guard let key = PercentEncoding.decode(rest.removeFirst()) else {
                throw .invocationNotFound
            }
            target.key = key
        }
        guard rest.count >= 3 else { throw .expected(IngressPath.invocationForms) }
        target.handler = String(rest.removeFirst())
        target.idempotencyKey = String(rest.removeFirst())
        guard let question = IngressPath.ResultQuestion(rawValue: String(rest.removeFirst())) else {
            throw .notFound
        }
        return (.idempotent(target), question)
    }

    func target(
        _ request: IngressRequest, _ body: [UInt8], _ question: IngressPath.TargetedQuestion
    ) throws(IngressRefusal) {
        let target = try TargetBody.parse(body)
        switch question {
        case .attach: try result(of: target, .attach, request)
        case .output: try result(of: target, .output, request)
        case .lookup:
            guard let id = engine.runtime.id(of: target) else {
                if case .id(let text) = target { throw .badInvocationID(text) }
                throw .invocationNotFound
            }
            answer(.json { $0.member("invocationId", id.text) }, request)
        }
    }

    // MARK: Awakeables

    /// Completes an awakeable with the body, which for a rejection is the message of the failure.
    func complete(
        awakeable id: Substring, isResolved: Bool, _ body: [UInt8], _ request: IngressRequest
    ) throws(IngressRefusal) {
        let result: ValueOrFailure =
            isResolved
            ? .value(body[...])
            : .failure(Failure(code: 500, message: String(decoding: body, as: UTF8.self)))
        let isID = engine.perform { runtime, now in
            runtime.completeAwakeable(String(id), result, at: now)
        }
        guard isID else { throw .badAwakeableID(id) }
        answer(.empty(202), request)
    }
}

/// Calls back when the client goes away before its answer.
private final class Departure: StreamObserver {
    private unowned let stream: RequestStream
    private let departed: () -> Void

    init(_ stream: RequestStream, _ departed: @escaping () -> Void) {
        self.stream = stream
        self.departed = departed
    }

    func streamChanged() {
        if stream.isClosed { departed() }
    }
}

/// The JSON body that names an invocation.
private struct TargetBody: Decodable {
    private var target: String
    private var invocationId: String?
    private var workflowName: String?
    private var workflowKey: String?
    private var service: String?
    private var key: String?
    private var handler: String?
    private var idempotencyKey: String?

    /// Reads the body. One that cannot be read is answered with 500, as by a server.
    static func parse(_ bytes: [UInt8]) throws(IngressRefusal) -> InvocationTarget {
        let body: TargetBody
        do {
            body = try JSON.decode(TargetBody.self, from: bytes)
        } catch {
            throw IngressRefusal(500, "cannot read the target: \(JSON.describe(error))")
        }
        switch body.target {
        case "invocation":
            if let id = body.invocationId { return .id(id) }
        case "workflow":
            if let name = body.workflowName, let key = body.workflowKey {
                var target = WorkflowTarget()
                target.workflow = name
                target.key = key
                return .workflow(target)
            }
        case "idempotentInvocation":
            if let service = body.service, let handler = body.handler,
                let idempotencyKey = body.idempotencyKey
            {
                var target = IdempotentRequestTarget()
                target.service = service
                target.key = body.key
                target.handler = handler
                target.idempotencyKey = idempotencyKey
                return .idempotent(target)
            }
        default: break
        }
        throw IngressRefusal(
            500, "cannot read the target: the members for '\(body.target)' are missing")
    }
}
