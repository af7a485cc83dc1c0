/// An error of the application that ends an invocation, as what its callers are told.
///
/// An ordinary error is retried. One of this kind is a ``TerminalError`` instead, wherever it would have been
/// retried: at the end of a handler and of a run's closure.
///
/// ```swift
/// struct SoldOut: TerminalConvertible {
///     var seat: String
///     var terminalError: TerminalError {
///         TerminalError("sold out: \(seat)", code: 409, metadata: ["seat": seat])
///     }
/// }
/// ```
/// For types that are not one's own there is ``Configurable/terminalErrors(_:)``.
public protocol TerminalConvertible: Error {
    var terminalError: TerminalError { get }
}
