import CanonicalJSON
internal import Foundation
public import RestateServices

/// One invocation.
extension RestateAdmin {
    /// Cancels an invocation and its callees, so that they end and compensate.
    public func cancel<Output>(_ id: InvocationID<Output>) async throws {
        try await perform("cancel", on: id, isRepeatable: true)
    }

    /// Ends an invocation at once, without compensation.
    public func kill<Output>(_ id: InvocationID<Output>) async throws {
        try await perform("kill", on: id, isRepeatable: true)
    }

    /// Pauses an invocation: no further attempt begins until ``resume(_:on:)``.
    public func pause<Output>(_ id: InvocationID<Output>) async throws {
        try await perform("pause", on: id, isRepeatable: true)
    }

    /// Lets an invocation go on that is paused, or that waits for its next attempt.
    ///
    /// - Parameters:
    ///   - id: of the invocation.
    ///   - deployment: where it goes on. Another deployment must follow its journal.
    public func resume<Output>(
        _ id: InvocationID<Output>, on deployment: DeploymentChoice = .keep
    ) async throws {
        try await perform("resume", on: id, [("deployment", deployment.rawValue)])
    }

    /// Starts a new invocation with the input of one that has ended, and a part of its journal.
    ///
    /// - Parameters:
    ///   - id: of the invocation that has ended.
    ///   - index: the last entry of the journal that is kept; 0 keeps the input alone.
    ///   - deployment: where the new invocation runs. One that keeps entries must follow them.
    /// - Returns: the new invocation.
    @discardableResult
    public func restart<Output>(
        _ id: InvocationID<Output>, keepingThrough index: Int = 0,
        on deployment: DeploymentChoice = .latest
    ) async throws -> InvocationID<Output> {
        let body = try await perform(
            "restart-as-new", on: id,
            [("from", "\(index)"), ("deployment", deployment.rawValue)])
        return InvocationID(try JSON.decode(RestartedInvocation.self, from: body).new_invocation_id)
    }

    /// Removes what is kept of an invocation that has ended. A workflow's run takes its state and its
    /// promises along.
    public func purge<Output>(_ id: InvocationID<Output>) async throws {
        try await perform("purge", on: id)
    }

    /// Removes the journal of an invocation that has ended, and keeps its result.
    public func purgeJournal<Output>(_ id: InvocationID<Output>) async throws {
        try await perform("purge-journal", on: id)
    }

    @discardableResult
    private func perform<Output>(
        _ verb: String, on id: InvocationID<Output>, _ query: [(name: String, value: String)] = [],
        isRepeatable: Bool = false
    ) async throws -> [UInt8] {
        var request = HTTPCaller.Request("PATCH", ["invocations", id.rawValue, verb])
        request.isRepeatable = isRepeatable
        if !query.isEmpty {
            request.query = query.map { pair in
                let value = pair.value.addingPercentEncoding(withAllowedCharacters: .unreserved)
                return "\(pair.name)=\(value ?? "")"
            }.joined(separator: "&")
        }
        return try await result(request)
    }

    /// Chooses a deployment for an invocation.
    public struct DeploymentChoice: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The one on which the invocation has begun.
        public static let keep = DeploymentChoice(rawValue: "keep")
        /// The one to which new calls go.
        public static let latest = DeploymentChoice(rawValue: "latest")

        /// The one with this id.
        public static func id(_ id: String) -> DeploymentChoice { DeploymentChoice(rawValue: id) }
    }
}

private struct RestartedInvocation: Decodable {
    var new_invocation_id: String
}
