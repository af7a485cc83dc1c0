/// Enforces the time limits of connections and streams with one timer for all of them. A limit
/// takes effect within a quarter of its length, and a request costs nothing here.
extension ServerLoop {
    /// How long a connection lingers for its peer to close.
    private static let lingerTime: Duration = .seconds(2)

    func scheduleSweep() {
        let shortest = min(
            limits.headerTimeout, limits.idleTimeout, limits.pingInterval, limits.pingTimeout,
            limits.bodyTimeout, limits.stallTimeout)
        let interval = max(.milliseconds(10), min(.seconds(1), shortest / 4))
        sweep = loop.schedule(after: interval) { [self] in
            sweep = nil
            // Streams are checked less often, because there can be very many, and their limits are
            // long.
            let streamInterval = min(limits.bodyTimeout, limits.stallTimeout) / 4
            let lookAtStreams = loop.now &- streamsSwept >= streamInterval.nanoseconds
            if lookAtStreams { streamsSwept = loop.now }
            // In reverse order, because a connection that closes is replaced by the last one.
            for connection in connections.reversed() where !connection.isClosed {
                check(connection)
                if lookAtStreams, !connection.isClosed { checkStreams(of: connection) }
            }
            if !connections.isEmpty { scheduleSweep() }
        }
    }

    private func check(_ connection: Connection) {
        let session = connection.session
        if let began = connection.lingerBegan {
            if hasPassed(Self.lingerTime, since: began) { connection.close() }
        } else if let began = session.headBegan, hasPassed(limits.headerTimeout, since: began) {
            connection.close()
        } else if connection.blockedSince != 0,
            hasPassed(limits.stallTimeout, since: connection.blockedSince)
        {
            connection.close()
        } else if !session.streams.isEmpty {
            checkPeer(of: connection)
        } else if session.headBegan == nil,
            hasPassed(limits.idleTimeout, since: connection.lastActivity)
        {
            session.expire()
        }
    }

    /// Sends a PING after a silence, and closes the connection if the answer is missing: a peer
    /// that vanished sends nothing.
    private func checkPeer(of connection: Connection) {
        let session = connection.session
        if session.awaitsPing, connection.lastReceived <= connection.pinged {
            if hasPassed(limits.pingTimeout, since: connection.pinged) { connection.close() }
        } else if hasPassed(limits.pingInterval, since: connection.lastReceived),
            hasPassed(limits.pingInterval, since: connection.pinged)
        {
            connection.pinged = loop.now
            session.ping()
        }
    }

    private func checkStreams(of connection: Connection) {
        let session = connection.session
        // In reverse order, because a stream that closes is replaced by the last one.
        for stream in session.streams.reversed() {
            let stream = unsafeDowncast(stream, to: RequestStream.self)
            checkBody(of: stream, session)
            checkOutput(of: stream, session)
        }
        session.deliver()
    }

    private func checkBody(of stream: RequestStream, _ session: Session) {
        guard stream.awaitsBody, !stream.inputEnded else { return }
        var seen = stream.request.progress
        if seen.bodyBegan != 0, !hasPassed(limits.bodyTimeout, since: seen.bodyBegan) { return }
        // A peer that waits for us to read is not slow.
        let isSlow =
            seen.bodyBegan != 0 && stream.exchange.received - seen.received < limits.bodyProgress
            && stream.input.count < limits.inputWindow / 2
        seen.bodyBegan = loop.now
        seen.received = stream.exchange.received
        stream.request.progress = seen
        if isSlow { session.giveUpBody(of: stream) }
    }

    private func checkOutput(of stream: RequestStream, _ session: Session) {
        let hasMoved = stream.exchange.wire.remove(.hasMoved) != nil
        if stream.output.isEmpty || stream.exchange.lacksHead || hasMoved {
            stream.request.progress.stalledSince = 0
        } else if stream.request.progress.stalledSince == 0 {
            stream.request.progress.stalledSince = loop.now
        } else if hasPassed(limits.stallTimeout, since: stream.request.progress.stalledSince) {
            stream.task?.cancel()
            stream.reset(code: 8)
        }
    }

    private func hasPassed(_ limit: Duration, since began: UInt64) -> Bool {
        loop.now &- began > limit.nanoseconds && loop.now > began
    }
}
