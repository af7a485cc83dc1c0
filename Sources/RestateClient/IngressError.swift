internal import CanonicalJSON
internal import Restate

/// Why there is no answer of a handler: nobody could be reached, or the server refuses. The
/// description is a sentence that can be shown.
public struct IngressError: Error, Equatable, Sendable {
    /// The HTTP status of the answer; nil if there was none.
    public let status: Int?
    /// What the server says, or what is wrong with the connection.
    public let message: String

    init(_ message: String, status: Int? = nil) {
        self.status = status
        self.message = message
    }
}

extension IngressError: CustomStringConvertible {
    public var description: String {
        switch status {
        case 401, 403:
            "The server does not accept the token (\(status ?? 401)): \(message)"
        case 404 where message.hasPrefix("service '"):
            "\(message) With the restate CLI: restate deployments register <endpoint>"
        case let status?: "The server answers \(status): \(message)"
        case nil: message
        }
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
    func ingressResult() throws -> [UInt8] {
        if (200..<300).contains(status), errorSource == nil { return body }
        guard isOfInvocation else { throw ingressError }
        let error = errorBody
        throw TerminalError(
            error?.message ?? "A terminal error whose text cannot travel with status \(status)",
            code: UInt16(clamping: error?.code ?? status), metadata: error?.metadata ?? [:])
    }

    var ingressError: IngressError {
        let text = String(decoding: body.prefix(500), as: UTF8.self)
        return IngressError(
            errorBody?.message ?? (text.isEmpty ? "without a reason" : text), status: status)
    }

    private var errorBody: ErrorBody? { try? JSON.decode(ErrorBody.self, from: body) }
}
