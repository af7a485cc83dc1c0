import CanonicalJSON
import RestateMachine
import RestateProtocol

/// How the values of a handler's operations are written. A handler has none if neither it nor its
/// service nor its endpoint says anything: then values are JSON, and their bytes are those of the
/// journal.
package final class ValueCoding: Sendable {
    /// The format of operations that name none; nil for JSON.
    let format: Format?
    let codec: (any JournalCodec)?
    /// What the endpoint says of the services that the handler calls.
    let endpoint: EndpointCoding?

    package init?(_ options: HandlerOptions, _ endpoint: EndpointCoding?) {
        format = options.format
        codec = options.codec?.codec
        self.endpoint = endpoint
        if format == nil, codec == nil, endpoint == nil { return nil }
    }
}

// MARK: Values of operations

extension AttemptDriver {
    @inline(__always)
    var coding: ValueCoding? { handler.coding }

    /// Encodes the value that an operation sends.
    @inline(__always)
    func encoded<Value: Encodable & Sendable>(
        _ value: Value, _ format: Format?, for operation: @autoclosure () -> String,
        at site: CallSite
    ) throws -> [UInt8] {
        guard let coding else {
            return try RestateServices.encoded(value, format, for: operation(), at: site)
        }
        return try coding.encoded(value, format, for: operation(), at: site)
    }
}

extension ValueCoding {
    @inline(never)
    fileprivate func encoded<Value: Encodable & Sendable>(
        _ value: Value, _ format: Format?, for operation: @autoclosure () -> String,
        at site: CallSite
    ) throws -> [UInt8] {
        let bytes = try RestateServices.encoded(
            value, format ?? self.format, for: operation(), at: site)
        return try applied(to: bytes, for: operation(), at: site)
    }

    /// Applies the codec to the bytes that an operation sends.
    func applied(
        to bytes: [UInt8], for operation: @autoclosure () -> String, at site: CallSite
    ) throws -> [UInt8] {
        guard let codec else { return bytes }
        do {
            return try codec.applied(to: bytes)
        } catch {
            throw OperationError(operation(), at: site, error)
        }
    }

    /// Removes the codec from bytes that the server sent.
    func removed(from bytes: Bytes) throws -> Bytes {
        guard let codec else { return bytes }
        return try codec.removed(from: Array(bytes))[...]
    }
}

/// Encodes a value in a format; nil is JSON.
@inline(__always)
func encoded<Value: Encodable & Sendable>(
    _ value: Value, _ format: Format?, for operation: @autoclosure () -> String,
    at site: CallSite
) throws -> [UInt8] {
    do {
        return try encoded(value, in: format)
    } catch {
        throw OperationError(operation(), at: site, error)
    }
}

extension Payload {
    /// Decodes a value of an operation.
    @inline(__always)
    static func decode<Value: Decodable & Sendable>(
        _ bytes: Bytes, _ format: Format?, _ coding: ValueCoding?
    ) throws -> Value {
        guard format == nil, coding == nil else {
            return try decodeCoded(bytes, format ?? coding?.format, coding)
        }
        return try decode(bytes)
    }

    @inline(never)
    private static func decodeCoded<Value: Decodable & Sendable>(
        _ bytes: Bytes, _ format: Format?, _ coding: ValueCoding?
    ) throws -> Value {
        let bytes = try coding?.removed(from: bytes) ?? bytes
        return try decode(bytes, in: format)
    }

    /// Decodes a value in a format; nil is JSON.
    static func decode<Value: Decodable & Sendable>(
        _ bytes: Bytes, in format: Format?
    ) throws -> Value {
        guard let format, !(format.format is JSONFormat) else { return try decode(bytes) }
        return try format.format.decode(Value.self, from: Array(bytes))
    }
}
