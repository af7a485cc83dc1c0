package import RestateProtocol

/// Ends an invocation with an error for the caller, without retries.
///
/// Any other error that a handler throws ends only the attempt, and the server retries.
///
/// ```swift
/// guard seat.isFree else { throw TerminalError("Ticket already sold", code: 409) }
/// ```
public struct TerminalError: Error, Equatable, Sendable {
    /// The text of the error. A text over 8 KiB is shortened in its middle.
    public var message: String
    /// The HTTP status for a caller at the ingress, 500 by default. The ingress answers 500 for a
    /// code that is no status from 200 to 999.
    public var code: UInt16
    /// Further texts for the caller, sent unchanged. They need service protocol 6: with an older
    /// one they are left out, and the log has a line about it.
    public var metadata: [String: String]
    /// Whether this invocation was cancelled, so that the error came from the place where it waits.
    /// It can be caught like any other error, so that a saga can compensate.
    public internal(set) var isCancellation = false
    /// Whether the error came from ``DurableFuture/orTimeout(_:fileID:line:)``. It is false for the
    /// error of a callee that ended with code 408.
    public internal(set) var isTimeout = false

    /// Makes the error that ends the invocation when a handler or a step throws it.
    public init(_ message: String, code: UInt16 = 500, metadata: [String: String] = [:]) {
        self.message = message
        self.code = code
        self.metadata = metadata
    }

    /// The error that `orTimeout` throws. Its code is 408.
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

    /// The metadata is sorted, so that a replay writes the same bytes.
    package var failure: Failure {
        Failure(
            code: UInt32(code), message: message,
            metadata: metadata.sorted { $0.key < $1.key }
                .map { Header(key: $0.key, value: $0.value) })
    }
}
