internal import Restate
internal import RestateRuntime

/// What can be done to an invocation. The raw values are the names in paths.
enum InvocationOperation: String, CaseIterable, Sendable {
    case cancel, kill, purge, pause, resume
    case purgeJournal = "purge-journal"
    case restartAsNew = "restart-as-new"
}

/// The success of an operation, with the status that a server answers.
struct OperationDone: Sendable {
    var status: Int
    /// The new invocation of a restart.
    var new: InvocationIdentity?
}

/// Why an operation was not performed. A server has one text for a single invocation and a shorter
/// one for a batch.
struct OperationRefusal: Error {
    let status: Int
    let sentence: String
    /// The text in the answer to a batch.
    let inBatch: String

    init(_ status: Int, _ sentence: String, inBatch: String) {
        self.status = status
        self.sentence = sentence
        self.inBatch = inBatch
    }

    /// Makes both texts.
    ///
    /// - Parameter what: the rest of the sentence after "The invocation '…'".
    init(_ status: Int, _ id: InvocationIdentity, _ what: String) {
        self.init(
            status, "The invocation '\(id)' \(what).", inBatch: "Invocation '\(id)' \(what)")
    }

    static func unknown(_ id: InvocationIdentity) -> OperationRefusal {
        .init(
            404, "The requested invocation '\(id)' does not exist",
            inBatch: "Invocation '\(id)' not found")
    }

    static func completed(_ id: InvocationIdentity) -> OperationRefusal {
        .init(409, id, "was already completed")
    }

    static func unreadable(
        _ id: InvocationIdentity, _ failure: ArchiveFailure
    ) -> OperationRefusal {
        .init(
            503, "The invocation '\(id)' cannot be read: \(failure)",
            inBatch: "Invocation '\(id)' cannot be read: \(failure)")
    }

    /// Makes the refusal of a deployment.
    ///
    /// - Parameters:
    ///   - verb: completes "when trying to …".
    ///   - gerund: completes "when …".
    static func deployment(
        _ refusal: DeploymentRefusal, of id: InvocationIdentity, trying verb: String,
        when gerund: String
    ) -> OperationRefusal {
        switch refusal {
        case .cannotChange:
            .init(
                409,
                "The invocation '\(id)' is still running or the deployment id is not pinned yet, "
                    + "deployment id cannot be changed.",
                inBatch: "Cannot change deployment ID for invocation '\(id)'")
        case .unknown:
            .init(
                400, "The given deployment was not found when trying to \(verb) '\(id)'.",
                inBatch: "Deployment not found when \(gerund) '\(id)'")
        case .incompatible(let pinned, let deployment, let versions):
            .init(
                400, id,
                "is running on protocol version '\(pinned)', while the chosen deployment "
                    + "'\(deployment)' supports the range \(versions.lowerBound)..="
                    + "\(versions.upperBound)")
        }
    }
}

extension Engine {
    /// Performs an operation on one invocation.
    ///
    /// - Parameters:
    ///   - deployment: used by a resume, which keeps the deployment by default, and by a restart,
    ///     which takes the latest one.
    ///   - from: used by a restart.
    func perform(
        _ operation: InvocationOperation, on id: InvocationIdentity,
        deployment: DeploymentChoice? = nil, from: Int = 0
    ) throws(OperationRefusal) -> OperationDone {
        switch operation {
        case .cancel: try cancel(id)
        case .kill: try kill(id)
        case .purge: try purged(id, perform { $0.purge(id, at: $1) })
        case .purgeJournal: try purged(id, perform { $0.purgeJournal(id, at: $1) })
        case .pause: try pause(id)
        case .resume: try resume(id, deployment ?? .keep)
        case .restartAsNew: try restart(id, deployment ?? .latest, from: from)
        }
    }

    private func cancel(_ id: InvocationIdentity) throws(OperationRefusal) -> OperationDone {
        switch perform({ $0.cancel(id, at: $1) }) {
        case .ended: OperationDone(status: 200)
        case .signalled: OperationDone(status: 202)
        case .unknown: throw .unknown(id)
        case .completed: throw .completed(id)
        }
    }

    private func kill(_ id: InvocationIdentity) throws(OperationRefusal) -> OperationDone {
        switch perform({ $0.kill(id, at: $1) }) {
        case .killed: OperationDone(status: 200)
        case .unknown: throw .unknown(id)
        case .completed: throw .completed(id)
        }
    }

    private func purged(
        _ id: InvocationIdentity, _ outcome: PurgeOutcome
    ) throws(OperationRefusal) -> OperationDone {
        switch outcome {
        case .purged: OperationDone(status: 200)
        case .unknown: throw .unknown(id)
        case .notCompleted: throw .init(409, id, "is not yet completed")
        case .unreadable(let failure): throw .unreadable(id, failure)
        }
    }

    private func pause(_ id: InvocationIdentity) throws(OperationRefusal) -> OperationDone {
        switch perform({ $0.pause(id, at: $1) }) {
        case .requested: OperationDone(status: 202)
        case .alreadyPaused: OperationDone(status: 200)
        case .unknown: throw .unknown(id)
        case .completed, .notRunning: throw .init(409, id, "is not running, cannot be paused")
        }
    }

    private func resume(
        _ id: InvocationIdentity, _ deployment: DeploymentChoice
    ) throws(OperationRefusal) -> OperationDone {
        switch perform({ $0.resume(id, deployment: deployment, at: $1) }) {
        case .resumed: OperationDone(status: 200)
        case .unknown: throw .unknown(id)
        case .completed: throw .init(409, id, "is completed, cannot be resumed")
        case .notStarted:
            throw .init(425, id, "is either inboxed or scheduled, cannot be resumed")
        case .badDeployment(let refusal):
            throw .deployment(
                refusal, of: id, trying: "resume the invocation", when: "resuming invocation")
        }
    }

    private func restart(
        _ id: InvocationIdentity, _ deployment: DeploymentChoice, from: Int
    ) throws(OperationRefusal) -> OperationDone {
        switch perform({ $0.restartAsNew(id, from: from, deployment: deployment, at: $1) }) {
        case .started(let new): return OperationDone(status: 200, new: new)
        case .unknown: throw .unknown(id)
        case .notStarted: throw .init(425, id, "cannot be restarted because it's not running yet")
        case .running: throw .init(409, id, "is still running")
        case .unsupported:
            throw .init(
                422,
                "Restarting the invocation '\(id)' is not supported. Restarting workflows is not "
                    + "supported, and restarting invocations created using the old service protocol.",
                inBatch: "Restarting invocation '\(id)' is not supported")
        case .journalGone:
            throw .init(
                410,
                "The invocation '\(id)' cannot be restarted because the input is not available. This "
                    + "indicates that the journal was already purged, or not retained at all.",
                inBatch:
                    "Invocation '\(id)' cannot be restarted because the input is not available")
        case .unreadable(let failure): throw .unreadable(id, failure)
        case .prefixIsOpen:
            throw .init(
                400,
                "The prefix of the journal '\(id)' up to 'from' (included) contains some Commands "
                    + "without respective Completions.",
                inBatch: "Journal copy range invalid for invocation '\(id)'")
        case .badDeployment(let refusal):
            throw .deployment(
                refusal, of: id, trying: "restart as new the invocation",
                when: "restarting invocation")
        }
    }
}
