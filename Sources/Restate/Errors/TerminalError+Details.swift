import CanonicalJSON
import RestateMachine

extension TerminalError {
    /// Makes a terminal error of another error, with the text that a retry of it would have had.
    ///
    /// ```swift
    /// do { try order.validate() } catch { throw TerminalError(wrapping: error, code: 422) }
    /// ```
    /// An ``AttemptEnd`` is no error to be wrapped: let it pass, as `docs/guide/catching.md` says.
    public init(wrapping error: any Error, code: UInt16 = 500, metadata: [String: String] = [:]) {
        self.init(ErrorText.describe(error), code: code, metadata: metadata)
    }

    /// Makes a terminal error that has a value with it, for callers that know its type.
    ///
    /// ```swift
    /// throw TerminalError("sold out", code: 409, details: SoldOut(seat: seat))
    /// …
    /// } catch let error as TerminalError {
    ///     if let soldOut = try error.details(as: SoldOut.self) { … }
    /// ```
    /// The value travels as JSON in the metadata, under the name `details`. What JSON cannot express, such as
    /// an infinite number, is not sent.
    public init<Details: Encodable>(
        _ message: String, code: UInt16 = 500, metadata: [String: String] = [:], details: Details
    ) {
        self.init(message, code: code, metadata: metadata)
        if let bytes = try? JSON.encode(details) {
            self.metadata[Self.detailsKey] = String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Gives the value that came with the error, or nil if there was none.
    /// - Throws: if it is a value of another type.
    public func details<Details: Decodable>(as type: Details.Type) throws -> Details? {
        try metadata[Self.detailsKey].map { try JSON.decode(type, from: Array($0.utf8)[...]) }
    }

    private static var detailsKey: String { "details" }
}
