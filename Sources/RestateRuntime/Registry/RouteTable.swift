import Primitives

/// A deployment as attempts use it.
///
/// The records of the registry are large values, of which each copy counts dozens of references. These
/// objects are one reference each. They are made when the registry changes, and not per call.
final class DeploymentRoute: Sendable {
    let record: Deployment
    fileprivate let services: [ExactName: ServiceRoute]

    init(_ record: Deployment) {
        self.record = record
        var services: [ExactName: ServiceRoute] = [:]
        for service in record.services.values {
            services[ExactName(text: service.name)] = ServiceRoute(service)
        }
        self.services = services
    }

    func service(_ name: String) -> ServiceRoute? { services[ExactName(text: name)] }
}

/// A service as calls and attempts use it.
package final class ServiceRoute: Sendable {
    package let record: ServiceRecord
    private let handlers: [HandlerRoute]

    init(_ record: ServiceRecord) {
        self.record = record
        handlers = record.handlers.map { HandlerRoute($0, of: record) }
    }

    package func handler(_ name: String) -> HandlerRoute? {
        let name = ExactName(text: name)
        return handlers.first { $0.name == name }
    }
}

/// A handler as calls and attempts use it. What they always ask is beside the record: to call a method
/// of the record, or to give it away, copies it.
package final class HandlerRoute: Sendable {
    fileprivate let name: ExactName
    package let record: HandlerRecord
    package let inputRules: InputRules
    /// Whether clients may call it.
    package let isPublic: Bool
    /// As the handler says, or its service; nil to use the runtime's settings.
    let journalRetention: Milliseconds?
    let completionRetention: Milliseconds?
    private let outputType: (ofBody: String?, ofNothing: String?)

    init(_ record: HandlerRecord, of service: ServiceRecord) {
        name = ExactName(text: record.name)
        self.record = record
        inputRules = record.inputRules
        isPublic = service.isPublic && record.options.ingressPrivate != true
        journalRetention = record.options.journalRetention ?? service.options.journalRetention
        completionRetention =
            record.kind == .workflow
            ? record.options.workflowCompletionRetention
                ?? service.options.workflowCompletionRetention
            : record.options.idempotencyRetention ?? service.options.idempotencyRetention
        outputType = (
            record.outputContentType(bodyIsEmpty: false),
            record.outputContentType(bodyIsEmpty: true)
        )
    }

    /// The content type of the handler's answer; nil if the answer has none.
    package func outputContentType(bodyIsEmpty: Bool) -> String? {
        bodyIsEmpty ? outputType.ofNothing : outputType.ofBody
    }
}

/// All that is served: each deployment, and the newest revision of each service.
struct RouteTable: Sendable {
    private var deployments: [ExactName: DeploymentRoute] = [:]
    private var newest: [ExactName: ServiceRoute] = [:]

    init() {}

    /// - Parameter newest: the newest revisions, each of which is also in its deployment.
    init(_ deployments: some Sequence<Deployment>, newest: some Sequence<ServiceRecord>) {
        for deployment in deployments {
            self.deployments[ExactName(text: deployment.id)] = DeploymentRoute(deployment)
        }
        for record in newest {
            self.newest[ExactName(text: record.name)] =
                deployment(record.deploymentID)?.service(record.name)
        }
    }

    func deployment(_ id: String) -> DeploymentRoute? { deployments[ExactName(text: id)] }

    func service(_ name: String) -> ServiceRoute? { newest[ExactName(text: name)] }
}
