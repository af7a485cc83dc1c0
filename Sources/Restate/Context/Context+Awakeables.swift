import RestateMachine
import RestateProtocol

/// The id of an awakeable, which remembers the type of its value.
///
/// It travels to whoever completes the awakeable: as JSON it is a plain string.
public struct AwakeableID<Value>: RawRepresentable, Codable, Hashable, Sendable {
    public let rawValue: String

    /// An id that came as text.
    public init(_ text: String) {
        rawValue = text
    }

    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

extension AwakeableID: CustomStringConvertible {
    public var description: String { rawValue }
}

/// A future that somebody else completes, by its id.
public final class Awakeable<Value>: DurableFuture<Value> {
    public let id: AwakeableID<Value>

    init(
        _ id: String, _ node: FutureNode<Value>, _ invocation: AttemptDriver, _ site: CallSite
    ) {
        self.id = AwakeableID(id)
        super.init(node, invocation, site)
    }
}

extension Context {
    /// Creates an awakeable. Give its id away, then wait for its value.
    ///
    /// ```swift
    /// let approval = ctx.awakeable(Bool.self)
    /// try await ctx.run("ask") { [id = approval.id] in try await mail(approve: id) }
    /// let approved = try await approval.value
    /// ```
    /// It is completed by ``resolve(_:with:fileID:line:)`` in a handler, or at the ingress:
    /// `POST /restate/awakeables/{id}/resolve`.
    public func awakeable<Value: Codable & Sendable>(
        _ type: Value.Type = Value.self, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Awakeable<Value> {
        var made: (signal: UInt32, id: String) = (0, "")
        invocation.attempt { made = try invocation.machine.awakeable() }
        return Awakeable(
            made.id, LeafNode(.signal(made.signal)) { try Self.json($0) }, invocation,
            CallSite(fileID: fileID, line: line))
    }

    /// Completes somebody's awakeable with a value.
    public func resolve<Value: Codable & Sendable>(
        _ id: AwakeableID<Value>, with value: Value,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            let bytes = try encoded(value, for: "complete awakeable \"\(id)\"", at: site)
            try invocation.machine.completeAwakeable(id.rawValue, .value(bytes[...]), at: site)
        }
    }

    /// Completes somebody's awakeable with a terminal error.
    public func reject<Value>(
        _ id: AwakeableID<Value>, _ error: TerminalError,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            try invocation.machine.completeAwakeable(
                id.rawValue, .failure(error.failure), at: site)
        }
    }
}
