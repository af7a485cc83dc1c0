internal import CanonicalJSON
internal import RestateProtocol
public import Restate

/// An endpoint as an AWS Lambda function: it turns events into answers.
///
/// A program that runs nothing else calls `Endpoint.serveLambda()`. This type is for programs that
/// have a runtime of their own, such as swift-aws-lambda-runtime:
///
/// ```swift
/// let function = try LambdaFunction(Endpoint(Greeter()))
/// let answer = try await function.answer(to: event)  // both are JSON
/// ```
/// Events are those of a Restate server, of function URLs and of API gateways. Requests and responses
/// are whole, so an attempt suspends at its first wait, and the server continues it with the next one.
public struct LambdaFunction: Sendable {
    /// The bytes that an answer may have on AWS.
    static let answerLimit = 6 << 20

    private let endpoint: EmbeddedEndpoint

    /// - Throws: an error if the services cannot be served.
    public init(_ endpoint: Endpoint) throws(EndpointError) {
        self.endpoint = try EmbeddedEndpoint(endpoint, loops: 1)
    }

    /// Answers one event.
    ///
    /// - Parameters:
    ///   - event: the event's JSON.
    ///   - headers: added to the request's headers. Handlers see them as attempt headers.
    /// - Returns: the JSON of the answer.
    /// - Throws: `DecodingError` if the event is not an HTTP request, `CancellationError` if the calling
    ///   task is cancelled.
    public func answer(
        to event: [UInt8], adding headers: [(name: String, value: String)] = []
    ) async throws -> [UInt8] {
        let event = try JSON.decode(LambdaEvent.self, from: event[...])
        var request = event.request
        request.headers += headers
        let response = try await endpoint.respond(to: request, body: event.body)
        let answer = try JSON.encode(LambdaAnswer(response))
        guard answer.count > Self.answerLimit else { return answer }
        return try JSON.encode(LambdaAnswer(tooLarge(response, answer.count)))
    }

    /// AWS would drop the answer, and the server would learn nothing but that. As the attempt's error, the
    /// reason stands where users look for it.
    private func tooLarge(_ response: EmbeddedResponse, _ size: Int) -> EmbeddedResponse {
        let sentence =
            "The attempt's answer has \(size) bytes as an event, and AWS Lambda takes at most "
            + "\(Self.answerLimit): smaller values, or fewer commands before a wait, are needed."
        var response = response
        guard
            response.header("content-type")?.hasPrefix("application/vnd.restate.invocation") == true
        else {
            response.status = 500
            response.headers = [("content-type", "text/plain; charset=utf-8")]
            response.body = Array("\(sentence)\n".utf8)
            return response
        }
        var error = ErrorMessage()
        error.failureCode = 500
        error.message = sentence
        var writer = FieldWriter()
        writer.frame(error)
        response.body = writer.bytes
        return response
    }

    /// Ends the function's loop.
    func shutdown() async { await endpoint.shutdown(grace: .zero) }
}
