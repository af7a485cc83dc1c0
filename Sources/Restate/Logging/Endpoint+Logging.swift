import RestateHTTP
import RestateProtocol

extension Endpoint {
    /// Sends the log to `logger` instead of standard error.
    ///
    /// ```swift
    /// await Endpoint(Greeter()).logger(StandardErrorLogger(), level: .debug).serve()
    /// ```
    /// - Parameters:
    ///   - logger: receives every event that is important enough.
    ///   - level: drops less important lines before they are formatted. If it is nil, the
    ///     environment variable `RESTATE_LOGGING` applies (TRACE, DEBUG, INFO, WARN or ERROR), and
    ///     without the variable `INFO`. An endpoint does not start if the variable has any other
    ///     value.
    public func logger(_ logger: any RestateLogger, level: LogLevel? = nil) -> Endpoint {
        with {
            $0.logger = logger
            $0.logLevel = level
        }
    }

    /// The endpoint without a log, for tests whose attempts fail on purpose.
    package var quiet: Endpoint { logger(SilentLogger()) }
}

extension Router {
    /// Lists the services for the first line of the log: `Greeter (2 handlers)`.
    var summary: String {
        var counts: [(service: String, count: Int)] = []
        for handler in handlers {
            if counts.last?.service == handler.service {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((handler.service, 1))
            }
        }
        let shown = counts.prefix(20).map { "\($0) (\($1) handler\($1 == 1 ? "" : "s"))" }
        let more = counts.count > 20 ? ["\(counts.count - 20) more services"] : []
        return counts.isEmpty ? "no services" : (shown + more).joined(separator: ", ")
    }

    /// Says which servers may invoke the handlers.
    var trust: String {
        guard let identityKeys else {
            return "requests are not validated: whoever reaches the port can invoke handlers"
        }
        return "requests are validated with \(identityKeys.count) identity "
            + (identityKeys.count == 1 ? "key" : "keys")
    }
}
