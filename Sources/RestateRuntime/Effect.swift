import Primitives
package import RestateProtocol

/// Something that the runtime wants done. The engine carries effects out in the order in which they
/// were emitted; the runtime itself does no I/O.
package enum Effect: Sendable {
    // What is large is behind a reference, because each effect is copied a few times on its way.

    /// Opens a stream to the endpoint. The first bytes follow in `send`.
    indirect case start(AttemptRequest)
    case send(AttemptID, [UInt8])
    /// Ends the request's body while the response is still read.
    case endInput(AttemptID)
    /// Ends the request's body after the attempt's last word, and lets the response end by itself.
    case finish(AttemptID)
    /// Resets the stream.
    case abort(AttemptID)
    /// Gives a caller outside the result.
    indirect case answer(WaiterID, InvocationOutcome)
    /// Tells a caller outside that the result is there, but cannot be read.
    case refuse(WaiterID, ArchiveFailure)
    indirect case log(LogEvent)
}

/// The request that begins an attempt.
package struct AttemptRequest: Sendable {
    package var attempt: AttemptID
    package var invocation: InvocationIdentity
    package var endpoint: DeploymentEndpoint
    package var service: String
    package var handler: String
    package var key: String?
    package var version: ProtocolVersion
    package var additionalHeaders: [Header]
    package var clusterName: String
    /// Where in a trace the attempt is, if its invocation belongs to one.
    package var trace: InvocationTrace?
}

/// An event that is logged, with its line of text.
package enum LogEvent: Sendable, CustomStringConvertible {
    case registered(Deployment)
    case started(TargetName, InvocationIdentity)
    case resumed(TargetName, InvocationIdentity)
    case retrying(
        TargetName, InvocationIdentity, EndpointFailure, after: Milliseconds, failures: Int)
    case suspended(TargetName, InvocationIdentity)
    case paused(TargetName, InvocationIdentity, EndpointFailure?)
    case ended(TargetName, InvocationIdentity, Failure?, after: Milliseconds)
    /// Invocations whose retention is over cannot be read, and so not be removed.
    case unreadable(ArchiveFailure)

    /// Whether the event is logged as a warning.
    package var isTrouble: Bool {
        switch self {
        case .retrying, .paused, .unreadable: true
        case .registered, .started, .resumed, .suspended, .ended: false
        }
    }

    package var description: String {
        switch self {
        case .registered(let deployment):
            "registered \(deployment.endpoint.uri): "
                + deployment.services.keys.sorted().joined(separator: ", ")
        case .started(let target, let id): "started    \(target)  \(id)"
        case .resumed(let target, let id): "resumed    \(target)  \(id)"
        case .retrying(let target, let id, let failure, let delay, let failures):
            "retrying   \(target)  \(id)  in \(delay) ms"
                + (failures > 0 ? ", after \(failures) failed: " : ": ")
                + "[\(failure.code) \(failure.restateCode)] \(failure.message)"
        case .suspended(let target, let id): "suspended  \(target)  \(id)"
        case .paused(let target, let id, let failure):
            "paused     \(target)  \(id)" + (failure.map { ": [\($0.code)] \($0.message)" } ?? "")
        case .ended(let target, let id, nil, let time):
            "ended      \(target)  \(id)  after \(time) ms"
        case .ended(let target, let id, let failure?, let time):
            "failed     \(target)  \(id)  after \(time) ms: [\(failure.code)] \(failure.message)"
        case .unreadable(let failure):
            "What is past its retention cannot be removed: \(failure)"
        }
    }
}
