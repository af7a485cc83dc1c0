internal import Restate
internal import RestateRuntime

/// The admin API's routes that act on invocations, one or many.
extension Admin {
    /// Performs one operation on one invocation.
    func perform(
        _ operation: InvocationOperation, on text: String, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        // A server reports an invalid query before an invalid id.
        var from = 0
        var chosen: String?
        if operation == .restartAsNew { from = try request.parameters.index("from") ?? 0 }
        if operation == .restartAsNew || operation == .resume {
            chosen = try request.parameters.value("deployment")
        }
        let id = try Self.invocationID(text)
        let deployment = try Self.deployment(chosen) {
            .json(400, "The query parameter 'deployment' is invalid. Reason: \($0)")
        }
        let index = from
        return try await engine.trying { engine throws(AdminError) in
            do throws(OperationRefusal) {
                let done = try engine.perform(
                    operation, on: id, deployment: deployment, from: index)
                guard let new = done.new else { return .empty(done.status) }
                return .json { $0.member("new_invocation_id", new.text) }
            } catch {
                throw .json(error.status, error.sentence)
            }
        }
    }

    /// The route that came before the others. It answers 202 for every valid id, whether or not
    /// anything was done.
    func delete(
        _ text: String, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        let operation: InvocationOperation
        switch try request.parameters.value("mode") {
        case nil, "cancel"?, "Cancel"?: operation = .cancel
        case "kill"?, "Kill"?: operation = .kill
        case "purge"?, "Purge"?: operation = .purge
        case let mode?:
            throw .parameter(
                "mode: unknown variant `\(mode)`, expected one of `Cancel`, `cancel`, `Kill`, "
                    + "`kill`, `Purge`, `purge`")
        }
        let id = try Self.invocationID(text)
        await engine { engine in
            _ = try? engine.perform(operation, on: id)
        }
        return .empty(202)
    }

    private static func invocationID(_ text: String) throws(AdminError) -> InvocationIdentity {
        if let complaint = ResourceID.complaint(text, .invocation) {
            throw .field("invocation_id", complaint)
        }
        guard let id = InvocationIdentity(text) else { throw .field("invocation_id", "bad format") }
        return id
    }

    /// Parses the choice of a deployment. The web UI writes `Latest`, the CLI `latest`.
    private static func deployment(
        _ text: String?, _ mistake: (String) -> AdminError
    ) throws(AdminError) -> DeploymentChoice? {
        switch text {
        case nil: return nil
        case "keep"?, "Keep"?: return .keep
        case "latest"?, "Latest"?: return .latest
        case let id?:
            if let complaint = ResourceID.complaint(id, .deployment) { throw mistake(complaint) }
            return .id(id)
        }
    }

    // MARK: Many at once

    /// A server's limit for one request.
    static let batchLimit = 1000

    /// The ids are decoded only if there are not more than allowed: their number is known before.
    private struct Batch: Decodable {
        let count: Int
        var ids: [String] = []
        let deployment: String?

        private enum Field: String, CodingKey { case invocation_ids, deployment }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Field.self)
            var list = try fields.nestedUnkeyedContainer(forKey: .invocation_ids)
            deployment = try fields.decodeIfPresent(String.self, forKey: .deployment)
            count = list.count ?? 0
            guard count <= Admin.batchLimit else { return }
            while !list.isAtEnd { ids.append(try list.decode(String.self)) }
        }
    }

    /// Performs one operation on many invocations, and reports for which it failed and why.
    func batch(
        _ operation: InvocationOperation, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        let batch = try request.json(Batch.self, "invocation_ids")
        guard batch.count <= Self.batchLimit else {
            throw .json(
                400, "Batch size \(batch.count) exceeds maximum allowed size of \(Self.batchLimit)")
        }
        var ids: [InvocationIdentity] = []
        for (index, text) in batch.ids.enumerated() {
            if let complaint = ResourceID.complaint(text, .invocation) {
                throw .shape("invocation_ids[\(index)]: \(complaint)")
            }
            if let id = InvocationIdentity(text) { ids.append(id) }
        }
        let takesDeployment = operation == .resume || operation == .restartAsNew
        let deployment = try Self.deployment(takesDeployment ? batch.deployment : nil) {
            .field("deployment", $0)
        }
        let named = ids
        return await engine { engine in
            var succeeded: [(old: InvocationIdentity, new: InvocationIdentity?)] = []
            var failed: [(id: InvocationIdentity, reason: String)] = []
            for id in named {
                do throws(OperationRefusal) {
                    let done = try engine.perform(operation, on: id, deployment: deployment)
                    succeeded.append((id, done.new))
                } catch {
                    failed.append((id, error.inBatch))
                }
            }
            return Self.answer(succeeded, failed)
        }
    }

    private static func answer(
        _ succeeded: [(old: InvocationIdentity, new: InvocationIdentity?)],
        _ failed: [(id: InvocationIdentity, reason: String)]
    ) -> HTTPAnswer {
        .json { line in
            line.member("succeeded") { line in
                line.array(succeeded) { line, done in
                    guard let new = done.new else { return line.value(done.old.text) }
                    line.object { line in
                        line.member("old_invocation_id", done.old.text)
                        line.member("new_invocation_id", new.text)
                    }
                }
            }
            line.member("failed") { line in
                line.array(failed) { line, failure in
                    line.object { line in
                        line.member("invocation_id", failure.id.text)
                        line.member("error", failure.reason)
                    }
                }
            }
        }
    }
}
