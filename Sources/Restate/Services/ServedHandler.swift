import RestateHTTP
import RestateMachine
import RestateProtocol

/// A handler that an endpoint serves: bytes in, bytes out.
final class ServedHandler: Sendable {
    /// Non-sending, because a call of any other asynchronous function asks for its executor.
    typealias Body =
        nonisolated(nonsending) @Sendable (LoopBound<AttemptDriver>) async throws -> [UInt8]

    let service: String
    let name: String
    let entry: any AnyHandler
    /// Its own, with what only a workflow as a whole can say of its run.
    let options: HandlerOptions
    /// Its own, and what they leave unsaid from its service.
    let allOptions: HandlerOptions
    let settings: AttemptSettings
    /// What each of its machines is told.
    let machineOptions: MachineOptions
    let errors: ErrorRules
    /// With the hooks around it, if there are any.
    let body: Body
    let hooks: HookChain?
    /// Somebody wants to know of every attempt.
    let isReported: Bool
    let pace = HandlerPace()

    init(
        service: String, name: String, entry: any AnyHandler, options: HandlerOptions? = nil,
        inherited: HandlerOptions = HandlerOptions(),
        settings: AttemptSettings = AttemptSettings(), hooks: HookChain? = nil,
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
        self.machineOptions = machineOptions
        errors = ErrorRules(conversions: all.terminalErrors)
        self.hooks = hooks
        isReported = hooks != nil || settings.log.includes(.debug)
        self.body = hooks?.around(body) ?? body
    }
}
