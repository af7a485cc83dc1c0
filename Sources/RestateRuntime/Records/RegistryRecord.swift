import CanonicalJSON
import Primitives
import RestateProtocol

/// The stored form of the registry: JSON that contains the manifests as their endpoints sent them.
///
/// So an older build keeps what it does not know of a manifest, and a manifest that was accepted
/// once is not refused later.
struct RegistryRecord: Codable {
    var deployments: [DeploymentRecord]
}

/// A deployment in the stored registry.
struct DeploymentRecord: Codable {
    var id: String
    var uri: String
    /// The name under which an endpoint of this process was linked.
    var link: String?
    var usesHTTP11: Bool
    var headers: [[String]]
    var metadata: [String: String]
    var createdAt: Timestamp
    var sdkVersion: String?
    /// The manifest's JSON text.
    var manifest: String
    /// The protocol mode in use. It can differ from the manifest's after an update that changed
    /// only the address.
    var protocolMode: String?
    var services: [RegisteredService]
}

/// What the registry adds to a service of the manifest.
struct RegisteredService: Codable {
    var name: String
    var revision: Int
    var patch: ServicePatch
}

extension RegistryRecord {
    init(_ registry: Registry) {
        deployments = registry.deployments.values.sorted { $0.id < $1.id }
            .map(DeploymentRecord.init)
    }
}

extension Registry {
    init(_ record: RegistryRecord) throws {
        var deployments: NameTable<Deployment> = [:]
        for record in record.deployments { deployments[record.id] = try Deployment(record) }
        self.init(deployments: deployments)
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
        manifest = String(decoding: deployment.manifest.source, as: UTF8.self)
        protocolMode = deployment.manifest.protocolMode
        services = deployment.services.values.sorted { $0.name < $1.name }
            .map { RegisteredService(name: $0.name, revision: $0.revision, patch: $0.patch) }
    }
}

extension Deployment {
    fileprivate init(_ record: DeploymentRecord) throws {
        let endpoint =
            record.link.map { DeploymentEndpoint(inProcess: $0) }
            ?? DeploymentEndpoint(uri: record.uri, usesHTTP11: record.usesHTTP11)
        guard let endpoint else {
            throw ManifestError("'\(record.uri)' is not the address of a deployment")
        }
        var manifest = try Manifest(stored: Array(record.manifest.utf8))
        manifest.protocolMode = record.protocolMode
        var services: NameTable<ServiceRecord> = [:]
        for registered in record.services {
            guard let service = manifest.services.last(where: { $0.name == registered.name })
            else {
                throw ManifestError("the manifest does not have the service '\(registered.name)'")
            }
            guard (0...Int(UInt32.max)).contains(registered.revision) else {
                throw ManifestError("\(registered.revision) is not a valid revision of a service")
            }
            var known = ServiceRecord(known: service, deployment: record.id)
            known.revision = registered.revision
            known.apply(registered.patch)
            services[known.name] = known
        }
        self.init(
            id: record.id, endpoint: endpoint,
            additionalHeaders: record.headers.map {
                Header(key: $0.first ?? "", value: $0.dropFirst().first ?? "")
            },
            metadata: record.metadata, createdAt: record.createdAt,
            sdkVersion: record.sdkVersion, manifest: manifest, services: services)
    }
}

// MARK: What builds before stored

/// Earlier builds stored the manifest as they had understood it, and each service again with its
/// current options. Both forms are read; only the one above is written.
extension DeploymentRecord {
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        uri = try fields.decode(String.self, forKey: .uri)
        link = try fields.decodeIfPresent(String.self, forKey: .link)
        usesHTTP11 = try fields.decode(Bool.self, forKey: .usesHTTP11)
        headers = try fields.decode([[String]].self, forKey: .headers)
        metadata = try fields.decode([String: String].self, forKey: .metadata)
        createdAt = try fields.decode(Timestamp.self, forKey: .createdAt)
        sdkVersion = try fields.decodeIfPresent(String.self, forKey: .sdkVersion)
        services = try fields.decode([RegisteredService].self, forKey: .services)
        if let text = try? fields.decode(String.self, forKey: .manifest) {
            manifest = text
            protocolMode = try fields.decodeIfPresent(String.self, forKey: .protocolMode)
        } else {
            let object = try fields.decode(JSONValue.self, forKey: .manifest)
            manifest = String(decoding: try JSON.encode(object), as: UTF8.self)
            protocolMode = try fields.decode(Manifest.self, forKey: .manifest).protocolMode
        }
    }
}

extension RegisteredService {
    private enum Before: String, CodingKey { case manifest, workflowCompletionRetention }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        revision = try fields.decode(Int.self, forKey: .revision)
        if let known = try fields.decodeIfPresent(String.self, forKey: .name) {
            name = known
            patch = try fields.decode(ServicePatch.self, forKey: .patch)
            return
        }
        let before = try decoder.container(keyedBy: Before.self)
        let service = try before.decode(ManifestService.self, forKey: .manifest)
        name = service.name
        patch = ServicePatch()
        patch.isPublic = service.options.ingressPrivate.map { !$0 }
        patch.idempotencyRetention = service.options.idempotencyRetention
        patch.workflowCompletionRetention = try before.decodeIfPresent(
            Milliseconds.self, forKey: .workflowCompletionRetention)
        patch.journalRetention = service.options.journalRetention
        patch.inactivityTimeout = service.options.inactivityTimeout
        patch.abortTimeout = service.options.abortTimeout
    }
}
