/// Holds the options of a service. Each applies to the handlers that do not set it themselves.
///
/// An option can be set on four levels. The handler's own value takes precedence, then that of
/// `Endpoint.options(for:_:)`, then the service's own, then that of `Endpoint.defaults(_:)`. If
/// none of them is set, the server's configuration applies. This holds for each option by itself,
/// and for each value of a retry policy. The metadata of all levels is merged.
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

    /// Makes options that say nothing, to be changed by methods.
    public init() {}

    public func configured(_ change: (inout HandlerOptions) -> Void) -> ServiceOptions {
        var copy = self
        change(&copy.values)
        return copy
    }
}

extension ServiceOptions {
    /// Sets the codec for the values in the service's journals and in its state; nil for none. It
    /// takes precedence over `Endpoint.journalCodec(_:)`.
    ///
    /// Calls of the service are encoded by it as well. Awakeables, signals and attached results are
    /// encoded by the codec of whoever sends and awaits them, so services that exchange them need the
    /// same one.
    public func journalCodec(_ codec: (any JournalCodec)?) -> ServiceOptions {
        configured { $0.codec = ChosenCodec(codec) }
    }
}
