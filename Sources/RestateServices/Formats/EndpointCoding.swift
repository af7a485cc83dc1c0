import CanonicalJSON
package import RestateProtocol

/// What an endpoint or a client says of the values of services.
package final class EndpointCoding: Sendable {
    package let format: Format?
    package let codec: ChosenCodec?
    /// What it says of single services.
    let services: [ObjectIdentifier: HandlerOptions]

    /// - Returns: nil if there is nothing to say.
    package init?(
        format: Format?, codec: ChosenCodec?, services: [ObjectIdentifier: HandlerOptions] = [:]
    ) {
        self.format = format
        self.codec = codec
        self.services = services
        if format == nil, codec == nil, services.isEmpty { return nil }
    }
}

extension HandlerOptions {
    package var areOfCoding: Bool { format != nil || codec != nil }
}

/// Encodes a value in a format; nil is JSON.
package func encoded<Value: Encodable & Sendable>(
    _ value: Value, in format: Format?
) throws -> [UInt8] {
    guard let format else { return try JSON.encode(value) }
    return try format.format.encode(value)
}

/// How the values of a service are written, for those who call it or look at its state: as the
/// service says, or the endpoint that serves it.
package struct ServiceCoding: Sendable {
    package let format: Format?
    let codec: (any JournalCodec)?

    /// - Parameter options: what the service says itself.
    init(
        of service: ObjectIdentifier, _ options: HandlerOptions?, _ endpoint: EndpointCoding?
    ) {
        let deployed = endpoint?.services[service]
        format = deployed?.format ?? options?.format ?? endpoint?.format
        codec = (deployed?.codec ?? options?.codec ?? endpoint?.codec)?.codec
    }

    package init<S: RestateService>(of service: S.Type, _ endpoint: EndpointCoding?) {
        self.init(of: ObjectIdentifier(service), S.options.values, endpoint)
    }

    /// How values are written that are of no service that is known.
    package init(_ endpoint: EndpointCoding?) {
        format = endpoint?.format
        codec = endpoint?.codec?.codec
    }

    package func encode<Value: Encodable & Sendable>(
        _ value: Value, in format: Format? = nil
    ) throws -> [UInt8] {
        try encoded(RestateServices.encoded(value, in: format ?? self.format))
    }

    package func decode<Value: Decodable & Sendable>(
        _ bytes: Bytes, in format: Format? = nil
    ) throws -> Value {
        try Payload.decode(decoded(bytes), in: format ?? self.format)
    }

    /// Decodes an output. For an optional type no bytes are nil.
    package func decodeOutput<Value: Decodable & Sendable>(
        _ bytes: [UInt8], in format: Format? = nil
    ) throws -> Value {
        let bytes = try decoded(bytes[...])
        if bytes.isEmpty, Value.self is any OptionalValue.Type {
            return try Payload.decode(bytes)
        }
        return try Payload.decode(bytes, in: format ?? self.format)
    }

    /// Returns the content type of values.
    package func contentType(of format: Format?) -> String {
        (format ?? self.format)?.format.contentType ?? JSONFormat().contentType
    }

    /// Removes the codec from bytes.
    package func decoded(_ bytes: Bytes) throws -> Bytes {
        try codec?.removed(from: Array(bytes))[...] ?? bytes
    }

    private func encoded(_ bytes: [UInt8]) throws -> [UInt8] {
        try codec?.applied(to: bytes) ?? bytes
    }
}
