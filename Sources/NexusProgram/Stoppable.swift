internal import Dispatch

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Does something that is cancelled when the process is asked to end (SIGTERM or SIGINT), so that it can
/// still clear up: children would outlive a process that simply ends.
func stoppable<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let task = Task { try await body() }
    let signals = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler { task.cancel() }
        source.resume()
        return source
    }
    defer { for source in signals { source.cancel() } }
    do {
        return try await task.value
    } catch is CancellationError {
        throw Stopped()
    }
}

private struct Stopped: Error, CustomStringConvertible {
    let description = "Stopped before its end; nothing was checked"
}
