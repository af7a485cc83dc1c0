package import RestateProtocol

/// Ends an invocation for good: the caller gets this error, and nothing is retried.
///
/// Any other error that a handler throws only ends the attempt; the server tries again.
///
/// ```swift
/// guard seat.isFree else { throw TerminalError("Ticket already sold", code: 409) }
/// ```
public struct TerminalError: Error, Equatable, Sendable {
    /// What is longer than 8 KiB is sent with its middle left out.
    public var message: String
    /// The HTTP status that a caller at the ingress sees, from 200 to 999. What cannot be the status
    /// of an answer is a 500 there. 500 by default.
    public var code: UInt16
    /// More for the caller, who gets it unchanged. Needs service protocol 6 or later: with an older
    /// one it is left out, with a line in the log.
    public var metadata: [String: String]
    /// This very invocation was cancelled: thrown at the place where it waits. It is an error
    /// like any other for `catch`, so that a saga can undo what it did.
    public internal(set) var isCancellation = false
    /// The time that this invocation gave to a future is over: thrown by ``DurableFuture/orTimeout(_:fileID:line:)``.
    /// A callee that ended with code 408 itself is none.
    public internal(set) var isTimeout = false

    public init(_ message: String, code: UInt16 = 500, metadata: [String: String] = [:]) {
        self.message = message
        self.code = code
        self.metadata = metadata
    }

    /// What `orTimeout` throws: code 408.
    public static let timeout = {
        var error = TerminalError("Timeout occurred", code: 408)
        error.isTimeout = true
        return error
    }()

    static let cancelled = {
        var error = TerminalError("Cancelled", code: 409)
        error.isCancellation = true
        return error
    }()
}

extension TerminalError: CustomStringConvertible {
    public var description: String { message }
}

extension TerminalError {
    package init(_ failure: Failure) {
        let metadata = failure.metadata.map { ($0.key, $0.value) }
        self.init(
            failure.message, code: UInt16(clamping: failure.code),
            metadata: Dictionary(metadata, uniquingKeysWith: { $1 }))
    }

    /// Metadata goes out sorted, so that a replay gives the same bytes.
    package var failure: Failure {
        Failure(
            code: UInt32(code), message: message,
            metadata: metadata.sorted { $0.key < $1.key }
                .map { Header(key: $0.key, value: $0.value) })
    }
}
