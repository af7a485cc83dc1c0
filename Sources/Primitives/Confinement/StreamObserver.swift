/// Is called on the loop when something about a stream has changed: input arrived or ended,
/// buffered output fell below the limit, the response's head came (client side), or the stream
/// closed.
package protocol StreamObserver: AnyObject {
    func streamChanged()
    /// The server ends: from now on nothing more is expected of the peer. What waits for it should
    /// stop waiting; what is under way may be finished.
    func serverDrains()
    /// The time for that is over: what has not ended yet ends now.
    ///
    /// - Parameter grace: the time that there was.
    /// - Returns: whether something was cut off.
    func serverGivesUp(after grace: Duration) -> Bool
}

extension StreamObserver {
    package func serverDrains() {}
    package func serverGivesUp(after grace: Duration) -> Bool { false }
}
