import CanonicalJSON
import RestateRuntime

/// An error that ends a request to the admin API, with the answer for the client. The texts are a
/// server's where it has them.
struct AdminError: Error {
    let answer: HTTPAnswer

    /// An error as plain text, which a server uses for what its HTTP library refuses before its own
    /// code.
    static func text(_ status: Int, _ sentence: String) -> AdminError {
        AdminError(answer: .text(status, sentence))
    }

    /// An error in JSON, which a server uses for everything that its own code refuses.
    static func json(_ status: Int, _ message: String, code: String? = nil) -> AdminError {
        AdminError(
            answer: .json(status) { line in
                line.member("message", message)
                line.member("restate_code") { line in
                    if let code { line.value(code) } else { line.null() }
                }
            })
    }

    // MARK: The request itself

    static let notFound = AdminError(answer: .empty(404))

    static func wrongMethod(_ path: AdminPath) -> AdminError {
        var answer = HTTPAnswer.empty(405)
        answer.headers.append(("allow", path.allow))
        return AdminError(answer: answer)
    }

    static let notJSON = AdminError.text(
        415, "Expected request with `Content-Type: application/json`")

    static let tooLarge = AdminError.text(
        413, "Failed to buffer the request body: length limit exceeded")

    /// The body is JSON, but not of the expected shape.
    static func shape(_ reason: String) -> AdminError {
        .text(422, "Failed to deserialize the JSON body into the target type: \(reason)")
    }

    static func parameter(_ reason: String) -> AdminError {
        .text(400, "Failed to deserialize query string: \(reason)")
    }

    static func version(_ number: Int) -> AdminError {
        .text(
            400,
            "Unsupported Admin API version V\(number). This server supports versions between "
                + "V\(AdminRequest.versions.lowerBound) and V\(AdminRequest.versions.upperBound).")
    }

    /// A part of the path is not a valid id.
    static func path(_ name: String, _ value: String, _ reason: String) -> AdminError {
        .text(400, "Invalid URL: Cannot parse `\(name)` with value `\(value)`: \(reason)")
    }

    static func field(_ name: String, _ reason: String) -> AdminError {
        .json(400, "The request field '\(name)' is invalid. Reason: \(reason)")
    }

    // MARK: What it is about

    static func unknownService(_ name: some StringProtocol) -> AdminError {
        .json(404, "The requested service '\(name)' does not exist")
    }

    static func unknownDeployment(_ id: String) -> AdminError {
        .json(404, "The requested deployment '\(id)' does not exist")
    }

    static func registration(_ error: RegistrationError) -> AdminError {
        .json(error.status, error.message, code: error.code)
    }

    /// A change refers to something that is not registered.
    static func unregistered(_ what: String) -> AdminError {
        .json(404, "not found in the schema registry: \(what)")
    }
}
