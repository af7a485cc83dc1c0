package import RestateServices

extension EndpointCoding {
    package convenience init?(of endpoint: Endpoint) {
        var services: [ObjectIdentifier: HandlerOptions] = [:]
        for (service, values) in endpoint.options where values.areOfCoding {
            let id = ObjectIdentifier(service)
            services[id] = services[id].map { values.completed(by: $0) } ?? values
        }
        self.init(
            format: endpoint.defaults.format, codec: endpoint.defaults.codec, services: services)
    }
}
