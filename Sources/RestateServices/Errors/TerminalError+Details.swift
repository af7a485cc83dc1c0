import CanonicalJSON
import RestateMachine

extension TerminalError {
    /// Makes a terminal error from another error. Its text is the one that the server would show
    /// for the other error.
    ///
    /// ```swift
    /// do { try order.validate() } catch { throw TerminalError(wrapping: error, code: 422) }
    /// ```
    /// Do not wrap an ``AttemptEnd``: rethrow it, as `docs/guide/catching.md` says.
    public init(wrapping error: any Error, code: UInt16 = 500, metadata: [String: String] = [:]) {
        self.init(ErrorText.describe(error), code: code, metadata: metadata)
    }

    /// Makes a terminal error with a value for callers that know the value's type.
    ///
    /// ```swift
    /// throw TerminalError("sold out", code: 409, details: SoldOut(seat: seat))
    /// …
    /// } catch let error as TerminalError {
    ///     if let soldOut = try error.details(as: SoldOut.self) { … }
    /// ```
    /// The value is sent as JSON in the metadata, under the name `details`. A value that JSON
    /// cannot express, such as an infinite number, is left out.
    public init<Details: Encodable>(
        _ message: String, code: UInt16 = 500, metadata: [String: String] = [:], details: Details
    ) {
        self.init(message, code: code, metadata: metadata)
        if let bytes = try? JSON.encode(details) {
            self.metadata[Self.detailsKey] = String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Returns the value that was sent with the error, or nil if there is none.
    /// - Throws: an error if the value cannot be decoded as `type`.
    public func details<Details: Decodable>(as type: Details.Type) throws -> Details? {
        try metadata[Self.detailsKey].map { try JSON.decode(type, from: Array($0.utf8)[...]) }
    }

    private static var detailsKey: String { "details" }
}
