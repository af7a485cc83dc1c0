package import Primitives
package import RestateProtocol

/// The answer of an endpoint to discovery.
package struct Discovered: Sendable {
    package var manifest: Manifest
    package var sdkVersion: String?

    package init(manifest: Manifest, sdkVersion: String?) {
        self.manifest = manifest
        self.sdkVersion = sdkVersion
    }
}

package struct RegistrationOptions: Sendable {
    package var additionalHeaders: [Header] = []
    package var metadata: [String: String] = [:]
    package var force = false
    /// Whether a forced registration leaves a deployment as it is whose endpoint says the same as
    /// before, with its revisions and the options that the admin API has changed.
    package var keepsUnchanged = false
    package var breaking = false
    package var dryRun = false

    package init() {}
}

package struct Registered: Sendable {
    package enum InvocationOutcome: Sendable { case created, unchanged, overwritten }
    package var outcome: InvocationOutcome
    package var deployment: Deployment
    package var services: [ServiceRecord]
}

/// Why a deployment is not registered, with the HTTP status of the admin API's answer.
package struct RegistrationError: Error, Equatable, Sendable, CustomStringConvertible {
    package var status: Int
    package var code: String?
    /// Without the code.
    package var reason: String
    /// The endpoint could not be asked, or its answer is none.
    package var isOfDiscovery = false

    package init(status: Int, code: String? = nil, _ reason: String) {
        self.status = status
        self.code = code
        self.reason = reason
    }

    package static func discovery(_ code: String, _ reason: String) -> RegistrationError {
        var error = RegistrationError(status: 500, code: code, reason)
        error.isOfDiscovery = true
        return error
    }

    /// In an answer, as a server writes it: with discovery's error inside of the registration's, both
    /// under the same code.
    package var message: String {
        guard isOfDiscovery, let code else { return description }
        return "[\(code)] \(description)"
    }

    /// For people and logs.
    package var description: String { code.map { "[\($0)] \(reason)" } ?? reason }
}

/// The registered deployments, and the newest revision of each service.
package struct Registry: Sendable {
    package private(set) var deployments: NameTable<Deployment> = [:]
    package private(set) var services: NameTable<ServiceRecord> = [:]
    /// The same, as calls and attempts use it.
    private var routes = RouteTable()
    /// Whether the registry must be stored again.
    private(set) var hasChanges = false

    init() {}

    /// Restores a stored registry.
    init(deployments: NameTable<Deployment>) {
        self.deployments = deployments
        findNewest()
    }

    /// Returns the newest revision of a service, as calls use it.
    package func route(service name: String) -> ServiceRoute? { routes.service(name) }

    func route(deployment id: String) -> DeploymentRoute? { routes.deployment(id) }

    /// Returns the newest deployment at an address. Updates can have moved several to one.
    package func deployment(at endpoint: DeploymentEndpoint) -> Deployment? {
        deployments.values.filter { $0.endpoint.isSamePlace(as: endpoint) }
            .max { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Adds a deployment, or replaces the one at its address if `force` is set. Without `force` an
    /// address that is registered stays as it is, whatever it serves now.
    ///
    /// - Parameter id: the id for a deployment at a new address.
    mutating func register(
        _ found: Discovered, at endpoint: DeploymentEndpoint, _ options: RegistrationOptions,
        id: String, now: Timestamp
    ) throws(RegistrationError) -> Registered {
        let existing = deployment(at: endpoint)
        if let existing, !options.force {
            return Registered(
                outcome: .unchanged, deployment: existing, services: inOrder(existing))
        }
        if let existing, options.keepsUnchanged, existing.isSame(as: found, at: endpoint),
            isNewest(existing)
        {
            let kept = keep(existing, sdkVersion: found.sdkVersion)
            return Registered(outcome: .unchanged, deployment: kept, services: inOrder(kept))
        }
        try Self.check(found.manifest, endpoint)
        var deployment = Deployment(
            id: existing?.id ?? id, endpoint: endpoint,
            additionalHeaders: options.additionalHeaders, metadata: options.metadata,
            createdAt: now, sdkVersion: found.sdkVersion,
            manifest: found.manifest, services: [:])
        for service in found.manifest.services {
            var record = try ServiceRecord(service, deployment: deployment.id)
            if let known = services[service.name] {
                guard known.kind == record.kind || options.force || options.breaking else {
                    throw RegistrationError(
                        status: 409, code: "META0006",
                        "detected a new service revision for '\(service.name)' changing the service "
                            + "type from previous revision. Service type cannot be changed across "
                            + "revisions.")
                }
                record.revision = known.revision + 1
            }
            deployment.services[service.name] = record
        }
        guard !options.dryRun else {
            return Registered(
                outcome: existing == nil ? .created : .overwritten, deployment: deployment,
                services: inOrder(deployment))
        }
        replace(deployment)
        return Registered(
            outcome: existing == nil ? .created : .overwritten, deployment: deployment,
            services: inOrder(deployment))
    }

    /// Whether calls of all its services go to this deployment. One that another has followed is not what
    /// whoever registers it again wants to keep.
    private func isNewest(_ deployment: Deployment) -> Bool {
        deployment.services.keys.allSatisfy { services[$0]?.deploymentID == deployment.id }
    }

    /// Leaves a deployment as it is, but for the SDK that serves it now.
    private mutating func keep(_ deployment: Deployment, sdkVersion: String?) -> Deployment {
        guard deployment.sdkVersion != sdkVersion else { return deployment }
        var kept = deployment
        kept.sdkVersion = sdkVersion
        replace(kept)
        return kept
    }

    /// The services in the order of the manifest, in which the admin API shows them.
    func inOrder(_ deployment: Deployment) -> [ServiceRecord] {
        deployment.manifest.services.compactMap { deployment.services[$0.name] }
    }

    /// Refuses a manifest with a protocol that this runtime does not speak. The texts and statuses
    /// are a server's.
    static func check(
        _ manifest: Manifest, _ endpoint: DeploymentEndpoint
    ) throws(RegistrationError) {
        switch manifest.protocolMode {
        case "BIDI_STREAM", "REQUEST_RESPONSE": break
        case nil:
            throw RegistrationError.discovery(
                "META0013",
                "received a bad response from the SDK: missing protocol mode")
        case let mode?:
            throw RegistrationError.discovery(
                "META0013",
                "bad service discovery: unknown protocol mode '\(mode)'")
        }
        let (low, high) = (manifest.minProtocolVersion, manifest.maxProtocolVersion)
        guard low > 0, low <= high else {
            throw RegistrationError.discovery(
                "META0013",
                "received a bad response from the SDK: Expected min protocol version to be <= max "
                    + "protocol version. Received min protocol version '\(low)', max protocol version "
                    + "'\(high)'")
        }
        guard low <= ProtocolVersion.highest.rawValue, high >= ProtocolVersion.lowest.rawValue
        else {
            throw RegistrationError.discovery(
                "META0012",
                "unsupported service protocol versions: [\(low), \(high)]. Supported versions by "
                    + "this runtime are [\(ProtocolVersion.lowest.rawValue), "
                    + "\(ProtocolVersion.highest.rawValue)]. Please upgrade the SDK and try "
                    + "registering again.")
        }
        var names: Set<ExactName> = []
        for service in manifest.services where !names.insert(ExactName(text: service.name)).inserted
        {
            throw RegistrationError(status: 400, "the service '\(service.name)' occurs twice")
        }
    }

    /// Removes a deployment. For its services the newest remaining revision is used from then on.
    mutating func remove(_ id: String) -> Bool {
        guard deployments.removeValue(forKey: id) != nil else { return false }
        hasChanges = true
        findNewest()
        return true
    }

    mutating func replace(_ deployment: Deployment) {
        deployments[deployment.id] = deployment
        hasChanges = true
        findNewest()
    }

    /// Finds the newest revision of each service among all deployments.
    private mutating func findNewest() {
        services = [:]
        for deployment in deployments.values.sorted(by: { $0.id < $1.id }) {
            for record in deployment.services.values {
                if let known = services[record.name], known.revision >= record.revision { continue }
                services[record.name] = record
            }
        }
        routes = RouteTable(deployments.values, newest: services.values)
    }

    mutating func patch(_ name: String, _ patch: ServicePatch) -> ServiceRecord? {
        guard var service = services[name] else { return nil }
        service.apply(patch)
        services[name] = service
        deployments[service.deploymentID]?.services[name] = service
        routes = RouteTable(deployments.values, newest: services.values)
        hasChanges = true
        return service
    }

    /// Returns whether the registry has changed since the last call.
    mutating func takeChanges() -> Bool {
        defer { hasChanges = false }
        return hasChanges
    }
}
