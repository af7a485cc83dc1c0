internal import RestateProtocol

/// The journal of an invocation, to be replayed by the program of today.
///
/// It comes from a file that an endpoint has recorded (`Endpoint.recordJournals(to:_:)`), or from the
/// tables of a server.
public struct RecordedJournal: Sendable {
    /// Where it comes from: a file, or a server.
    public let source: String
    /// The id of the invocation, such as `inv_1fsg95kbGEBB…`.
    public let invocation: String
    /// The service whose handler was called.
    public let service: String
    /// The name of the handler, which a replay calls again.
    public let handler: String

    let version: ProtocolVersion
    let start: StartMessage
    let entries: [Entry]
    /// Whether the recorded attempt ended with an error, so that the same error is no difference.
    let hasFailed: Bool
    /// Whether the seed of its random numbers may be another one than that of `start`.
    let mayHaveOtherSeed: Bool

    /// An entry of the journal: a command or a notification.
    struct Entry: Sendable {
        let frame: Frame
        let site: String?
    }

    /// The number of entries, including the input.
    public var count: Int { entries.count }

    var commands: [Entry] { entries.filter { $0.frame.kind == .command } }

    init(
        source: String, invocation: String, service: String, handler: String,
        version: ProtocolVersion, start: StartMessage, entries: [Entry], hasFailed: Bool,
        mayHaveOtherSeed: Bool = false
    ) throws {
        guard entries.first?.frame.type == .inputCommand else {
            throw JournalUnreadable("it has no input")
        }
        self.source = source
        self.invocation = invocation
        self.service = service
        self.handler = handler
        self.version = version
        self.start = start
        self.entries = entries
        self.hasFailed = hasFailed
        self.mayHaveOtherSeed = mayHaveOtherSeed
    }

    /// Reads the content of a file.
    ///
    /// - Parameters:
    ///   - text: the content of the file.
    ///   - source: the name of the file, for reports.
    /// - Throws: ``JournalUnreadable``.
    public init(parsing text: [UInt8], source: String) throws {
        self = try Self(JournalFile(parsing: text), source: source)
    }

    // MARK: The request

    /// The key of the object or workflow; empty for a service.
    package var key: String { start.key }

    /// The path of the attempt.
    package var path: String { "/invoke/\(service)/\(handler)" }

    /// What asks an endpoint to replay a journal without executing a run whose result is missing.
    package var contentType: String { "\(version.contentType)\(ReplayMark.parameter)" }

    /// What every endpoint takes, also one of another SDK. It executes runs whose results are missing.
    package var ordinaryContentType: String { "\(version.contentType)" }

    /// The whole journal, as a server sends it at the beginning of an attempt.
    package var body: [UInt8] {
        var start = start
        start.knownEntries = UInt32(clamping: entries.count)
        start.retryCount = 0
        return entries.reduce(into: Frame(start).bytes) { $0 += $1.frame.bytes }
    }
}

/// What an endpoint and a replay tell each other.
package enum ReplayMark {
    /// Behind the content type of a request: the journal is to be replayed, and nothing executed. An endpoint
    /// that does not know it answers 415.
    package static let parameter = "; replay=1"
    /// The error of a run that would have been executed.
    package static let sentence = "a replay executes no run"
    /// The error of a handler that cannot read the recorded input. Outside of a replay it is the invocation's
    /// result, which a journal that has not ended would not contradict.
    package static let unreadableInput = "a replay cannot read the input"
}
