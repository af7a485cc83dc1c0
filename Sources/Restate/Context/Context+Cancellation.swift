import RestateMachine
import RestateProtocol

extension Context {
    /// Becomes ready when the invocation is cancelled; after that, the next cancellation is meant.
    ///
    /// For handlers with ``Configurable/explicitCancellation(_:)``. In others a cancellation ends the wait
    /// itself, so that this future fails the attempt, with a sentence that says so.
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
        let node = LeafNode(.cancel) { try Self.nothing($0) }
        nextCancellation = node
        return DurableFuture(node, invocation, site)
    }

    /// Cancels every invocation that was called here, one-way calls left out, and not cancelled so before.
    /// Done callees do not mind. Waits until the ids of all are known.
    ///
    /// With an implicit cancellation this happens by itself.
    /// - Returns: their ids, in the order of the calls. What the calls then give is what the callees make of
    ///   it: a terminal error with code 409, usually.
    @discardableResult
    public nonisolated(nonsending) func cancelStartedCalls(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [InvocationID<Void>] {
        try await invocation.cancelCalls(at: CallSite(fileID: fileID, line: line))
            .map { InvocationID($0) }
    }

    /// Runs a part of the handler that a cancellation does not end, such as the undoing of what was done.
    ///
    /// A cancellation that comes meanwhile ends the first wait after it. Several of them are one.
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

/// A handler waits for what ends its waits.
private struct ImplicitlyCancelled: Error, CustomStringConvertible {
    let description =
        "'ctx.cancellation' is for handlers with '.explicitCancellation()': in others a cancellation ends "
        + "each wait by itself, as a terminal error with code 409"
}
