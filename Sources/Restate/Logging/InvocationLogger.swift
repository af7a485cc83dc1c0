import RestateHTTP
import RestateMachine

/// Logs what a handler does: silent while the handler only repeats what an earlier attempt did, so that
/// each line is written once. Each line has the invocation's id and target.
///
/// ```swift
/// ctx.log.info("reserved", ["seat": seat])
/// let receipt = try await ctx.run("charge") {
///     InvocationLogger.current?.info("charging")
///     return try await gateway.charge(order)
/// }
/// ```
/// What an attempt logs after the last entry of its journal is logged again by the next attempt. What a
/// level leaves out is not formatted.
public struct InvocationLogger: Sendable {
    /// The logger of the invocation whose step's closure this is, in everything that the closure calls;
    /// nil elsewhere. A handler has ``Context/log``.
    @TaskLocal public static var current: InvocationLogger?

    private let handler: ServedHandler
    private let id: String
    private let key: String
    private let loop: any Confinement
    private let attempt: LoopBound<AttemptDriver>

    init(_ driver: AttemptDriver) {
        handler = driver.handler
        id = driver.machine.input.debugID
        key = driver.machine.input.key
        loop = driver.loop
        attempt = LoopBound(driver, on: driver.loop)
    }

    /// Logs what only somebody who looks for a fault wants to know.
    public func trace(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.trace, message(), fields())
    }

    /// Logs what helps to understand an invocation.
    public func debug(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.debug, message(), fields())
    }

    /// Logs what is good to know.
    public func info(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.info, message(), fields())
    }

    /// Logs what somebody should look at.
    public func warn(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.warn, message(), fields())
    }

    /// Logs what went wrong.
    public func error(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.error, message(), fields())
    }

    /// Logs at a level that is known at run time only.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        let log = handler.settings.log
        guard log.includes(level), !isRepeating else { return }
        let target = HandlerTarget(handler, key: key)
        log(level, message(), LogFields.of(id, target) + fields().map { ($0.key, $0.value) })
    }

    /// Where the handler runs, its journal says it; elsewhere there are only steps, which never repeat.
    private var isRepeating: Bool {
        loop.isCurrent && !attempt.value.machine.isProcessing
    }
}

/// The fields that all lines about an invocation have.
enum LogFields {
    static func of(_ id: String, _ target: HandlerTarget) -> [(String, String)] {
        [("restate.invocation.id", id), ("restate.invocation.target", target.description)]
    }
}

extension Context {
    /// Logs what this invocation does, once and not on every replay.
    public var log: InvocationLogger { InvocationLogger(invocation) }

    /// The handler still does what an earlier attempt did already.
    ///
    /// For what is told to people only: what a handler does must never depend on it, or it does not
    /// follow its journal.
    public var isReplaying: Bool { invocation.machine.isReplaying }
}
