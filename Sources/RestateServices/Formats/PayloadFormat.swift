/// A payload format turns values into bytes and back. Conform to it for a format that the SDK does
/// not have, and give it a name as a ``Format``:
///
/// ```swift
/// struct PropertyList: PayloadFormat {
///     let contentType = "application/x-plist"
///
///     func encode<Value: Encodable & Sendable>(_ value: Value) throws -> [UInt8] {
///         Array(try PropertyListEncoder().encode([value]))
///     }
///
///     func decode<Value: Decodable & Sendable>(
///         _ type: Value.Type, from bytes: [UInt8]
///     ) throws -> Value {
///         try PropertyListDecoder().decode([Value].self, from: Data(bytes))[0]
///     }
/// }
///
/// extension Format {
///     static let propertyList = Format(PropertyList())
/// }
/// ```
/// A replay compares bytes, so equal values must have equal bytes in every process. A format that
/// orders the members of an object by chance, as `PropertyListEncoder` does for dictionaries, is
/// only for values without such members.
public protocol PayloadFormat: Sendable {
    /// The content type of the bytes. The manifest names it, and the server refuses other types for
    /// an input; it may be a range, such as `application/*`.
    var contentType: String { get }

    /// Returns the bytes of a value.
    /// - Throws: an error that says what is wrong with the value. It fails the attempt.
    func encode<Value: Encodable & Sendable>(_ value: Value) throws -> [UInt8]

    /// Returns the value of the bytes.
    /// - Throws: an error that says what is wrong with them. For the input of a handler it becomes a
    ///   ``TerminalError`` with code 400; elsewhere it fails the attempt.
    func decode<Value: Decodable & Sendable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value

    /// Returns the JSON Schema (draft 2020-12) of a type for the manifest, or nil if there is none.
    func jsonSchema<Value>(of type: Value.Type) -> String?
}

extension PayloadFormat {
    public func jsonSchema<Value>(of type: Value.Type) -> String? { nil }
}

/// A format is how values travel and are stored: as JSON (the default), as text, as plain bytes, or
/// in a ``PayloadFormat`` of your own.
///
/// It is chosen for one operation, for the input or the output of a handler, or for a whole handler,
/// service or endpoint. The nearest choice counts.
///
/// ```swift
/// static let picture = StateKey<[UInt8]?>("picture", format: .bytes)
///
/// struct API: HandlerTable {
///     let upload = exclusive(Album.upload).inputFormat(.bytes(contentType: "image/png"))
/// }
/// ```
public struct Format: Sendable {
    /// Boxed, so that a place without a choice costs one comparison with nil.
    final class Kept: Sendable {
        let format: any PayloadFormat

        init(_ format: any PayloadFormat) { self.format = format }
    }

    let kept: Kept

    /// Makes a format from a type of your own, mostly for a `static let`.
    public init(_ format: some PayloadFormat) {
        kept = Kept(format)
    }

    var format: any PayloadFormat { kept.format }

    /// Canonical JSON, `application/json`. It is for all types.
    public static let json = Format(JSONFormat())

    /// UTF-8 text, `text/plain`. It is for strings, and for types that are made from text and
    /// described as the same text (`LosslessStringConvertible`), as numbers are.
    public static let text = Format(TextFormat())

    /// Bytes as they are, `application/octet-stream`. It is for `[UInt8]`, `ArraySlice<UInt8>` and
    /// `Data`.
    public static let bytes = Format(BytesFormat())

    /// Canonical JSON with another content type, such as `application/vnd.shop.order+json`.
    public static func json(contentType: String) -> Format {
        Format(JSONFormat(contentType: contentType))
    }

    /// UTF-8 text with another content type, such as `text/csv`.
    public static func text(contentType: String) -> Format {
        Format(TextFormat(contentType: contentType))
    }

    /// Bytes as they are with another content type, such as `image/png`.
    public static func bytes(contentType: String) -> Format {
        Format(BytesFormat(contentType: contentType))
    }
}
