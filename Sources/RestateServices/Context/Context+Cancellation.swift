import RestateMachine
import RestateProtocol

extension Context {
    /// A future that completes when the invocation is cancelled. Once it has completed, this
    /// property is the future of the next cancellation.
    ///
    /// It is for handlers with ``Configurable/explicitCancellation(_:)``. In other handlers a
    /// cancellation ends the wait itself, so awaiting this future there fails the attempt with an
    /// error that says so.
    ///
    /// ```swift
    /// let work = ctx.service(Reports.self).make.start(order)
    /// let report = try await ctx.first(of: work.map { $0 }, ctx.cancellation.map { nil }).value
    /// if report == nil { try await ctx.cancelStartedCalls() }
    /// ```
    public var cancellation: DurableFuture<Void> {
        let site = CallSite(fileID: "ctx.cancellation", line: 0)
        guard invocation.machine.options.implicitCancellation == .disabled else {
            return DurableFuture(FailedNode(ImplicitlyCancelled()), invocation, site)
        }
        if let node = nextCancellation, !node.isDecided {
            return DurableFuture(node, invocation, site)
        }
        let node = LeafNode(.cancel) { result, _ in try Self.nothing(result) }
        nextCancellation = node
        return DurableFuture(node, invocation, site)
    }

    /// Cancels every call that this handler has made and not yet cancelled here, except one-way
    /// calls. It waits until the ids of all callees are known. Cancelling a callee that has ended
    /// has no effect.
    ///
    /// Without explicit cancellation the SDK does this when the invocation is cancelled.
    /// - Returns: the ids of the callees, in the order of the calls. The calls then complete with
    ///   what the callees make of the cancellation, usually a terminal error with code 409.
    @discardableResult
    public nonisolated(nonsending) func cancelStartedCalls(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [InvocationID<Void>] {
        try await invocation.cancelCalls(at: CallSite(fileID: fileID, line: line))
            .map { InvocationID($0) }
    }

    /// Runs a part of the handler that a cancellation does not interrupt, such as a compensation.
    ///
    /// A cancellation that arrives meanwhile ends the first wait after `body`. Several
    /// cancellations count as one.
    ///
    /// ```swift
    /// } catch let error as TerminalError {
    ///     try await ctx.withoutCancellation {
    ///         try await ctx.run("refund") { try await gateway.refund(receipt) }
    ///     }
    ///     throw error
    /// }
    /// ```
    @discardableResult
    public nonisolated(nonsending) func withoutCancellation<Value>(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        invocation.machine.shields += 1
        defer { invocation.machine.shields -= 1 }
        return try await body()
    }
}

extension AttemptDriver {
    /// Cancels the callees of calls, once their ids are known.
    fileprivate nonisolated(nonsending) func cancelCalls(
        at site: CallSite
    ) async throws -> [String] {
        pull()
        do {
            while true {
                switch try machine.cancelCalls(at: site) {
                case .done(let ids): return ids
                case .wait:
                    flush()
                    await change()
                    pull()
                }
            }
        } catch {
            throw await unwinding(error)
        }
    }
}

/// The handler awaits `cancellation`, although a cancellation would end that very wait.
private struct ImplicitlyCancelled: Error, CustomStringConvertible {
    let description =
        "'ctx.cancellation' is for handlers with '.explicitCancellation()': in others a cancellation ends "
        + "each wait by itself, as a terminal error with code 409"
}
