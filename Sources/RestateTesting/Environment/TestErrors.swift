internal import RestateRuntime

/// An attempt failed with an ordinary error, and is not tried again in this test. A server would, so
/// that no caller sees such an error: this one goes to the test, whoever called.
public struct HandlerFailed: Error, CustomStringConvertible, Sendable {
    /// What failed, as people write it: `Ticket/seat-1/reserve`.
    public let target: String
    public let invocationID: String
    /// What the error said.
    public let message: String
    /// 570 if a replay did not do what its journal says; 500 for a handler's own error.
    public let code: Int
    /// The place in the handler where it came up, if that is known.
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

/// Nothing can run any more, and what the test waits for is not there.
public struct TestStuck: Error, CustomStringConvertible, Sendable {
    /// What the test waits for.
    public let target: String
    /// What has not ended, and what each of them waits for.
    public let waiting: [String]

    public var description: String {
        let all = waiting.map { "\n  " + $0 }.joined()
        return "\(target) does not end: nothing can run any more, and no timer is left."
            + (waiting.isEmpty ? "" : " What has not ended:\(all)")
    }
}

/// A test asks for something that cannot be.
public struct TestMistake: Error, CustomStringConvertible, Sendable {
    public let description: String
}
