import Primitives

/// Frees a connection when the limit is reached: the one that has been idle longest is closed, or,
/// if none is idle, the one whose request or whose reading of a response has taken longest.
enum Shedding {
    struct Candidate {
        var isIdle: Bool
        var since: UInt64

        func goesBefore(_ other: Candidate) -> Bool {
            isIdle == other.isIdle ? since < other.since : isIdle
        }
    }

    /// Asks all loops for a candidate, and has the best one closed.
    /// - Parameter done: called on one of the loops, with false if every connection is working.
    static func closeOne(
        of servers: [ServerLoop], _ done: @escaping @Sendable (Bool) -> Void
    ) {
        struct Survey {
            var unasked: Int
            var best: Candidate?
            var server: Int?
        }
        let survey = Locked(Survey(unasked: servers.count))
        for (index, server) in servers.enumerated() {
            server.loop.execute {
                let found = server.expendable()?.candidate
                let result = survey.withLock { survey -> Survey? in
                    survey.unasked -= 1
                    if let found, survey.best.map(found.goesBefore) ?? true {
                        survey.best = found
                        survey.server = index
                    }
                    return survey.unasked == 0 ? survey : nil
                }
                guard let result else { return }
                guard let chosen = result.server else { return done(false) }
                let last = servers[chosen]
                last.loop.execute {
                    // The candidate may have become busy meanwhile, and another connection idle.
                    let connection = last.expendable()?.connection
                    connection?.close()
                    done(connection != nil)
                }
            }
        }
    }
}

extension ServerLoop {
    func expendable() -> (connection: Connection, candidate: Shedding.Candidate)? {
        var worst: (connection: Connection, candidate: Shedding.Candidate)?
        for connection in connections {
            guard let candidate = candidate(connection) else { continue }
            if worst.map({ candidate.goesBefore($0.candidate) }) ?? true {
                worst = (connection, candidate)
            }
        }
        return worst
    }

    /// Returns nil for a connection that is working.
    private func candidate(_ connection: Connection) -> Shedding.Candidate? {
        let session = connection.session
        if let began = connection.lingerBegan { return .init(isIdle: true, since: began) }
        if connection.blockedSince != 0 {
            return .init(isIdle: false, since: connection.blockedSince)
        }
        if session.streams.isEmpty {
            if let began = session.headBegan { return .init(isIdle: false, since: began) }
            return .init(isIdle: true, since: connection.lastActivity)
        }
        var since = UInt64.max
        for stream in session.streams {
            let stream = unsafeDowncast(stream, to: RequestStream.self)
            if !stream.awaitsBody || stream.inputEnded { return nil }
            since = min(since, stream.exchange.began)
        }
        return .init(isIdle: false, since: since)
    }
}
