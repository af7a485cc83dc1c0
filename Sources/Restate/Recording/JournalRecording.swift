/// Says which journals an endpoint records, and how much of them.
public struct JournalRecording: Sendable {
    /// The folder with one file for each recorded invocation. It is made if it is missing.
    public let folder: String
    /// The share of the invocations that are recorded, from 0 to 1. All attempts of an invocation
    /// are recorded, or none, whichever process serves them.
    public var share = 1.0
    /// The bytes of an attempt that are recorded. What follows is left out; the beginning of a journal is
    /// a journal, too.
    public var fileLimit = 1 << 20
    /// The bytes of all files. Beyond it the oldest files are removed.
    public var folderLimit = 256 << 20

    init(folder: String) { self.folder = folder }
}

extension Endpoint {
    /// Records the journals of invocations as files, so that a later version of the program can be
    /// tried against them before it is deployed.
    ///
    /// ```swift
    /// await Endpoint(Checkout()).recordJournals(to: "journals") { $0.share = 0.01 }.serve()
    /// ```
    /// A file has what the server and the endpoint said to each other in the invocation's last attempt,
    /// with the line of each command. Its values are those of the journal, and the files are for
    /// their owner only. `restate-local replay` and the test kit's `JournalReplay` replay them.
    ///
    /// Files are written by a thread of their own. If that fails, the log says so, and attempts go on. An
    /// endpoint whose folder cannot be made does not start.
    public func recordJournals(
        to folder: String, _ change: (inout JournalRecording) -> Void = { _ in }
    ) -> Endpoint {
        var recording = JournalRecording(folder: folder)
        change(&recording)
        return with { $0.recording = recording }
    }
}
