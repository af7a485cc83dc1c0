/// What holds for all handlers of a service that say nothing else themselves.
///
/// A service gives its own, the endpoint gives defaults for all of its services
/// (``Endpoint/defaults(_:)``), and whoever deploys changes single services
/// (``Endpoint/options(for:_:)``). A handler's own word counts most, then that of `options(for:)`, then
/// the service's, then the endpoint's defaults, and where none of them says anything, the server's
/// configuration. That goes for each option by itself, and for each part of a retry policy; metadata
/// of all levels is put together.
///
/// ```swift
/// struct Ticket: VirtualObject {
///     static let options = ServiceOptions()
///         .documentation("Seats, and who holds them")
///         .inactivityTimeout(.seconds(40))
///         .retryPolicy(InvocationRetryPolicy(maxAttempts: 10, onMaxAttempts: .pause))
///     …
/// }
/// ```
public struct ServiceOptions: Configurable, Sendable {
    package private(set) var values = HandlerOptions()

    public init() {}

    public func configured(_ change: (inout HandlerOptions) -> Void) -> ServiceOptions {
        var copy = self
        change(&copy.values)
        return copy
    }
}
