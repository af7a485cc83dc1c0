import Primitives
import RestateProtocol

/// What the transport reports about an attempt, the timeouts of an attempt, and its end.
extension LocalRuntime {
    /// Takes the head of the response. Its status must be 2xx, and its content type that of the
    /// request; anything else fails the attempt with a server's code for it.
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
            failure = EndpointFailure(
                "RT0023", "the endpoint refuses requests for now: status \(status)")
            failure.delay = retryAfter
        case 415:
            failure = .early(
                "RT0015",
                "the endpoint does not support \(version.contentType): register it again")
            failure.code = 415
        case 413:
            failure = EndpointFailure(
                "RT0019", "the request is too large for the endpoint: status 413")
        default:
            failure = EndpointFailure(
                "RT0012", "the endpoint answered with the unexpected status \(status)")
        }
        attemptFailed(id, failure, at: now)
    }

    /// Takes bytes of the response's body, and handles every frame that they complete.
    package mutating func received(_ attempt: AttemptID, _ bytes: [UInt8], at now: Timestamp) {
        guard let id = attempts[attempt]?.invocation else { return }
        attempts.update(attempt) {
            $0.decoder.push(bytes)
            $0.lastActivity = now
        }
        do throws(EndpointFailure) {
            // Any frame may end the attempt; then `nextFrame` returns nil.
            while let frame = try nextFrame(of: attempt) {
                try handle(frame, of: id, in: attempt, at: now)
            }
        } catch {
            attemptFailed(id, error, at: now)
        }
        // A sleep that is already over is completed after everything that came in the same bytes.
        if let due = deadlines.earliest, due <= now { advance(to: now) }
    }

    /// Returns the next complete frame, or nil if more bytes are needed or the attempt has ended.
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

    /// Takes the end of the response. An attempt that said its last word is not in the table any
    /// more, so an end that arrives here is a failure.
    package mutating func responseEnded(_ attempt: AttemptID, at now: Timestamp) {
        guard let id = attempts[attempt]?.invocation else { return }
        var failure = EndpointFailure(
            "RT0007", "the response ended without a suspension, an error or an end")
        failure.isOfRuntime = false
        attemptFailed(id, failure, at: now)
    }

    /// Fails the attempt because there is no connection, it was lost, or the stream was reset.
    package mutating func connectionFailed(
        _ attempt: AttemptID, _ reason: String, at now: Timestamp
    ) {
        guard let id = attempts[attempt]?.invocation else { return }
        attemptFailed(id, EndpointFailure("RT0010", reason), at: now)
    }

    // MARK: Quiet

    /// Handles the deadline of an attempt. After the inactivity timeout its input is ended, so that
    /// the handler suspends; if it is still there after the abort timeout, it is aborted.
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
                    "the endpoint sent nothing for \(quiet.limit) ms (the abort timeout) after its "
                        + "input had ended: the attempt is aborted"), at: now)
        }
        endInput(of: attempt, at: now)
        guard let limit = attempts[attempt]?.abortTimeout else { return }
        let deadline = deadlines.add(.attempt(attempt), at: now.later(by: limit))
        attempts.update(attempt) { $0.deadline = deadline }
    }

    /// Ends the request's body, which makes the handler suspend at its next wait. The abort timeout
    /// counts from now on.
    mutating func endInput(of attempt: AttemptID, at now: Timestamp) {
        guard attempts[attempt]?.inputIsOpen == true else { return }
        attempts.update(attempt) {
            $0.inputIsOpen = false
            $0.lastActivity = now
        }
        flush(attempt)
        emit(.endInput(attempt))
    }

    // MARK: End

    /// Removes an invocation's attempt, if it has one. The invocation itself stays as it is.
    ///
    /// - Parameter abort: whether the stream is reset instead of ended in order.
    mutating func leaveAttempt(_ id: InvocationIdentity, abort: Bool, at now: Timestamp) {
        guard let attempt = invocations[id]?.attempt, attempts.contains(attempt) else { return }
        if !abort { flush(attempt) }
        let deadline = attempts.remove(attempt)?.deadline
        if let deadline { deadlines.remove(deadline) }
        room.hasLeft(attempt)
        emit(abort ? .abort(attempt) : .finish(attempt))
    }
}
