import RestateMachine

/// A journal codec changes the bytes of values on their way to the server and back: it encrypts or
/// compresses them. The server, its journals and its user interface then have only encoded bytes.
///
/// ```swift
/// await Endpoint(Ticket()).journalCodec(AES(key: try await keys.current())).serve()
/// ```
/// A codec is applied after the format, to inputs and outputs, results of runs, state, promises,
/// awakeables, signals, parameters and results of calls; also to empty values. It is not applied to
/// errors, names, keys, headers and ids.
///
/// Equal values may have different bytes, as with a random nonce: with a codec a replay does not
/// compare values. Everybody who exchanges values with the services needs the codec, clients too.
///
/// A key that is fetched is awaited before the endpoint is made. To change a key, let the encoded
/// bytes name their key, and keep the old keys for as long as there are old journals and state.
public protocol JournalCodec: Sendable {
    /// The name of the codec, for error messages. It defaults to the name of the type.
    var name: String { get }

    /// Returns the bytes for the server.
    func encode(_ bytes: [UInt8]) throws -> [UInt8]

    /// Returns the bytes from which ``encode(_:)`` made these.
    /// - Throws: an error that says what is wrong with them, if this codec did not make them. A codec
    ///   that cannot tell reads rubbish; so let encoded bytes begin with a mark of the codec.
    func decode(_ bytes: [UInt8]) throws -> [UInt8]
}

extension JournalCodec {
    public var name: String { String(describing: Self.self) }
}

extension JournalCodec {
    package func applied(to bytes: [UInt8]) throws -> [UInt8] {
        do {
            return try encode(bytes)
        } catch {
            throw JournalCodecError(
                codec: name, isReading: false, reason: ErrorText.describe(error))
        }
    }

    package func removed(from bytes: [UInt8]) throws -> [UInt8] {
        do {
            return try decode(bytes)
        } catch {
            throw JournalCodecError(codec: name, isReading: true, reason: ErrorText.describe(error))
        }
    }
}

/// The error for a value that a codec cannot encode or decode.
package struct JournalCodecError: Error, CustomStringConvertible {
    package let codec: String
    package let isReading: Bool
    package let reason: String

    package var description: String {
        isReading
            ? "the journal codec '\(codec)' cannot decode the value: \(reason). Perhaps another codec "
                + "wrote it, or none"
            : "the journal codec '\(codec)' cannot encode the value: \(reason)"
    }
}

/// A choice of codec, which may be that there is none.
package final class ChosenCodec: Sendable {
    package let codec: (any JournalCodec)?

    package init(_ codec: (any JournalCodec)?) { self.codec = codec }
}
