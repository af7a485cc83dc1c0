internal import CanonicalJSON
internal import Restate

/// Why there is no answer of a handler: nothing could be reached, or the server refuses. A code to
/// decide by, and a sentence to show.
///
/// ```swift
/// } catch let error as IngressError where error.code == .unreachable { … }
/// ```
public struct IngressError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is. Later versions may know more of them.
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
        /// The request was not sent, because something in it cannot be sent.
        public static let invalidRequest = Code(rawValue: "invalid request")
        /// The server does not take the token (401, 403).
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// The server does not know what was asked for (404): a service, a handler, an invocation.
        public static let notFound = Code(rawValue: "not found")
        /// The server cannot answer now (429, 502, 503, 504).
        public static let unavailable = Code(rawValue: "unavailable")

        /// Any other status of the server's own.
        public static func status(_ status: Int) -> Code { Code(rawValue: "status \(status)") }

        /// The code of an answer that is an error of the server's own.
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

    public let code: Code
    /// The HTTP status of the answer; nil if there was none.
    public let status: Int?
    /// What the server says, or what is wrong with the connection.
    public let message: String
    /// What is wrong, and what can be done about it.
    public let description: String
    /// The error that led to this one, if there was one.
    public let cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        status = nil
        self.message = message
        description = message
        self.cause = cause
    }

    /// - Parameter isCall: a handler was called, which a server knows when it is registered.
    init(status: Int, _ message: String, isCall: Bool) {
        code = Code(ofStatus: status)
        self.status = status
        self.message = message
        cause = nil
        description =
            switch code {
            case .unauthorized: "The server does not accept the token (\(status)): \(message)"
            case .notFound where isCall:
                "\(message) With the restate CLI: restate deployments register <endpoint>"
            default: "The server answers \(status): \(message)"
            }
    }

    public static func == (left: IngressError, right: IngressError) -> Bool {
        left.code == right.code && left.description == right.description
    }
}

/// The body of an error, of the ingress or of the admin API.
private struct ErrorBody: Decodable {
    var code: Int?
    var message: String
    var metadata: [String: String]?
    var source: String?
}

extension HTTPCaller.Answer {
    /// The result of an invocation is asked for, and there is none yet.
    var isNotReady: Bool { status == 470 && !isOfInvocation }

    /// A handler ended with this; whatever its code, the ingress has done its work.
    var isOfInvocation: Bool {
        if let source = errorSource { return source == "invocation" }
        guard !(200..<300).contains(status) else { return true }
        // Servers before 1.7.4 say it in the body, or not at all; but this header is on every answer
        // of an invocation, and on none of the ingress's own.
        if let source = errorBody?.source { return source == "invocation" }
        return header("x-restate-id") != nil
    }

    /// On every failure, whatever its status: a handler may end with a terminal error of code 204.
    private var errorSource: String? { header("x-restate-error-source") }

    /// The body, or the error that stands in it.
    /// - Parameter isCall: a handler was called.
    func ingressResult(isCall: Bool = false) throws -> [UInt8] {
        if (200..<300).contains(status), errorSource == nil { return body }
        guard isOfInvocation else { throw ingressError(isCall: isCall) }
        let error = errorBody
        throw TerminalError(
            error?.message ?? "A terminal error whose text cannot travel with status \(status)",
            code: UInt16(clamping: error?.code ?? status), metadata: error?.metadata ?? [:])
    }

    func ingressError(isCall: Bool = false) -> IngressError {
        let text = String(decoding: body.prefix(500), as: UTF8.self)
        return IngressError(
            status: status, errorBody?.message ?? (text.isEmpty ? "without a reason" : text),
            isCall: isCall)
    }

    private var errorBody: ErrorBody? { try? JSON.decode(ErrorBody.self, from: body) }
}
