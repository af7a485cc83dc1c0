extension Endpoint: Configurable {
    /// Changes the default options for all services of this endpoint; see ``defaults(_:)``.
    public func configured(_ change: (inout HandlerOptions) -> Void) -> Endpoint {
        with { change(&$0.defaults) }
    }

    /// Sets default options for all services of this endpoint. Options of a service or handler take
    /// precedence. An option that does not fit a service, such as lazy state for one without state,
    /// is not applied to it.
    ///
    /// ```swift
    /// await Endpoint(Ticket(), Checkout())
    ///     .defaults(ServiceOptions().inactivityTimeout(.seconds(40)).journalRetention(.seconds(86_400)))
    ///     .serve(port: 9080)
    /// ```
    public func defaults(_ options: ServiceOptions) -> Endpoint {
        with { $0.defaults = options.values.completed(by: $0.defaults) }
    }

    /// Sets the codec for all values that the endpoint sends to the server: they are encrypted or
    /// compressed there. Clients need the same codec (`RestateClient.journalCodec`); environments of
    /// tests take it from the endpoint.
    ///
    /// With it an input that cannot be decoded is a ``TerminalError`` with code 400, and another value
    /// that cannot be decoded fails the attempt. The error names the codec. A replay does not compare
    /// values, and the manifest has no schemas.
    public func journalCodec(_ codec: any JournalCodec) -> Endpoint {
        with { $0.defaults.codec = ChosenCodec(codec) }
    }

    /// Sets options for one service at its deployment. They take precedence over the service's own
    /// options, but not over those of its handlers.
    ///
    /// An endpoint that does not serve the service refuses to start.
    public func options<S: RestateService>(
        for service: S.Type, _ options: ServiceOptions
    ) -> Endpoint {
        with { $0.options.append((service, options.values)) }
    }
}
