import RestateMachine
import RestateProtocol

/// The settings that all attempts of an endpoint share.
package final class AttemptSettings: Sendable {
    /// The threads on which the closures of runs are executed.
    package let runs: any RunThreads
    /// The log for the operator.
    package let log: EndpointLog
    /// The limit for the bytes of one message to the server.
    package let messageLimit: Int
    /// The options of every machine, built once.
    let machine: MachineOptions
    let cuts = CutAttempts()
    /// The stand-in for the outside world while handlers are tested; nil for an endpoint that
    /// serves.
    let rehearsal: (any Rehearsal)?
    /// Records journals; nil if nobody asked for it.
    package let recorder: (any AttemptRecorder)?

    /// The default of the server's own limit for messages.
    package static let messageLimit = 32 << 20

    package init(
        runs: any RunThreads, messageLimit: Int = AttemptSettings.messageLimit,
        log: EndpointLog = .silent, rehearsal: (any Rehearsal)? = nil,
        recorder: (any AttemptRecorder)? = nil
    ) {
        self.runs = rehearsal?.runs ?? runs
        self.messageLimit = messageLimit
        var machine = MachineOptions()
        machine.messageLimit = messageLimit
        // A message from the server can carry several values that were sent one by one.
        machine.frameLimit = max(FrameDecoder.defaultLimit, 2 * min(messageLimit, Int(UInt32.max)))
        self.machine = machine
        self.log = log
        self.rehearsal = rehearsal
        self.recorder = recorder
    }
}
