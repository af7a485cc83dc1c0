import RestateHTTP

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
    let settings: AttemptSettings
    /// With the hooks around it, if there are any.
    let body: Body
    let hooks: HookChain?
    /// Somebody wants to know of every attempt.
    let isReported: Bool
    let pace = HandlerPace()

    init(
        service: String, name: String, entry: any AnyHandler, options: HandlerOptions? = nil,
        settings: AttemptSettings = AttemptSettings(), hooks: HookChain? = nil,
        body: @escaping Body
    ) {
        self.service = service
        self.name = name
        self.entry = entry
        self.options = options ?? entry.options
        self.settings = settings
        self.hooks = hooks
        isReported = hooks != nil || settings.log.includes(.debug)
        self.body = hooks?.around(body) ?? body
    }
}
