import Primitives

/// Serves the exchanges that others carry, on one event loop, to which all of it belongs.
package final class GuestHost {
    package let loop: EventLoop
    let limits: HTTPLimits
    private(set) var isDraining = false
    /// A carrier's session lives here until its exchange is over.
    private var sessions: [ObjectIdentifier: GuestSession] = [:]
    private var emptied: [() -> Void] = []

    package init(loop: EventLoop, limits: HTTPLimits = HTTPLimits()) {
        self.loop = loop
        self.limits = limits
    }

    /// Begins an exchange. Called on the loop.
    package func begin(_ request: RequestHead, for receiver: any RequestReceiver) -> GuestExchange {
        loop.assertAccess()
        let session = GuestSession(request, receiver, self)
        sessions[ObjectIdentifier(session)] = session
        session.begin()
        return GuestExchange(session)
    }

    package var openExchanges: Int { sessions.count }

    func forget(_ session: GuestSession) {
        guard sessions.removeValue(forKey: ObjectIdentifier(session)) != nil else { return }
        if isDraining, sessions.isEmpty { notifyEmptied() }
    }

    // MARK: The end

    /// Tells who serves an exchange that nothing more is expected of the peer. New requests are
    /// refused from now on.
    package func drain() {
        loop.assertAccess()
        if isDraining { return }
        isDraining = true
        for observer in observers { observer.serverDrains() }
        if sessions.isEmpty { notifyEmptied() }
    }

    /// Ends what still goes on, and returns how many exchanges were cut off.
    package func giveUp(after grace: Duration) -> Int {
        loop.assertAccess()
        return observers.count { $0.serverGivesUp(after: grace) }
    }

    /// Calls `body` once when no exchange is open after `drain`.
    package func whenEmpty(_ body: @escaping () -> Void) {
        loop.assertAccess()
        emptied.append(body)
        if isDraining, sessions.isEmpty { notifyEmptied() }
    }

    /// Breaks off every exchange.
    package func cancelAll() {
        loop.assertAccess()
        for session in sessions.values { session.cancel() }
    }

    private var observers: [any StreamObserver] {
        sessions.values.compactMap(\.stream.observer)
    }

    private func notifyEmptied() {
        let listeners = emptied
        emptied = []
        for body in listeners { body() }
    }
}
