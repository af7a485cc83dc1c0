// A server refuses these options too, but only at the registration, and without naming the Swift
// option.

extension HandlerOptions {
    /// Checks options that are set on a service.
    func check(
        service: String, _ kind: ServiceDefinition.Kind
    ) throws(EndpointError) {
        if stateLoading != nil, kind == .service {
            throw refusal("The service '\(service)' has lazy state, but it has no state at all")
        }
        if workflowRetention != nil, kind != .workflow {
            throw refusal(
                "The service '\(service)' has a workflow retention, but it is no workflow")
        }
    }

    /// Checks options that are set on a handler.
    func check(
        handler name: String, _ kind: HandlerKind, in service: HandlerOptions
    ) throws(EndpointError) {
        if stateLoading != nil, kind == .service {
            throw refusal(
                "The handler '\(name)' has lazy state, but its service has no state at all")
        }
        if workflowRetention != nil, kind != .workflow {
            throw refusal(
                "The handler '\(name)' has a workflow retention, but it is no workflow's run")
        }
        if idempotencyRetention != nil, kind == .workflow {
            throw refusal(
                "The handler '\(name)' has an idempotency retention, but a run happens once per key "
                    + "anyway: say 'workflowRetention', which is how long its result is kept")
        }
        if ingressPrivate == false, service.ingressPrivate == true {
            throw refusal(
                "The handler '\(name)' is public, but its service is private: leave the service public, "
                    + "and make its other handlers private")
        }
        try checkRetryPolicy(of: "the handler '\(name)'")
    }

    func checkRetryPolicy(of whom: String) throws(EndpointError) {
        if let factor = retryPolicy?.factor, !(factor >= 1 && factor.isFinite) {
            throw refusal(
                "The retry policy of \(whom) has the factor \(factor), but intervals do not shrink: it is 1 "
                    + "or more")
        }
        if let attempts = retryPolicy?.maxAttempts, attempts < 0 {
            throw refusal(
                "The retry policy of \(whom) has \(attempts) attempts: it is the number of attempts in all, "
                    + "the first one included")
        }
    }

    /// Returns the defaults of an endpoint without those that do not fit a service of this kind.
    func fitting(_ kind: ServiceDefinition.Kind) -> HandlerOptions {
        var options = self
        if kind == .service { options.stateLoading = nil }
        if kind != .workflow { options.workflowRetention = nil }
        return options
    }
}

private func refusal(_ sentence: String) -> EndpointError {
    EndpointError(.options, sentence + ".")
}
