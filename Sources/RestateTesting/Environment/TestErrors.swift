internal import RestateRuntime

/// Says that an attempt failed with an ordinary error, which this test does not retry. A server
/// would, so that no caller sees such an error; therefore every test that waits gets it, whoever
/// made the call.
public struct HandlerFailed: Error, CustomStringConvertible, Sendable {
    /// The handler that failed, as `Ticket/seat-1/reserve`.
    public let target: String
    /// The id of the invocation, with which ``TestEnvironment/invocation(_:format:)`` finds its
    /// journal.
    public let invocationID: String
    /// The text of the error.
    public let message: String
    /// The code of the error: 570 if a replay did not follow its journal, 500 for an error of the
    /// handler.
    public let code: Int
    /// The place in the handler where the error arose, if it is known.
    public let place: String

    public var description: String {
        "\(target) failed with an error that is no terminal one: [\(code)] \(message)"
            + (place.isEmpty ? "" : " (\(place))")
    }

    init(_ target: TargetName, _ id: InvocationIdentity, _ failure: EndpointFailure?) {
        self.target = target.description
        invocationID = id.text
        message = failure?.message ?? "it was paused"
        code = Int(failure?.code ?? 500)
        place = failure?.stacktrace ?? ""
    }
}

/// Says that nothing can run any more although the test waits for a result.
public struct TestStuck: Error, CustomStringConvertible, Sendable {
    /// The invocation for which the test waits.
    public let target: String
    /// The invocations that have not ended, each with what it waits for.
    public let waiting: [String]

    public var description: String {
        let all = waiting.map { "\n  " + $0 }.joined()
        return "\(target) does not end: nothing can run any more, and no timer is left."
            + (waiting.isEmpty ? "" : " What has not ended:\(all)")
    }
}

/// Says that a test has asked for something impossible.
public struct TestMistake: Error, CustomStringConvertible, Sendable {
    public let description: String
}
