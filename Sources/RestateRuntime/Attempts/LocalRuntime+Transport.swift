import Primitives
import RestateProtocol

/// What the transport tells of an attempt, how an attempt goes quiet, and how it ends.
extension LocalRuntime {
    /// The response's head is there. It must say the same content type as the request.
    package mutating func responded(
        _ attempt: AttemptID, status: Int, contentType: String?, server: String?,
        retryAfter: Milliseconds? = nil, at now: Timestamp
    ) {
        guard let id = attempts[attempt]?.invocation, let version = attempts[attempt]?.version
        else { return }
        if let server, server != invocations[id]?.progress.attempts.lastServer {
            invocations.update(id) { $0.attempts.lastServer = server }
        }
        var failure: EndpointFailure
        switch status {
        case 200...299:
            guard contentType != version.contentType.description else { return }
            failure = EndpointFailure(
                "RT0012",
                "unexpected content type '\(contentType ?? "none")': the endpoint must answer "
                    + "with \(version.contentType)")
        case 502, 504:
            failure = EndpointFailure("RT0010", "the endpoint is unavailable: status \(status)")
        case 429, 503:
            failure = EndpointFailure("RT0023", "the endpoint refuses for now: status \(status)")
            failure.delay = retryAfter
        case 415:
            failure = .early(
                "RT0015", "the endpoint does not speak \(version.contentType): register it again")
            failure.code = 415
        case 413:
            failure = EndpointFailure("RT0019", "the request is too large for the endpoint: 413")
        default:
            failure = EndpointFailure("RT0012", "unexpected status \(status) of the endpoint")
        }
        attemptFailed(id, failure, at: now)
    }

    /// Bytes of the response's body.
    package mutating func received(_ attempt: AttemptID, _ bytes: [UInt8], at now: Timestamp) {
        guard let id = attempts[attempt]?.invocation else { return }
        attempts.update(attempt) {
            $0.decoder.push(bytes)
            $0.lastActivity = now
        }
        do throws(EndpointFailure) {
            // The attempt may end with any of them.
            while let frame = try nextFrame(of: attempt) {
                try handle(frame, of: id, in: attempt, at: now)
            }
        } catch {
            attemptFailed(id, error, at: now)
        }
        // A sleep that is over already ends behind all that came with it.
        if let due = deadlines.earliest, due <= now { advance(to: now) }
    }

    private mutating func nextFrame(of attempt: AttemptID) throws(EndpointFailure) -> Frame? {
        do throws(WireError) {
            let frame = try attempts.update(attempt) { attempt throws(WireError) in
                try attempt.decoder.next()
            }
            return frame ?? nil
        } catch {
            if case .frameTooLarge = error { throw EndpointFailure("RT0003", "\(error)") }
            throw EndpointFailure("RT0012", "\(error)")
        }
    }

    /// The response ended, which without a last word is a failure.
    package mutating func responseEnded(_ attempt: AttemptID, at now: Timestamp) {
        guard let id = attempts[attempt]?.invocation else { return }
        var failure = EndpointFailure(
            "RT0007", "the response ended before the attempt did: no suspension, error or end")
        failure.isOfRuntime = false
        attemptFailed(id, failure, at: now)
    }

    /// No connection, or it was lost, or the stream was reset.
    package mutating func connectionFailed(
        _ attempt: AttemptID, _ reason: String, at now: Timestamp
    ) {
        guard let id = attempts[attempt]?.invocation else { return }
        attemptFailed(id, EndpointFailure("RT0010", reason), at: now)
    }

    // MARK: quiet

    /// Nothing for a while: first the input is ended, so that the handler suspends; if that does
    /// not help either, the attempt is given up.
    mutating func attemptIsQuiet(_ attempt: AttemptID, at now: Timestamp) {
        guard let id = attempts[attempt]?.invocation, let quiet = attempts[attempt]?.quiet
        else { return }
        let due = quiet.since.later(by: quiet.limit)
        guard due <= now else {
            let deadline = deadlines.add(.attempt(attempt), at: due)
            attempts.update(attempt) { $0.deadline = deadline }
            return
        }
        guard quiet.inputIsOpen else {
            return attemptFailed(
                id,
                EndpointFailure(
                    "RT0001",
                    "no sign of life for \(quiet.limit) ms after the request ended: the attempt is "
                        + "aborted"), at: now)
        }
        endInput(of: attempt, at: now)
        guard let limit = attempts[attempt]?.abortTimeout else { return }
        let deadline = deadlines.add(.attempt(attempt), at: now.later(by: limit))
        attempts.update(attempt) { $0.deadline = deadline }
    }

    /// The endpoint has to suspend, when it comes to wait. From now on its time to do so runs.
    mutating func endInput(of attempt: AttemptID, at now: Timestamp) {
        guard attempts[attempt]?.inputIsOpen == true else { return }
        attempts.update(attempt) {
            $0.inputIsOpen = false
            $0.lastActivity = now
        }
        flush(attempt)
        emit(.endInput(attempt))
    }

    // MARK: end

    /// The invocation goes on without its attempt, if it has one.
    mutating func leaveAttempt(_ id: InvocationIdentity, abort: Bool, at now: Timestamp) {
        guard let attempt = invocations[id]?.attempt, attempts.contains(attempt) else { return }
        if !abort { flush(attempt) }
        let deadline = attempts.remove(attempt)?.deadline
        if let deadline { deadlines.remove(deadline) }
        room.hasLeft(attempt)
        emit(abort ? .abort(attempt) : .finish(attempt))
    }
}
