internal import CanonicalJSON
internal import Primitives
internal import RestateHTTP
internal import RestateProtocol
internal import RestateRuntime
internal import Times

/// The ingress of a Restate server: clients call handlers, send to them and ask for results.
///
/// It runs on the engine's loop, so that a request reaches the runtime without a lock or a change
/// of threads.
final class Ingress: RequestReceiver {
    /// The most bytes of a body.
    static let bodyLimit = BodyLimit.ingress

    let engine: Engine

    init(_ engine: Engine) {
        self.engine = engine
    }

    func received(_ stream: RequestStream) {
        let request = IngressRequest(stream)
        if request.method == "OPTIONS" {
            return answer(CrossOrigin.preflight(stream), request)
        }
        if let length = stream.header("content-length").flatMap(Int.init), length > Self.bodyLimit {
            // A server refuses this in a layer before the ingress, so it comes before the path is
            // looked at, and as plain text.
            return answer(.text(413, "length limit exceeded"), request)
        }
        attempt(request) { () throws(IngressRefusal) in try route(request) }
    }

    func receivedWhileDraining(_ stream: RequestStream) {
        let stopping = LocalServerError.stopping(isKept: engine.store != nil)
        send(IngressRefusal.unavailable(stopping).answer, IngressRequest(stream))
    }

    private func route(_ request: IngressRequest) throws(IngressRefusal) {
        switch IngressPath(request.path.segments) {
        case .invocation(let parts):
            try invoke(request, parts, isSend: nil)
        case .explicit(let isSend, let parts):
            try invoke(request, parts, isSend: isSend)
        case .scoped(let scope, let service):
            if scope.isEmpty { throw .emptyScope }
            guard engine.runtime.registry.services[String(service)] != nil else {
                throw .unknownService(service)
            }
            throw .noScopes
        case .health:
            try demand("GET", request)
            let names = engine.runtime.registry.services.keys.sorted()
            let health = HTTPAnswer.json { line in
                line.member("services") { $0.array(names) { $0.value($1) } }
            }
            answer(health, request)
        case .targeted(let question):
            try demand("POST", request)
            try withBody(request) { [self] body throws(IngressRefusal) in
                try target(request, body, question)
            }
        case .invocationResult(let text, let question):
            try demand("GET", request)
            guard let id = InvocationIdentity(String(text)) else { throw .badInvocationID(text) }
            try result(of: id, question, request)
        case .idempotentResult(let parts):
            try demand("GET", request)
            let (target, question) = try idempotentTarget(parts)
            try result(of: target, question, request)
        case .workflowResult(let name, let key, let question):
            try demand("GET", request)
            guard let key = PercentEncoding.decode(key) else { throw .badPath(request.path.path) }
            var target = WorkflowTarget()
            target.workflow = String(name)
            target.key = key
            try result(of: .workflow(target), question, request)
        case .awakeable(let id, let isResolved):
            try demand("POST", request)
            try withBody(request) { [self] body throws(IngressRefusal) in
                try complete(awakeable: id, isResolved: isResolved, body, request)
            }
        case .nothing:
            throw .notFound
        case .incomplete(let forms):
            throw .expected(forms)
        case .bad:
            throw .badPath(request.path.path)
        }
    }

    // MARK: Calls and sends

    /// Makes the checks of a call or send in a server's order, so that a client sees the same error
    /// first.
    private func invoke(
        _ request: IngressRequest, _ parts: [Substring], isSend: Bool?
    ) throws(IngressRefusal) {
        let name = String(parts[0])
        guard let service = engine.runtime.registry.route(service: name) else {
            throw .unknownService(name)
        }
        let path = try InvocationPath(
            after: parts.dropFirst(), isKeyed: service.record.kind != .service, isSend: isSend)
        guard let handler = service.handler(String(path.handler)) else {
            throw .unknownHandler(path.handler, of: name)
        }
        guard handler.isPublic else { throw .notPublic }
        let idempotencyKey = try request.idempotencyKey()
        if idempotencyKey != nil, handler.record.kind == .workflow { throw .keyOnWorkflow }
        let stream = request.stream
        if stream.header("x-restate-limit-key") != nil || request.path.parameter("limit-key") != nil
        {
            throw .limitKeyWithoutScope
        }
        guard request.isGetOrPost else { throw .wrongMethod }
        try withBody(request) { [self] body throws(IngressRefusal) in
            if let message = handler.inputRules.complaint(
                contentType: stream.header("content-type"), bodyIsEmpty: body.isEmpty)
            {
                throw IngressRefusal(400, message)
            }
            let delay = try request.delay()
            if !path.isSend, delay != nil { throw .delayedCall }
            var invocation = InvocationRequest(
                service: name, key: path.key, handler: handler.record.name)
            invocation.headers = try request.handlerHeaders()
            invocation.body = body[...]
            invocation.idempotencyKey = idempotencyKey
            invocation.startAt = delay.map { engine.now.later(by: $0) }
            if let time = invocation.startAt, time > Moment.latest { throw .startsTooLate }
            try path.isSend ? send(invocation, request) : call(invocation, request)
        }
    }

    /// Submits the call with a waiter, which answers the request at the invocation's end.
    private func call(
        _ invocation: InvocationRequest, _ request: IngressRequest
    ) throws(IngressRefusal) {
        let waiter = wait(request)
        do {
            _ = try submit(invocation, waiter)
        } catch {
            engine.cancelWaiter(waiter)
            throw error
        }
    }

    /// Submits the invocation, and answers at once with its id.
    private func send(
        _ invocation: InvocationRequest, _ request: IngressRequest
    ) throws(IngressRefusal) {
        let submission = try submit(invocation, nil)
        var accepted = HTTPAnswer.json(202) { line in
            line.member("invocationId", submission.id.text)
            if let start = submission.startAt {
                line.member("executionTime", RFC3339.nanosecondText(start))
            }
            line.member("status", submission.isNew ? "Accepted" : "PreviouslyAccepted")
        }
        accepted.headers.append(("x-restate-id", submission.id.text))
        answer(accepted, request)
    }

    private func submit(
        _ invocation: InvocationRequest, _ waiter: WaiterID?
    ) throws(IngressRefusal) -> Submission {
        let result = engine.perform { runtime, now in
            Result { () throws(TargetError) in
                try runtime.submit(invocation, waiter: waiter, at: now)
            }
        }
        switch result {
        case .success(let submission): return submission
        case .failure(.unknownService): throw .unknownService(invocation.service)
        case .failure(.unknownHandler):
            throw .unknownHandler(invocation.handler, of: invocation.service)
        case .failure(.keyMissing), .failure(.keyNotAllowed): throw .expectedPath
        case .failure(.idempotencyKeyOnWorkflow): throw .keyOnWorkflow
        case .failure(.emptyIdempotencyKey):
            throw IngressRefusal(400, "bad idempotency key: it is empty")
        }
    }

    // MARK: Helpers

    func demand(_ method: String, _ request: IngressRequest) throws(IngressRefusal) {
        guard request.method == method else { throw .wrongMethod }
    }

    /// Runs `body`, and answers with the refusal that it throws. A stopped engine refuses
    /// everything.
    private func attempt(_ request: IngressRequest, _ body: () throws(IngressRefusal) -> Void) {
        do throws(IngressRefusal) {
            if let failure = engine.failure { throw .unavailable(failure) }
            try body()
        } catch {
            answer(error.answer, request)
        }
    }

    /// Reads the body and calls `use` with it.
    func withBody(
        _ request: IngressRequest, _ use: @escaping ([UInt8]) throws(IngressRefusal) -> Void
    ) throws(IngressRefusal) {
        RequestBody.read(request.stream, limit: Self.bodyLimit) { [self] outcome in
            attempt(request) { () throws(IngressRefusal) in
                switch outcome {
                case .whole(let body): try use(body)
                case .tooLarge: throw .tooLarge
                case .broken(let failure): throw .brokenBody(failure)
                }
            }
        }
    }

    /// Sends an answer when all changes that it may show are stored.
    func answer(_ answer: HTTPAnswer, _ request: IngressRequest) {
        engine.whenStored { [self] failure in
            send(failure.map { IngressRefusal.unavailable($0).answer } ?? answer, request)
        }
    }

    /// Sends an answer at once.
    func send(_ answer: HTTPAnswer, _ request: IngressRequest) {
        var answer = answer
        answer.headers += CrossOrigin.headers(for: request.stream)
        answer.send(to: request.stream)
    }
}
