import CanonicalJSON
public import RestateServices

/// Many invocations at once. A server takes a thousand with a request, so more are sent one thousand
/// after the other; an error then says nothing about those that went before.
///
/// ```swift
/// let stuck = try await admin.invocations(where: "status = 'paused'")
/// let result = try await admin.resume(all: stuck.map(\.id))
/// for failure in result.failed { print(failure.id, failure.reason) }
/// ```
extension RestateAdmin {
    /// Cancels invocations and their callees.
    @discardableResult
    public func cancel(all ids: [InvocationID<Void>]) async throws -> BatchResult {
        try await batch("cancel", ids, isRepeatable: true)
    }

    /// Ends invocations at once, without compensation.
    @discardableResult
    public func kill(all ids: [InvocationID<Void>]) async throws -> BatchResult {
        try await batch("kill", ids, isRepeatable: true)
    }

    /// Pauses invocations.
    @discardableResult
    public func pause(all ids: [InvocationID<Void>]) async throws -> BatchResult {
        try await batch("pause", ids, isRepeatable: true)
    }

    /// Lets invocations go on that are paused or wait for their next attempt.
    @discardableResult
    public func resume(
        all ids: [InvocationID<Void>], on deployment: DeploymentChoice = .keep
    ) async throws -> BatchResult {
        try await batch("resume", ids, deployment)
    }

    /// Starts new invocations with the inputs of those that have ended.
    @discardableResult
    public func restart(
        all ids: [InvocationID<Void>], on deployment: DeploymentChoice = .latest
    ) async throws -> BatchResult {
        try await batch("restart-as-new", ids, deployment)
    }

    /// Removes what is kept of invocations that have ended.
    @discardableResult
    public func purge(all ids: [InvocationID<Void>]) async throws -> BatchResult {
        try await batch("purge", ids)
    }

    /// Removes the journals of invocations that have ended, and keeps their results.
    @discardableResult
    public func purgeJournals(of ids: [InvocationID<Void>]) async throws -> BatchResult {
        try await batch("purge-journal", ids)
    }

    private func batch(
        _ verb: String, _ ids: [InvocationID<Void>], _ deployment: DeploymentChoice? = nil,
        isRepeatable: Bool = false
    ) async throws -> BatchResult {
        struct Batch: Encodable {
            var invocation_ids: [String]
            var deployment: String?
        }
        var whole = BatchResult()
        var rest = ids[...]
        while !rest.isEmpty {
            let part = rest.prefix(1000)
            rest = rest.dropFirst(part.count)
            var request = try HTTPCaller.Request(
                "POST", ["internal", "invocations_batch_operations", verb],
                json: Batch(
                    invocation_ids: part.map(\.rawValue), deployment: deployment?.rawValue))
            request.isRepeatable = isRepeatable
            whole.add(try JSON.decode(BatchAnswer.self, from: try await result(request)))
        }
        return whole
    }

    /// What became of many invocations.
    public struct BatchResult: Sendable {
        /// Says why nothing was done to an invocation.
        public struct Failure: Sendable {
            /// The invocation to which nothing was done.
            public let id: InvocationID<Void>
            /// The server's reason, such as that the invocation has ended already.
            public let reason: String
        }

        /// The invocations for which the server has done it, or has begun to.
        public fileprivate(set) var succeeded: [InvocationID<Void>] = []
        /// The invocations for which it has not, each with the reason. They do not stop the others.
        public fileprivate(set) var failed: [Failure] = []
        /// The new invocations of a restart, by those that they repeat.
        public fileprivate(set) var restarted: [InvocationID<Void>: InvocationID<Void>] = [:]

        fileprivate mutating func add(_ answer: BatchAnswer) {
            for success in answer.succeeded {
                let id = InvocationID<Void>(success.id)
                succeeded.append(id)
                restarted[id] = success.new.map { InvocationID($0) }
            }
            failed += answer.failed.map {
                Failure(id: InvocationID($0.invocation_id), reason: $0.error)
            }
        }
    }
}

private struct BatchAnswer: Decodable {
    /// An id, or the ids before and after a restart.
    struct Success: Decodable {
        var id: String
        var new: String?

        private enum CodingKeys: String, CodingKey {
            case id = "old_invocation_id"
            case new = "new_invocation_id"
        }

        init(from decoder: any Decoder) throws {
            if let id = try? decoder.singleValueContainer().decode(String.self) {
                self.id = id
                return
            }
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            id = try fields.decode(String.self, forKey: .id)
            new = try fields.decode(String.self, forKey: .new)
        }
    }

    struct Failure: Decodable {
        var invocation_id: String
        var error: String
    }

    var succeeded: [Success]
    var failed: [Failure]
}
