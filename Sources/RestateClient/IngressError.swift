internal import CanonicalJSON
internal import Primitives
internal import RestateServices

/// Says why there is no answer of a handler: the server cannot be reached, or it refuses the
/// request. Programs decide by ``code``, people read ``description``.
///
/// ```swift
/// } catch let error as IngressError where error.code == .unreachable { … }
/// ```
public struct IngressError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Tells the kinds of errors apart. Later versions may add kinds.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// No server answers at the address, or the connection was lost.
        public static let unreachable = Code(rawValue: "unreachable")
        /// The server's certificate cannot be trusted.
        public static let untrusted = Code(rawValue: "untrusted")
        /// The server did not answer in time.
        public static let timedOut = Code(rawValue: "timed out")
        /// The request was not sent, because a part of it cannot be sent.
        public static let invalidRequest = Code(rawValue: "invalid request")
        /// The environment does not say where the server is, or how to reach it.
        public static let configuration = Code(rawValue: "configuration")
        /// The server refuses the token (401, 403).
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// The server does not know the service, the handler or the invocation (404).
        public static let notFound = Code(rawValue: "not found")
        /// The server cannot answer now (429, 502, 503, 504).
        public static let unavailable = Code(rawValue: "unavailable")

        /// Makes the code for any other status with which the server itself answered.
        public static func status(_ status: Int) -> Code { Code(rawValue: "status \(status)") }

        /// Makes the code for an error with which the server itself answered.
        init(ofStatus status: Int) {
            self =
                switch status {
                case 401, 403: .unauthorized
                case 404: .notFound
                case 429, 502, 503, 504: .unavailable
                default: .status(status)
                }
        }
    }

    /// The kind of the error, for programs.
    public let code: Code
    /// The HTTP status of the answer; nil if there was none.
    public let status: Int?
    /// The message of the server, or the problem of the connection.
    public let message: String
    /// The problem, with advice.
    public let description: String
    /// The server's own code for the problem, like `META0003`, if it gives one. Its documentation
    /// lists them.
    public let restateCode: String?
    /// The error that caused this one, if there was one.
    public let cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        status = nil
        self.message = message
        description = message
        restateCode = nil
        self.cause = cause
    }

    /// - Parameter isCall: whether a handler was called. Then 404 means that its service is not
    ///   registered.
    init(status: Int, _ message: String, restateCode: String?, isCall: Bool) {
        code = Code(ofStatus: status)
        self.status = status
        self.message = message
        self.restateCode = restateCode
        cause = nil
        description =
            switch code {
            case .unauthorized: "The server does not accept the token (\(status)): \(message)"
            case .notFound where isCall:
                "\(message) With the restate CLI: restate deployments register <endpoint>"
            default: "The server answers \(status): \(message)"
            }
    }

    /// Whether the same request may succeed later: there was no answer, or the server is overloaded or
    /// has a problem of its own (408, 425, 429, 5xx).
    public var isTemporary: Bool {
        guard let status else { return code == .unreachable || code == .timedOut }
        // Not 501: what a server cannot do it will not be able to do later either.
        return [408, 425, 429, 500].contains(status) || (502...599).contains(status)
    }

    public static func == (left: IngressError, right: IngressError) -> Bool {
        left.code == right.code && left.description == right.description
    }
}

/// The body of an error from the ingress or the admin API.
private struct ErrorBody: Decodable {
    var code: Int?
    var message: String
    var metadata: [String: String]?
    var source: String?
    var restate_code: String?
}

extension HTTPCaller.Answer {
    /// Whether the answer says that the invocation has no result yet.
    var isNotReady: Bool { status == 470 && !isOfInvocation }

    /// Whether the answer comes from a handler and not from the ingress, whatever its status.
    var isOfInvocation: Bool {
        if let source = errorSource { return source == "invocation" }
        guard !(200..<300).contains(status) else { return true }
        // Servers before 1.7.4 name the source in the body, or not at all. But this header is on
        // every answer of an invocation, and on none of the ingress's own.
        if let source = errorBody?.source { return source == "invocation" }
        return header("x-restate-id") != nil
    }

    /// The header is on every failure, whatever its status: a handler may end with a terminal error
    /// of code 204.
    private var errorSource: String? { header("x-restate-error-source") }

    /// Returns the body, or throws the error that it describes.
    /// - Parameter isCall: whether a handler was called.
    func ingressResult(isCall: Bool = false) throws -> [UInt8] {
        if (200..<300).contains(status), errorSource == nil { return body }
        guard isOfInvocation else { throw ingressError(isCall: isCall) }
        let error = errorBody
        throw TerminalError(
            error?.message ?? "A terminal error whose text cannot travel with status \(status)",
            code: UInt16(clamping: error?.code ?? status), metadata: error?.metadata ?? [:])
    }

    func ingressError(isCall: Bool = false) -> IngressError {
        let text = String(firstLineOf: body, limit: 500)
        return IngressError(
            status: status, errorBody?.message ?? (text.isEmpty ? "without a reason" : text),
            restateCode: errorBody?.restate_code, isCall: isCall)
    }

    private var errorBody: ErrorBody? { try? JSON.decode(ErrorBody.self, from: body) }
}
