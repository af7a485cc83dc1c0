#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import RestateMachine
import RestateProtocol
import Times

extension Context {
    /// Waits for a duration. The wait is durable: the invocation may suspend meanwhile and resume
    /// in another process.
    /// A name is shown with the journal, and a replay compares it.
    public nonisolated(nonsending) func sleep(
        _ duration: Duration, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws {
        let site = CallSite(fileID: fileID, line: line)
        let id = invocation.issue {
            try invocation.machine.sleep(
                until: invocation.moment(after: duration), name: name, at: site)
        }
        try await Self.nothing(invocation.result(id, at: site))
    }

    /// Starts a durable timer and returns its future.
    public func timer(
        _ duration: Duration, name: String = "",
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Void> {
        let site = CallSite(fileID: fileID, line: line)
        return future(
            at: site,
            {
                try self.invocation.machine.sleep(
                    until: self.invocation.moment(after: duration), name: name, at: site)
            }, { result, _ in try Self.nothing(result) })
    }

    /// Returns the time of day in milliseconds since 1970. It is stored in the journal, so every
    /// replay sees the same time. In the journal it is the same step as `now()`.
    public nonisolated(nonsending) func nowInMilliseconds(
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Int64 {
        let rehearsal = invocation.rehearsal
        return try await run("now", format: .json, fileID: fileID, line: line) {
            rehearsal?.now ?? millisecondsSince1970()
        }
    }
}

/// Returns the clock's time in milliseconds since 1970. Handlers read it within a run or by
/// `ctx.now()`.
package func millisecondsSince1970() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + (Int64(time.tv_nsec) + 500_000) / 1_000_000
}

extension AttemptDriver {
    /// Returns the wake-up time as the protocol counts it. A negative duration means now.
    func moment(after duration: Duration) -> UInt64 {
        Moment.after(
            duration, from: UInt64(clamping: rehearsal?.now ?? millisecondsSince1970()))
    }
}
