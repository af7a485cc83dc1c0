/// A service as an endpoint serves it: its handlers and its options.
struct ServiceDefinition: Sendable {
    /// On the wire the name is in capitals.
    enum Kind: String, Sendable {
        case service = "SERVICE"
        case virtualObject = "VIRTUAL_OBJECT"
        case workflow = "WORKFLOW"
    }

    let name: String
    let kind: Kind
    /// The options of the service and of its endpoint.
    let options: HandlerOptions
    let handlers: [ServedHandler]

    init<S: RestateService>(
        _ service: S, of endpoint: Endpoint, _ settings: AttemptSettings,
        _ endpointCoding: EndpointCoding?
    ) throws(EndpointError) {
        try checkName(of: S.self)
        let kind: Kind =
            switch service {
            case is any VirtualObject: .virtualObject
            case is any Workflow: .workflow
            default: .service
            }
        let table = TableCache.table(of: S.self)
        guard !table.entries.isEmpty else {
            throw EndpointError(
                .handlers,
                "The table \(S.API.self) has no handlers: list them as stored properties, like "
                    + "'let greet = handler(Greeter.greet)'.")
        }
        if kind == .workflow { try checkRun(table.entries, of: S.name) }
        let options = try Self.options(of: S.self, kind, endpoint)
        var handlers: [ServedHandler] = []
        for (name, entry) in table.entries {
            try checkEntry(entry, named: name, of: S.name)
            let coding = ValueCoding(entry.options.completed(by: options), endpointCoding)
            let entry = entry.coded(by: coding)
            guard let body = entry.serve(service) else {
                throw EndpointError(
                    .handlers, "'\(S.name).\(name)' is a handler of another service.")
            }
            try entry.options.check(handler: "\(S.name)/\(name)", entry.kind, in: options)
            var own = entry.options
            own.inputSchema = own.inputSchema ?? options.inputSchema
            // The manifest has this option only for the run.
            if entry.kind == .workflow {
                own.workflowRetention = own.workflowRetention ?? options.workflowRetention
            }
            handlers.append(
                ServedHandler(
                    service: S.name, name: name, entry: entry, options: own, inherited: options,
                    settings: settings, coding: coding,
                    hooks: HookChain(options.hooks + entry.options.hooks),
                    body: body))
        }
        name = S.name
        self.kind = kind
        self.options = options
        self.handlers = handlers
    }

    /// For tests, which make handlers of their own.
    init(
        name: String, kind: Kind, options: HandlerOptions = HandlerOptions(),
        _ handlers: [ServedHandler]
    ) {
        self.name = name
        self.kind = kind
        self.options = options
        self.handlers = handlers
    }

    /// Merges the endpoint's options for this service, the service's own, and the endpoint's
    /// defaults as far as they fit, in this order of precedence.
    private static func options<S: RestateService>(
        of service: S.Type, _ kind: Kind, _ endpoint: Endpoint
    ) throws(EndpointError) -> HandlerOptions {
        var said = HandlerOptions()
        for (type, values) in endpoint.options.reversed() where type == service {
            said = said.completed(by: values)
        }
        said = said.completed(by: S.options.values)
        try said.check(service: S.name, kind)
        let all = said.completed(by: endpoint.defaults.fitting(kind))
        try all.checkRetryPolicy(of: "the service '\(S.name)'")
        return all
    }
}
