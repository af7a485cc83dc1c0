/// What a path of the ingress asks for, before anything is looked up.
enum IngressPath {
    /// What follows names a service, perhaps a key, a handler, and perhaps `send`: which of it is a
    /// key depends on the service.
    case invocation([Substring])
    /// The form that says call or send in front.
    case explicit(isSend: Bool, [Substring])
    case scoped
    case health
    /// Of an invocation that is named in the body.
    case targeted(TargetedQuestion)
    case invocationResult(id: Substring, ResultQuestion)
    /// Service, perhaps key, handler, idempotency key.
    case idempotentResult([Substring], ResultQuestion)
    case workflowResult(name: Substring, key: Substring, ResultQuestion)
    case awakeable(id: Substring, isResolved: Bool)
    /// `/openapi/…` is reserved and not implemented.
    case openAPI
    case bad

    enum ResultQuestion { case attach, output }
    enum TargetedQuestion { case attach, output, lookup }

    init(_ segments: [Substring]) {
        switch segments.first {
        case "restate": self = Self.restate(segments.dropFirst())
        case "openapi" where segments.count > 1: self = .openAPI
        default: self = (2...7).contains(segments.count) ? .invocation(segments) : .bad
        }
    }

    private static func restate(_ rest: ArraySlice<Substring>) -> IngressPath {
        let parts = Array(rest)
        switch (parts.first, parts.count) {
        case ("health", 1): return .health
        case ("call", 3...4): return .explicit(isSend: false, Array(parts.dropFirst()))
        case ("send", 3...4): return .explicit(isSend: true, Array(parts.dropFirst()))
        case ("scope", 5...6): return .scoped
        case ("attach", 1): return .targeted(.attach)
        case ("output", 1): return .targeted(.output)
        case ("lookup", 1): return .targeted(.lookup)
        case ("attach", 2): return .invocationResult(id: parts[1], .attach)
        case ("output", 2): return .invocationResult(id: parts[1], .output)
        case ("awakeables", 3), ("a", 3):
            switch parts[2] {
            case "resolve": return .awakeable(id: parts[1], isResolved: true)
            case "reject": return .awakeable(id: parts[1], isResolved: false)
            default: return .bad
            }
        case ("invocation", 3...6), ("workflow", 4):
            guard let question = question(parts.last) else { return .bad }
            if parts[0] == "workflow" {
                return .workflowResult(name: parts[1], key: parts[2], question)
            }
            if parts.count == 3 { return .invocationResult(id: parts[1], question) }
            return parts.count == 4
                ? .bad : .idempotentResult(Array(parts[1..<parts.count - 1]), question)
        default: return .bad
        }
    }

    private static func question(_ word: Substring?) -> ResultQuestion? {
        switch word {
        case "attach": .attach
        case "output": .output
        default: nil
        }
    }
}
