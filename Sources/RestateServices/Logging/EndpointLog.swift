/// An endpoint's logger with its level. Lines below the level are not even formatted.
package struct EndpointLog: Sendable {
    /// The least level that is logged; nil drops every line.
    let level: LogLevel?
    private let logger: any RestateLogger

    package init(_ logger: any RestateLogger, level: LogLevel) {
        self.logger = logger
        self.level = logger is SilentLogger ? nil : level
    }

    package static let silent = EndpointLog(SilentLogger(), level: .error)

    package func includes(_ level: LogLevel) -> Bool {
        guard let lowest = self.level else { return false }
        return level >= lowest
    }

    package func callAsFunction(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> [(String, String)] = []
    ) {
        if includes(level) { logger.log(LogRecord(level, message(), fields())) }
    }
}
