import RestateMachine
import RestateProtocol

/// Identifies an awakeable. Its type parameter is the type of the value.
///
/// It is sent to the code that completes the awakeable. Its JSON is a plain string.
public struct AwakeableID<Value>: RawRepresentable, Codable, Hashable, Sendable {
    public let rawValue: String

    /// Makes an id from text.
    public init(_ text: String) {
        rawValue = text
    }

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Whether the text can be the id of an awakeable. It does not say that there is such an awakeable.
    ///
    /// A server does not accept a handler's completion of an awakeable whose id cannot be one: the attempt
    /// fails, and is repeated in vain. So a handler checks ids that come from outside.
    ///
    /// ```swift
    /// guard decision.approval.isWellFormed else {
    ///     throw TerminalError("'\(decision.approval)' is no id of an awakeable", code: 400)
    /// }
    /// ```
    public var isWellFormed: Bool { AwakeableIDText(rawValue) != nil }
}

extension AwakeableID: CustomStringConvertible {
    public var description: String { rawValue }
}

/// An awakeable is a future that another program or handler completes by its id.
public final class Awakeable<Value>: DurableFuture<Value> {
    /// Who has this id can complete the awakeable: send it to them, as text or in JSON.
    public let id: AwakeableID<Value>

    init(
        _ id: String, _ node: FutureNode<Value>, _ invocation: AttemptDriver, _ site: CallSite
    ) {
        self.id = AwakeableID(id)
        super.init(node, invocation, site)
    }
}

extension Context {
    /// Creates an awakeable. The handler sends its id to the code that will complete it, then
    /// awaits its value.
    ///
    /// ```swift
    /// let approval = ctx.awakeable(Bool.self)
    /// try await ctx.run("ask") { [id = approval.id] in try await mail(approve: id) }
    /// let approved = try await approval.value
    /// ```
    /// A handler completes it with ``resolve(_:with:format:fileID:line:)`` or
    /// ``reject(_:_:fileID:line:)``, any other program by a request to the ingress:
    /// `POST /restate/awakeables/{id}/resolve`.
    ///
    /// The format is that of the value; nil takes the handler's. The code that completes it uses the
    /// same.
    public func awakeable<Value: Codable & Sendable>(
        _ type: Value.Type = Value.self, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> Awakeable<Value> {
        var made: (signal: UInt32, id: String) = (0, "")
        invocation.attempt { made = try invocation.machine.awakeable() }
        return Awakeable(
            made.id, Self.node(.signal(made.signal), format), invocation,
            CallSite(fileID: fileID, line: line))
    }

    /// Completes an awakeable with a value.
    ///
    /// The format is the one in which the value is awaited; nil takes that of this handler.
    public func resolve<Value: Codable & Sendable>(
        _ id: AwakeableID<Value>, with value: Value, format: Format? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(fileID: fileID, line: line)
        invocation.attempt {
            let bytes = try invocation.encoded(
                value, format, for: "complete awakeable \"\(id)\"", at: site)
            try invocation.machine.completeAwakeable(id.rawValue, .value(bytes[...]), at: site)
        }
    }

    /// Completes an awakeable with a terminal error.
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
