package import Primitives
import RestateMachine
import RestateProtocol

/// A handler that an endpoint serves. Its input and output are bytes.
package final class ServedHandler: Sendable {
    /// Non-sending, because every other asynchronous function looks up its executor when it is
    /// called.
    package typealias Body =
        nonisolated(nonsending) @Sendable (LoopBound<AttemptDriver>) async throws -> [UInt8]

    package let service: String
    package let name: String
    package let entry: any AnyHandler
    /// The handler's own options, and for a run those that are set on its workflow.
    package let options: HandlerOptions
    /// The handler's options completed by those of its service.
    package let allOptions: HandlerOptions
    package let settings: AttemptSettings
    /// The options of the handler's machines, built once.
    let machineOptions: MachineOptions
    let errors: ErrorRules
    /// How values are written; nil if nobody chose anything.
    package let coding: ValueCoding?
    /// The body with the hooks around it, if there are any.
    package let body: Body
    package let hooks: HookChain?
    /// Whether hooks or the log observe every attempt.
    package let isReported: Bool
    package let pace = HandlerPace()

    package init(
        service: String, name: String, entry: any AnyHandler, options: HandlerOptions? = nil,
        inherited: HandlerOptions = HandlerOptions(),
        settings: AttemptSettings, coding: ValueCoding? = nil,
        hooks: HookChain? = nil,
        body: @escaping Body
    ) {
        self.service = service
        self.name = name
        self.entry = entry
        self.options = options ?? entry.options
        self.settings = settings
        let all = entry.options.completed(by: inherited)
        allOptions = all
        var machineOptions = settings.machine
        machineOptions.mismatchBehavior = all.onJournalMismatch?.behavior ?? .retry
        if all.explicitCancellation == true { machineOptions.implicitCancellation = .disabled }
        // The bytes of one value may differ from time to time.
        if coding?.codec != nil { machineOptions.checksPayloads = false }
        self.machineOptions = machineOptions
        self.coding = coding
        errors = ErrorRules(conversions: all.terminalErrors)
        self.hooks = hooks
        isReported = hooks != nil || settings.log.includes(.debug)
        // Not with `??`, which would wrap the body: one more asynchronous function for every attempt.
        if let hooks { self.body = hooks.around(body) } else { self.body = body }
    }
}
