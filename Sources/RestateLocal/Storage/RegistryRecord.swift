import Restate
import RestateProtocol

/// The registry as it is stored: JSON, because manifests are JSON.
struct RegistryRecord: Codable {
    var deployments: [DeploymentRecord]
    /// Of each service its newest revision, in the shape that it has or was patched to.
    var services: [RegisteredService]
}

struct DeploymentRecord: Codable {
    var id: String
    var uri: String
    /// Under which an endpoint of the process was linked.
    var link: String?
    var usesHTTP11: Bool
    var headers: [[String]]
    var metadata: [String: String]
    var createdAt: Timestamp
    var sdkVersion: String?
    var manifest: Manifest
    var services: [RegisteredService]
}

/// A service as its manifest has it, and what the registry says besides.
struct RegisteredService: Codable {
    var deployment: String
    var revision: Int
    /// With the options as they are now.
    var manifest: ManifestService
    /// In a manifest only handlers can say it.
    var workflowCompletionRetention: Milliseconds?
}

extension RegistryRecord {
    init(_ registry: Registry) {
        deployments = registry.deployments.values.sorted { $0.id < $1.id }
            .map(DeploymentRecord.init)
        services = registry.services.values.sorted { $0.name < $1.name }
            .map(RegisteredService.init)
    }

    var encoded: [UInt8] {
        get throws { try JSON.encode(self) }
    }
}

extension Registry {
    init(_ record: RegistryRecord) throws {
        var deployments: NameTable<Deployment> = [:]
        for record in record.deployments {
            deployments[record.id] = try Deployment(record)
        }
        var services: NameTable<ServiceRecord> = [:]
        for service in record.services {
            services[service.manifest.name] = try ServiceRecord(service)
        }
        self.init(deployments: deployments, services: services)
    }
}

extension DeploymentRecord {
    fileprivate init(_ deployment: Deployment) {
        id = deployment.id
        uri = deployment.endpoint.uri
        if case .inProcess(let name) = deployment.endpoint.kind { link = name }
        usesHTTP11 = deployment.endpoint.usesHTTP11
        headers = deployment.additionalHeaders.map { [$0.key, $0.value] }
        metadata = deployment.metadata
        createdAt = deployment.createdAt
        sdkVersion = deployment.sdkVersion
        manifest = deployment.manifest
        services = deployment.services.values.sorted { $0.name < $1.name }
            .map(RegisteredService.init)
    }
}

extension Deployment {
    fileprivate init(_ record: DeploymentRecord) throws {
        let endpoint =
            record.link.map { DeploymentEndpoint(inProcess: $0) }
            ?? DeploymentEndpoint(uri: record.uri, usesHTTP11: record.usesHTTP11)
        guard let endpoint else {
            throw ManifestError("'\(record.uri)' is no address of a deployment")
        }
        var services: NameTable<ServiceRecord> = [:]
        for service in record.services {
            services[service.manifest.name] = try ServiceRecord(service)
        }
        self.init(
            id: record.id, endpoint: endpoint,
            additionalHeaders: record.headers.map {
                Header(key: $0.first ?? "", value: $0.dropFirst().first ?? "")
            },
            metadata: record.metadata, createdAt: record.createdAt,
            sdkVersion: record.sdkVersion, manifest: record.manifest, services: services)
    }
}

extension RegisteredService {
    fileprivate init(_ service: ServiceRecord) {
        deployment = service.deploymentID
        revision = service.revision
        manifest = ManifestService(service)
        workflowCompletionRetention = service.options.workflowCompletionRetention
    }
}

extension ServiceRecord {
    fileprivate init(_ record: RegisteredService) throws {
        var manifest = record.manifest
        // It may have been made private later, which in a manifest would contradict a handler.
        manifest.options.ingressPrivate = nil
        try self.init(manifest, deployment: record.deployment)
        guard (0...Int(UInt32.max)).contains(record.revision) else {
            throw ManifestError("\(record.revision) is no revision of a service")
        }
        revision = record.revision
        options = record.manifest.options
        options.workflowCompletionRetention = record.workflowCompletionRetention
    }
}

extension ManifestService {
    /// The manifest that gives the same service again.
    fileprivate init(_ service: ServiceRecord) {
        name = service.name
        kind = service.kind
        options = service.options
        handlers = service.handlers.map { ManifestHandler($0) }
    }
}

extension ManifestHandler {
    fileprivate init(_ handler: HandlerRecord) {
        name = handler.name
        kind =
            switch handler.kind {
            case .service: nil
            case .exclusive: .exclusive
            case .shared: .shared
            case .workflow: .workflow
            }
        input = handler.input
        output = handler.output
        options = handler.options
    }
}
