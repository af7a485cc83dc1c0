extension Endpoint {
    /// Gives options to all services of this endpoint, where neither they nor their handlers say something
    /// else. What does not fit a service is not for it: lazy state of one without state, for example.
    ///
    /// ```swift
    /// await Endpoint(Ticket(), Checkout())
    ///     .defaults(ServiceOptions().inactivityTimeout(.seconds(40)).journalRetention(.seconds(86_400)))
    ///     .serve(port: 9080)
    /// ```
    public func defaults(_ options: ServiceOptions) -> Endpoint {
        with { $0.defaults = options.values.completed(by: $0.defaults) }
    }

    /// Changes the options of one service, for whoever deploys it: they count more than the service's own,
    /// and less than what its handlers say themselves.
    ///
    /// An endpoint that does not serve the service does not start.
    public func options<S: RestateService>(
        for service: S.Type, _ options: ServiceOptions
    ) -> Endpoint {
        with { $0.options.append((service, options.values)) }
    }

    /// Makes terminal errors of errors in all services; see ``Configurable/terminalErrors(_:)``.
    public func terminalErrors(
        _ convert: @escaping @Sendable (any Error) -> TerminalError?
    ) -> Endpoint {
        with { $0.defaults.terminalErrors.append(convert) }
    }

    /// Says what happens when code does not follow a journal, in all services; see
    /// ``Configurable/onJournalMismatch(_:)``.
    public func onJournalMismatch(_ reaction: JournalMismatchReaction) -> Endpoint {
        with { $0.defaults.onJournalMismatch = reaction }
    }

    /// Leaves it to the handlers of all services what a cancellation ends; see
    /// ``Configurable/explicitCancellation(_:)``.
    public func explicitCancellation(_ isExplicit: Bool = true) -> Endpoint {
        with { $0.defaults.explicitCancellation = isExplicit }
    }
}
