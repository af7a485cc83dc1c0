import RestateMachine
import RestateProtocol

extension Context {
    /// Returns the future of a signal that other code sends to this invocation's id, with
    /// ``sendSignal(_:to:with:format:fileID:line:)``. A signal may arrive before it is awaited.
    ///
    /// The format is that of the value; nil takes the handler's. The sender uses the same.
    public func signal<Value: Codable & Sendable>(
        _ name: String, as type: Value.Type = Value.self, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        DurableFuture(
            Self.node(.namedSignal(name), format), invocation,
            CallSite(fileID: fileID, line: line))
    }

    /// Sends a signal with a value to an invocation.
    ///
    /// The format is the one in which the value is awaited; nil takes that of this handler.
    public func sendSignal<Output, Value: Codable & Sendable>(
        _ name: String, to id: InvocationID<Output>, with value: Value, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            let bytes = try invocation.encoded(
                value, format, for: "send signal \"\(name)\"", at: site)
            try invocation.machine.sendSignal(
                to: id.rawValue, name: name, result: .value(bytes[...]), at: site)
        }
    }

    /// Sends a signal with a terminal error to an invocation.
    public func sendSignal<Output>(
        _ name: String, to id: InvocationID<Output>, failing error: TerminalError,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            try invocation.machine.sendSignal(
                to: id.rawValue, name: name, result: .failure(error.failure), at: site)
        }
    }
}
