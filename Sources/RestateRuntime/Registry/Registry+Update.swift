import Primitives
package import RestateProtocol

/// A change to a deployment that keeps its id, so that the invocations pinned to it continue.
package struct DeploymentUpdate: Sendable {
    package var endpoint: DeploymentEndpoint
    package var additionalHeaders: [Header]
    /// Whether the services of the deployment are replaced by those that were found now.
    package var overwrite = false
    package var dryRun = false

    package init(endpoint: DeploymentEndpoint, additionalHeaders: [Header]) {
        self.endpoint = endpoint
        self.additionalHeaders = additionalHeaders
    }
}

extension Registry {
    /// Moves a deployment to another address, for invocations that cannot continue at the old one.
    ///
    /// The services stay as registered, or are overwritten as a whole. Whether running invocations
    /// can be replayed by the new code is for the caller to know: only the protocol versions are
    /// compared.
    mutating func update(
        _ id: String, _ found: Discovered, _ update: DeploymentUpdate
    ) throws(RegistrationError) -> Registered {
        guard var deployment = deployments[id] else { throw .unknownDeployment(id) }
        try Self.check(found.manifest, update.endpoint)
        let (low, high) = (found.manifest.minProtocolVersion, found.manifest.maxProtocolVersion)
        guard (low, high) == (deployment.minVersion, deployment.maxVersion) else {
            throw RegistrationError(
                status: 400, code: "META0016",
                "an update deployment operation must provide an endpoint with the same services and "
                    + "handlers. The update tried to change the supported protocol versions from "
                    + "\(deployment.minVersion)..=\(deployment.maxVersion) to \(low)..=\(high)")
        }
        deployment.endpoint = update.endpoint
        deployment.additionalHeaders = update.additionalHeaders
        deployment.sdkVersion = found.sdkVersion
        if update.overwrite {
            var records: NameTable<ServiceRecord> = [:]
            for service in found.manifest.services {
                var record = try ServiceRecord(service, deployment: id)
                record.revision = deployment.services[service.name]?.revision ?? 1
                records[service.name] = record
            }
            deployment.manifest = found.manifest
            deployment.services = records
        } else {
            deployment.manifest.protocolMode = found.manifest.protocolMode
        }
        if !update.dryRun { replace(deployment) }
        return Registered(
            outcome: .overwritten, deployment: deployment, services: inOrder(deployment))
    }
}

extension RegistrationError {
    fileprivate static func unknownDeployment(_ id: String) -> RegistrationError {
        RegistrationError(status: 404, "The requested deployment '\(id)' does not exist")
    }
}
