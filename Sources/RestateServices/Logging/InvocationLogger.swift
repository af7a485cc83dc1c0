import Primitives
import RestateMachine

/// Logs what a handler does. It drops lines while the handler replays its journal, so that each
/// line is written once. Each line has the invocation's id and target.
///
/// ```swift
/// ctx.log.info("reserved", ["seat": seat])
/// let receipt = try await ctx.run("charge") {
///     InvocationLogger.current?.info("charging")
///     return try await gateway.charge(order)
/// }
/// ```
/// Lines that follow the last journal entry of an attempt are written again by the next attempt. A
/// line below the level is not formatted.
public struct InvocationLogger: Sendable {
    /// The logger for the code that the closure of a step calls; nil elsewhere. Handlers use
    /// ``Context/log``.
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

    /// Logs a detail for the search of a fault.
    public func trace(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.trace, message(), fields())
    }

    /// Logs a detail that explains an invocation.
    public func debug(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.debug, message(), fields())
    }

    /// Logs an ordinary event.
    public func info(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.info, message(), fields())
    }

    /// Logs an event that an operator should look at.
    public func warn(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.warn, message(), fields())
    }

    /// Logs a failure.
    public func error(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.error, message(), fields())
    }

    /// Logs at a level that is chosen at run time.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        let log = handler.settings.log
        guard log.includes(level), !isRepeating else { return }
        let target = HandlerTarget(handler, key: key)
        log(level, message(), LogFields.of(id, target) + fields().map { ($0.key, $0.value) })
    }

    /// Off the handler's loop only closures of steps run, and a replay does not execute them.
    private var isRepeating: Bool {
        loop.isCurrent && !attempt.value.machine.isProcessing
    }
}

/// The fields of every line about an invocation.
package enum LogFields {
    package static func of(_ id: String, _ target: HandlerTarget) -> [(String, String)] {
        [("restate.invocation.id", id), ("restate.invocation.target", target.description)]
    }
}

extension Context {
    /// A logger for this invocation. It drops lines while the handler replays its journal.
    public var log: InvocationLogger { InvocationLogger(invocation) }

    /// Whether the handler is replaying what an earlier attempt did.
    ///
    /// It serves logs and metrics only: if the handler's behaviour depended on it, a replay would
    /// diverge from the journal.
    public var isReplaying: Bool { invocation.machine.isReplaying }
}
