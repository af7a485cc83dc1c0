internal import Restate

extension Admin {
    func invocations(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        let parts = request.segments
        guard let id = InvocationID(String(parts[1])) else { throw .badInvocationID }
        if parts.count == 2 {
            try request.demand("DELETE")
            return try await delete(id, mode: request.path.parameter("mode") ?? "cancel")
        }
        try request.demand("PATCH")
        switch parts[2] {
        case "cancel": return try await cancel(id)
        case "kill": return try await kill(id)
        case "purge", "purge-journal": return try await purge(id, journalOnly: parts[2] != "purge")
        case "pause": return try await pause(id)
        case "resume": return try await resume(id, request)
        case "restart-as-new": return try await restart(id, request)
        default: throw .notFound
        }
    }

    /// The old form: says yes to everything that parses.
    private func delete(_ id: InvocationID, mode: String) async throws(AdminError) -> HTTPAnswer {
        do throws(AdminError) {
            switch mode.lowercased() {
            case "cancel": _ = try await cancel(id)
            case "kill": _ = try await kill(id)
            case "purge": _ = try await purge(id, journalOnly: false)
            default: throw .text(400, "Failed to deserialize query string: unknown mode '\(mode)'")
            }
        } catch {
            if error.answer.status == 400 { throw error }
        }
        return .empty(202)
    }

    private func cancel(_ id: InvocationID) async throws(AdminError) -> HTTPAnswer {
        let outcome = await engine { engine in
            engine.perform { runtime, now in runtime.cancel(id, at: now) }
        }
        switch outcome {
        case .ended: return .empty(200)
        case .signalled: return .empty(202)
        case .unknown: throw .unknownInvocation(id)
        case .completed: throw .completed(id)
        }
    }

    private func kill(_ id: InvocationID) async throws(AdminError) -> HTTPAnswer {
        let outcome = await engine { engine in
            engine.perform { runtime, now in runtime.kill(id, at: now) }
        }
        switch outcome {
        case .killed: return .empty(200)
        case .unknown: throw .unknownInvocation(id)
        case .completed: throw .completed(id)
        }
    }

    private func purge(
        _ id: InvocationID, journalOnly: Bool
    ) async throws(AdminError) -> HTTPAnswer {
        let outcome = await engine { engine in
            engine.perform { runtime, now in
                journalOnly ? runtime.purgeJournal(id, at: now) : runtime.purge(id, at: now)
            }
        }
        switch outcome {
        case .purged: return .empty(200)
        case .unknown: throw .unknownInvocation(id)
        case .notCompleted: throw .json(409, "The invocation '\(id)' is not yet completed.")
        }
    }

    private func pause(_ id: InvocationID) async throws(AdminError) -> HTTPAnswer {
        let outcome = await engine { engine in
            engine.perform { runtime, now in runtime.pause(id, at: now) }
        }
        switch outcome {
        case .requested: return .empty(202)
        case .alreadyPaused: return .empty(200)
        case .unknown: throw .unknownInvocation(id)
        case .completed: throw .completed(id)
        case .notRunning: throw .json(409, "The invocation '\(id)' is not running.")
        }
    }

    private func resume(
        _ id: InvocationID, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        let deployment = try Self.deployment(request)
        let outcome = await engine { engine in
            engine.perform { runtime, now in
                runtime.resume(id, deployment: deployment, at: now)
            }
        }
        switch outcome {
        case .resumed: return .empty(200)
        case .unknown: throw .unknownInvocation(id)
        case .completed: throw .completed(id)
        case .notStarted: throw .json(425, "The invocation '\(id)' has not started yet.")
        case .badDeployment(let reason): throw .json(400, reason)
        }
    }

    private func restart(
        _ id: InvocationID, _ request: AdminRequest
    ) async throws(AdminError) -> HTTPAnswer {
        let deployment = try Self.deployment(request)
        var from = 0
        if let text = request.path.parameter("from") {
            guard let number = Int(text), number >= 0 else {
                throw .text(400, "Failed to deserialize query string: from: invalid number")
            }
            from = number
        }
        let index = from
        let outcome = await engine { engine in
            engine.perform { runtime, now in
                runtime.restartAsNew(id, from: index, deployment: deployment, at: now)
            }
        }
        switch outcome {
        case .started(let new): return .json { $0.member("new_invocation_id", new.text) }
        case .unknown: throw .unknownInvocation(id)
        case .running: throw .json(409, "The invocation '\(id)' is still running.")
        case .workflow:
            throw .json(422, "The invocation '\(id)' is a workflow's, which run once per key.")
        case .journalGone: throw .json(410, "The journal of '\(id)' is not kept any more.")
        case .badIndex: throw .json(400, "The journal of '\(id)' has no command \(index).")
        case .badDeployment(let reason): throw .json(400, reason)
        }
    }

    private static func deployment(
        _ request: AdminRequest
    ) throws(AdminError) -> DeploymentChoice? {
        switch request.path.parameter("deployment") {
        case nil: return nil
        case "keep"?: return .keep
        case "latest"?: return .latest
        case let id? where id.hasPrefix("dp_1"): return .id(id)
        case let text?:
            throw .json(400, "The deployment '\(text)' is neither latest, keep nor an id.")
        }
    }

    // MARK: Many at once

    private struct Batch: Decodable {
        var invocation_ids: [String]
    }

    /// How many of the named invocations the operation could be done to, and which not.
    func batch(_ request: AdminRequest) async throws(AdminError) -> HTTPAnswer {
        try request.demand("POST")
        let ids = try request.json(Batch.self, "invocation_ids").invocation_ids
        guard ids.count <= 1000 else { throw .json(400, "1000 invocations at a time, not more.") }
        var succeeded: [String] = []
        var failed: [(id: String, reason: String)] = []
        for text in ids {
            do throws(AdminError) {
                guard let id = InvocationID(text) else { throw .badInvocationID }
                switch request.segments[2] {
                case "cancel": _ = try await cancel(id)
                case "kill": _ = try await kill(id)
                case "purge": _ = try await purge(id, journalOnly: false)
                case "purge-journal": _ = try await purge(id, journalOnly: true)
                case "pause": _ = try await pause(id)
                case "resume": _ = try await resume(id, request)
                default: throw .notFound
                }
                succeeded.append(text)
            } catch {
                if error.answer.status == 404, error.answer.body.isEmpty { throw error }
                failed.append((text, String(decoding: error.answer.body, as: UTF8.self)))
            }
        }
        let results = (succeeded, failed)
        return .json { line in
            line.member("succeeded") { $0.array(results.0) { $0.value($1) } }
            line.member("failed") { line in
                line.array(results.1) { line, failure in
                    line.object { line in
                        line.member("invocation_id", failure.id)
                        line.member("error", failure.reason)
                    }
                }
            }
        }
    }
}

extension AdminError {
    static let badInvocationID = AdminError.json(
        400, "The request field 'invocation_id' is invalid. Reason: unrecognized codec version")

    static func completed(_ id: InvocationID) -> AdminError {
        .json(409, "The invocation '\(id)' was already completed.")
    }
}
