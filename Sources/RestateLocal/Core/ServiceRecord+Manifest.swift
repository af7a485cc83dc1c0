/// A manifest's service becomes a record: names, kinds and options are checked here.
extension ServiceRecord {
    init(_ service: ManifestService, deployment: String) throws(RegistrationError) {
        let lower = service.name.lowercased()
        guard !lower.hasPrefix("restate"), !lower.hasPrefix("openapi") else {
            throw RegistrationError(
                status: 400, code: "META0005",
                "the service name '\(service.name)' is reserved. Service names must not start "
                    + "with 'restate' or 'openapi'")
        }
        guard isName(service.name, also: "._-") else {
            throw RegistrationError(status: 400, "invalid service name '\(service.name)'")
        }
        try service.options.checkDurations(of: service.name)
        var handlers: [HandlerRecord] = []
        for handler in service.handlers {
            guard !handlers.contains(where: { $0.name == handler.name }) else {
                throw RegistrationError(
                    status: 400,
                    "the handler '\(handler.name)' of '\(service.name)' occurs twice")
            }
            handlers.append(try HandlerRecord(handler, of: service))
        }
        self.init(
            name: service.name, kind: service.kind, deploymentID: deployment, revision: 1,
            handlers: handlers, options: service.options)
    }
}

extension HandlerRecord {
    fileprivate init(
        _ handler: ManifestHandler, of service: ManifestService
    ) throws(RegistrationError) {
        let name = "\(service.name)/\(handler.name)"
        guard isName(handler.name, also: "_") else {
            throw RegistrationError(status: 400, "invalid handler name '\(name)'")
        }
        let kind = Self.kind(service.kind, handler.kind)
        guard let kind else {
            throw RegistrationError(
                status: 400,
                "invalid combination of service type \(service.kind.rawValue) and handler type "
                    + "\(handler.kind?.rawValue ?? "unset") in '\(name)'")
        }
        let options = handler.options
        try options.checkDurations(of: name)
        if options.workflowCompletionRetention != nil, kind != .workflow {
            throw RegistrationError(
                status: 400, "'\(name)' sets a workflow completion retention, but is no workflow")
        }
        if options.idempotencyRetention != nil, kind == .workflow {
            throw RegistrationError(
                status: 400, "'\(name)' is a workflow and cannot set an idempotency retention")
        }
        if options.ingressPrivate == false, service.options.ingressPrivate == true {
            throw RegistrationError(
                status: 400, "'\(name)' is public, but its service is private")
        }
        if let type = handler.input?.contentType, type != "*/*", type.hasPrefix("*/") {
            throw RegistrationError(
                status: 400, "'\(name)' has the content type '\(type)', which cannot be matched")
        }
        self.init(
            name: handler.name, kind: kind, input: handler.input, output: handler.output,
            options: options, inputRules: InputRules(handler.input))
    }

    private static func kind(_ service: ServiceKind, _ handler: ManifestHandler.Kind?) -> Kind? {
        switch (service, handler) {
        case (.service, nil), (.service, .shared): .service
        case (.virtualObject, nil), (.virtualObject, .exclusive): .exclusive
        case (.virtualObject, .shared): .shared
        // A workflow's handler without a type is shared, whatever the schema's text says.
        case (.workflow, nil), (.workflow, .shared): .shared
        case (.workflow, .workflow): .workflow
        default: nil
        }
    }
}

extension ManifestOptions {
    /// A server does not survive a longer one than it can write down.
    fileprivate func checkDurations(of name: String) throws(RegistrationError) {
        let longest = DurationText.longestMilliseconds
        let all = [
            ("inactivityTimeout", inactivityTimeout), ("abortTimeout", abortTimeout),
            ("journalRetention", journalRetention),
            ("idempotencyRetention", idempotencyRetention),
            ("workflowCompletionRetention", workflowCompletionRetention),
            ("retryPolicyInitialInterval", retryPolicy.initialInterval),
            ("retryPolicyMaxInterval", retryPolicy.maxInterval),
        ]
        for case (let option, let value?) in all where value > longest {
            throw RegistrationError(
                status: 400,
                "the \(option) of '\(name)' is \(value) ms, but \(longest) ms is the longest that a "
                    + "server can keep")
        }
    }
}

/// A letter, or `_` and a letter or digit, then more of them or of `others`.
private func isName(_ name: String, also others: String) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    let bytes = Array(name.utf8)
    guard let first = bytes.first else { return false }
    if !isLetter(first) {
        guard first == UInt8(ascii: "_"), bytes.count > 1, isLetter(bytes[1]) || isDigit(bytes[1])
        else { return false }
    }
    return bytes.dropFirst().allSatisfy {
        isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || others.utf8.contains($0)
    }
}
