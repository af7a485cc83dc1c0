import Primitives
import RestateProtocol
import Times

/// The command Sleep. Its timer is not stored: recovery derives it from the command.
extension LocalRuntime {
    mutating func sleep(
        _ id: InvocationIdentity, _ sleep: SleepCommand, _ frame: Frame, at now: Timestamp
    ) throws(EndpointFailure) {
        store(frame, of: id, at: now)
        let completion = sleep.completionID
        let token = deadlines.add(
            .sleep(id, completion), at: min(sleep.wakeUpTime, Moment.latest))
        invocations.link(id) { $0.sleeps[completion] = token }
    }

    mutating func sleepIsOver(
        _ id: InvocationIdentity, _ completion: UInt32, at now: Timestamp
    ) {
        invocations.link(id) { $0.sleeps[completion] = nil }
        notify(id, .sleepCompletion, .completion(completion), .void, at: now)
    }
}
