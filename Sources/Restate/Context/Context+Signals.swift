import RestateMachine
import RestateProtocol

extension Context {
    /// Returns the future of a signal that other code sends to this invocation's id, with
    /// ``sendSignal(_:to:with:fileID:line:)``. A signal may arrive before it is awaited.
    public func signal<Value: Codable & Sendable>(
        _ name: String, as type: Value.Type = Value.self,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> DurableFuture<Value> {
        DurableFuture(
            LeafNode(.namedSignal(name)) { try Self.json($0) }, invocation,
            CallSite(fileID: fileID, line: line))
    }

    /// Sends a signal with a value to an invocation.
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
