internal import RestateHTTP

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Says why an endpoint cannot start. Programs decide by ``code``, people read ``description``.
///
/// ```swift
/// do {
///     _ = try endpoint.start(port: 9080)
/// } catch {
///     guard error.code == .portInUse else { throw error }
///     …
/// }
/// ```
public struct EndpointError: Error, Equatable, CustomStringConvertible {
    /// Tells the kinds of errors apart. Later versions may add kinds.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Another program listens on the port.
        public static let portInUse = Code(rawValue: "port in use")
        /// The endpoint cannot listen on this host or port.
        public static let address = Code(rawValue: "address")
        /// A setting is out of its range.
        public static let setting = Code(rawValue: "setting")
        /// A service or a handler has a name that a server refuses.
        public static let invalidName = Code(rawValue: "invalid name")
        /// Two services have the same name.
        public static let duplicateService = Code(rawValue: "duplicate service")
        /// No service was given, or the table of a service's handlers is wrong.
        public static let handlers = Code(rawValue: "handlers")
        /// An option does not fit its service or handler.
        public static let options = Code(rawValue: "options")
        /// A request identity key cannot be used.
        public static let identity = Code(rawValue: "identity")
        /// The manifest version that the server asks for cannot describe the services.
        public static let manifest = Code(rawValue: "manifest")
    }

    /// The kind of the error, for programs.
    public let code: Code
    /// The problem, without advice.
    public let problem: String
    /// The problem, with advice.
    public let description: String
    /// The error that caused this one, if there was one.
    public let cause: (any Error)?

    init(_ code: Code, _ description: String, cause: (any Error)? = nil) {
        self.code = code
        problem = description
        self.description = description
        self.cause = cause
    }

    init(_ error: SystemError, port: Int) {
        let isTaken = error.errno == EADDRINUSE
        let advice: String? =
            switch error.errno {
            case EADDRINUSE: "choose another port, or 0 for any free one"
            case EADDRNOTAVAIL, 0: "the host must be a name or an address of this machine"
            case EACCES where port < 1024: "ports below 1024 are for the administrator"
            default: nil
            }
        code = isTaken ? .portInUse : .address
        problem = error.description
        description = error.description + (advice.map { "; \($0)" } ?? "")
        cause = error
    }

    public static func == (left: EndpointError, right: EndpointError) -> Bool {
        left.code == right.code && left.description == right.description
    }
}
