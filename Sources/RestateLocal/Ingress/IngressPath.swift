/// What a path of the ingress asks for, as far as the path alone tells.
enum IngressPath {
    /// The parts are a service, a handler, perhaps a key between them, and perhaps `send` at the
    /// end. Which part is a key depends on the kind of the service.
    case invocation([Substring])
    /// The newer form, which begins with `call` or `send`.
    case explicit(isSend: Bool, [Substring])
    /// The newer form with a scope.
    case scoped(Substring, service: Substring)
    case health
    /// A question about an invocation that the body names.
    case targeted(TargetedQuestion)
    case invocationResult(id: Substring, ResultQuestion)
    /// The parts are service, perhaps key, handler, idempotency key, and the question.
    case idempotentResult([Substring])
    case workflowResult(name: Substring, key: Substring, ResultQuestion)
    case awakeable(id: Substring, isResolved: Bool)
    /// There is no such route. Paths below `/openapi` are reserved by servers.
    case nothing
    /// The first part is known, but the others do not fit. The text lists the valid forms.
    case incomplete(expected: String)
    case bad

    enum ResultQuestion: String { case attach, output }
    enum TargetedQuestion: String { case attach, output, lookup }

    init(_ segments: [Substring]) {
        switch segments.first {
        case "restate": self = Self.restate(Array(segments.dropFirst()))
        case "openapi" where segments.count > 1: self = .nothing
        default: self = (2...7).contains(segments.count) ? .invocation(segments) : .bad
        }
    }

    private static func restate(_ parts: [Substring]) -> IngressPath {
        let rest = Array(parts.dropFirst())
        switch parts.first {
        case "health": return .health
        case "call": return named(isSend: false, rest)
        case "send": return named(isSend: true, rest)
        case "scope":
            guard (4...5).contains(rest.count), rest[1] == "call" || rest[1] == "send" else {
                return .incomplete(expected: callForms)
            }
            return .scoped(rest[0], service: rest[2])
        case "attach", "output", "lookup": return known(parts[0], rest)
        case "awakeables", "a":
            if rest.count == 1 {
                return .incomplete(
                    expected: "either /restate/awakeables/:id/resolve or "
                        + "/restate/awakeables/:id/reject")
            }
            guard rest.count == 2 else { return .bad }
            switch rest[1] {
            case "resolve": return .awakeable(id: rest[0], isResolved: true)
            case "reject": return .awakeable(id: rest[0], isResolved: false)
            default: return .nothing
            }
        case "invocation":
            switch rest.count {
            case 2:
                guard let question = ResultQuestion(rawValue: String(rest[1])) else {
                    return .nothing
                }
                return .invocationResult(id: rest[0], question)
            case 4...5: return .idempotentResult(rest)
            case 6...: return .bad
            default: return .incomplete(expected: invocationForms)
            }
        case "workflow":
            if rest.count != 3 { return .incomplete(expected: workflowForms) }
            guard let question = ResultQuestion(rawValue: String(rest[2])) else { return .nothing }
            return .workflowResult(name: rest[0], key: rest[1], question)
        default: return .nothing
        }
    }

    private static func named(isSend: Bool, _ rest: [Substring]) -> IngressPath {
        (2...3).contains(rest.count)
            ? .explicit(isSend: isSend, rest) : .incomplete(expected: callForms)
    }

    private static func known(_ word: Substring, _ rest: [Substring]) -> IngressPath {
        if rest.isEmpty {
            return TargetedQuestion(rawValue: String(word)).map { .targeted($0) } ?? .nothing
        }
        guard rest.count == 1, let question = ResultQuestion(rawValue: String(word)) else {
            return .nothing
        }
        return .invocationResult(id: rest[0], question)
    }

    static let callForms =
        "/restate/call/:service/:handler, /restate/send/:service/:handler, "
        + "/restate/scope/:scope/call/:service/:handler, /restate/attach/:invocation_id, "
        + "/restate/output/:invocation_id, or /restate/lookup"

    static let invocationForms =
        "either /restate/invocation/:invocation_id/output or "
        + "/restate/invocation/:invocation_id/attach or "
        + "/restate/invocation/:invocation_target/:idempotency_key/output or "
        + "/restate/invocation/:invocation_target/:idempotency_key/attach"

    private static let workflowForms =
        "either /restate/workflow/:workflow_name/:workflow_key/output or "
        + "/restate/workflow/:workflow_name/:workflow_key/attach"
}
