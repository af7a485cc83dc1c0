import RestateServices

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension EndpointLog {
    /// Takes the level from the endpoint, or else from the environment.
    init(of endpoint: Endpoint) throws(EndpointError) {
        let level: LogLevel
        if let said = endpoint.logLevel {
            level = said
        } else {
            level = try LogLevel(variable: getenv(LogLevel.variable).map { String(cString: $0) })
        }
        self.init(endpoint.logger ?? StandardErrorLogger(), level: level)
    }
}

extension LogLevel {
    /// The environment variable that sets the level of endpoints without a level of their own.
    static let variable = "RESTATE_LOGGING"

    /// Reads the value of the variable. Without a value the level is `INFO`.
    init(variable value: String?) throws(EndpointError) {
        guard let value, !value.isEmpty else {
            self = .info
            return
        }
        guard let level = Self.allCases.first(where: { $0.name == value.uppercased() }) else {
            throw EndpointError(
                .setting,
                "\(Self.variable) is '\(LogText.line(value, limit: 100))', which is no level of the "
                    + "log. It can be TRACE, DEBUG, INFO, WARN or ERROR.")
        }
        self = level
    }
}
