import Primitives

/// The hooks of a handler, outermost first: the endpoint's, then the service's, then the handler's.
///
/// A handler without hooks has no chain, so that hooks cost nothing where none are used.
package struct HookChain: Sendable {
    let hooks: [any InvocationHooks]

    /// Makes a chain; nil without hooks.
    package init?(_ hooks: [any InvocationHooks]) {
        if hooks.isEmpty { return nil }
        self.hooks = hooks
    }

    /// Returns the handler's body with the hooks around it.
    func around(_ body: @escaping ServedHandler.Body) -> ServedHandler.Body {
        { attempt in
            let output = Locked<[UInt8]?>(nil)
            let (info, loop) = (attempt.value.info, attempt.value.loop)
            try await through(info, 0) {
                // A hook may switch executors. The handler must still run on its attempt's loop.
                let bytes = try await withTaskExecutorPreference(loop) { try await body(attempt) }
                output.withLock { $0 = bytes }
            }
            return output.withLock { $0 } ?? []
        }
    }

    private func through(
        _ info: AttemptInfo, _ index: Int, _ body: @Sendable () async throws -> Void
    ) async throws {
        guard index < hooks.count else { return try await body() }
        let call = NextCall(hooks[index], "attempt")
        do {
            try await hooks[index].attempt(info) {
                try await call.once { try await through(info, index + 1, body) }
            }
        } catch {
            return try call.settle(error)
        }
        try call.settle(nil)
    }

    /// Runs the closure of a step with the hooks around it.
    func run(
        _ name: String, _ info: AttemptInfo,
        _ body: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        let output = Locked<[UInt8]?>(nil)
        try await run(name, info, 0) {
            let bytes = try await body()
            output.withLock { $0 = bytes }
        }
        return output.withLock { $0 } ?? []
    }

    private func run(
        _ name: String, _ info: AttemptInfo, _ index: Int,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard index < hooks.count else { return try await body() }
        let call = NextCall(hooks[index], "run")
        do {
            try await hooks[index].run(name, info) {
                try await call.once { try await run(name, info, index + 1, body) }
            }
        } catch {
            return try call.settle(error)
        }
        try call.settle(nil)
    }

    /// Reports the outcome of an attempt to all hooks.
    func ended(_ info: AttemptInfo, _ report: AttemptReport) {
        for hooks in hooks { hooks.ended(info, report) }
    }
}
