import RestateMachine
import RestateProtocol

extension Context {
    /// Receives a signal of this invocation, by name. Others send it to the invocation's id, with
    /// ``sendSignal(_:to:with:fileID:line:)``. It may come before it is waited for.
    public func signal<Value: Codable & Sendable>(
        _ name: String, as type: Value.Type = Value.self,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        DurableFuture(
            LeafNode(.namedSignal(name)) { try Self.json($0) }, invocation,
            CallSite(fileID: fileID, line: line))
    }

    /// Sends a signal to an invocation.
    public func sendSignal<Output, Value: Codable & Sendable>(
        _ name: String, to id: InvocationID<Output>, with value: Value,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            let bytes = try encoded(value, for: "send signal \"\(name)\"", at: site)
            try invocation.machine.sendSignal(
                to: id.rawValue, name: name, result: .value(bytes[...]), at: site)
        }
    }

    /// Sends a terminal error as a signal to an invocation.
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
