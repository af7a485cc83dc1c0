#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An endpoint's logger with its level. Lines below the level are not even formatted.
struct EndpointLog: Sendable {
    /// The least level that is logged; nil drops every line.
    let level: LogLevel?
    private let logger: any RestateLogger

    init(_ logger: any RestateLogger, level: LogLevel) {
        self.logger = logger
        self.level = logger is SilentLogger ? nil : level
    }

    static let silent = EndpointLog(SilentLogger(), level: .error)

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

    func includes(_ level: LogLevel) -> Bool {
        guard let lowest = self.level else { return false }
        return level >= lowest
    }

    func callAsFunction(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> [(String, String)] = []
    ) {
        if includes(level) { logger.log(LogRecord(level, message(), fields())) }
    }
}
