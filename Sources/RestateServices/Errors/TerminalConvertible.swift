/// A conforming error ends the invocation instead of being retried.
///
/// At the end of a handler or of a run's closure the SDK replaces it by its ``TerminalError``,
/// which the caller receives.
///
/// ```swift
/// struct SoldOut: TerminalConvertible {
///     var seat: String
///     var terminalError: TerminalError {
///         TerminalError("sold out: \(seat)", code: 409, metadata: ["seat": seat])
///     }
/// }
/// ```
/// For types of other libraries there is ``Configurable/terminalErrors(_:)``.
public protocol TerminalConvertible: Error {
    /// The error that callers get instead of this one.
    var terminalError: TerminalError { get }
}
