internal import RestateHTTP
internal import RestateRuntime

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The local runtime cannot start, or an endpoint cannot be registered. Programs decide by the
/// code; the description is a sentence for people.
///
/// ```swift
/// do {
///     server = try await LocalServer(settings).start()
/// } catch let error as LocalServerError where error.code == .portInUse { … }
/// ```
public struct LocalServerError: Error, CustomStringConvertible {
    /// The kind of the error. Later versions may add kinds.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Another program listens on one of the ports.
        public static let portInUse = Code(rawValue: "port in use")
        /// A port cannot be listened on for another reason.
        public static let address = Code(rawValue: "address")
        /// A setting cannot be used: a number, a folder, an address of an endpoint.
        public static let setting = Code(rawValue: "setting")
        /// The data folder cannot be read or written.
        public static let storage = Code(rawValue: "storage")
        /// Nothing answers at an endpoint's address. Trying again later may succeed.
        public static let endpointUnreachable = Code(rawValue: "endpoint unreachable")
        /// An endpoint's services cannot be registered.
        public static let registration = Code(rawValue: "registration")
        /// The key that signs requests cannot be used.
        public static let identity = Code(rawValue: "identity")
        /// The local runtime has stopped, or could not begin.
        public static let stopped = Code(rawValue: "stopped")
    }

    /// The kind of the error, for programs.
    public let code: Code
    public let description: String
    /// The error that led to this one, if there was one.
    public let cause: (any Error)?

    init(_ code: Code, _ description: String, cause: (any Error)? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    /// Answers requests that are open while the local runtime ends.
    static func stopping(isKept: Bool) -> LocalServerError {
        LocalServerError(
            .stopped,
            "The local runtime is stopping. "
                + (isKept
                    ? "What it has accepted is in its data folder, and goes on when it is started there "
                        + "again."
                    : "It has no data folder, so what it has accepted ends with it."))
    }

    /// Describes a result that cannot be read.
    init(_ failure: ArchiveFailure) {
        self.init(.storage, failure.description, cause: failure)
    }

    /// Describes a port that cannot be opened.
    init(_ error: SystemError) {
        self.init(
            error.errno == EADDRINUSE ? .portInUse : .address, error.description, cause: error)
    }
}
