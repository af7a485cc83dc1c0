import Support
import RestateHTTP
import RestateMachine
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

/// A workflow whose `run` is supplied by the test. A workflow's context has all operations.
struct Probe<Output: Codable & Sendable>: Workflow {
    static var name: String { "Probe" }

    let body: @Sendable (WorkflowContext) async throws -> Output

    func run(_ ctx: WorkflowContext) async throws -> Output {
        try await body(ctx)
    }

    struct API: HandlerTable {
        let run = workflow(Probe<Output>.run)
    }
}

/// The journal that the server sends at the beginning of an attempt.
struct Journal {
    var version = ProtocolVersion.v6
    var start = StartMessage()
    var input: String?
    /// The entries after the input.
    var known: [any Message] = []
    /// Messages that follow right after the journal.
    var later: [any Message] = []

    init(_ known: (any Message)..., later: [any Message] = []) {
        self.known = known
        self.later = later
        start.id = Bytes("an id".utf8)
        start.debugID = "inv_1"
        start.key = "key"
    }

    var bytes: [UInt8] {
        var start = start
        start.knownEntries = UInt32(1 + known.count)
        var command = InputCommand()
        command.value = input.map { Bytes($0.utf8) }
        return encoded([start, command] + known + later)
    }
}

func encoded(_ messages: [any Message]) -> [UInt8] {
    var writer = FieldWriter()
    for message in messages { writer.frame(message) }
    return writer.bytes
}

/// One attempt on the loop, with the test as its server. Frames are read as lines such as
/// `Sleep 1`; see ``line(_:)``.
final class Attempt {
    let stream = FakeStream()
    private let task: Task<Void, Never>

    convenience init<Output: Codable & Sendable>(
        _ loop: EventLoop, _ journal: Journal, settings: AttemptSettings = AttemptSettings(),
        options: ServiceOptions = ServiceOptions(), hooks: [any InvocationHooks] = [],
        headers: [(name: String, value: String)] = [],
        _ body: @escaping @Sendable (WorkflowContext) async throws -> Output
    ) throws {
        try self.init(
            loop, journal.version, journal.bytes, headers,
            of: Endpoint(Probe(body: body)).defaults(options), "run", settings, hooks)
    }

    /// Begins the request with these bytes, valid or not.
    convenience init<Output: Codable & Sendable>(
        _ loop: EventLoop, bytes: some Sequence<UInt8>,
        headers: [(name: String, value: String)] = [],
        _ body: @escaping @Sendable (WorkflowContext) async throws -> Output
    ) throws {
        try self.init(loop, .v6, Array(bytes), headers, of: Endpoint(Probe(body: body)), "run")
    }

    convenience init(
        _ loop: EventLoop, _ journal: Journal, of service: any RestateService, _ handler: String
    ) throws {
        try self.init(loop, journal.version, journal.bytes, [], of: Endpoint([service]), handler)
    }

    /// Begins an attempt of the first handler of an endpoint, as the endpoint serves it.
    convenience init(_ loop: EventLoop, _ journal: Journal, of endpoint: Endpoint) throws {
        try self.init(loop, journal.version, bytes: journal.bytes, to: nil, of: endpoint)
    }

    /// Begins an attempt of the named handler of an endpoint, or of its first one, as the endpoint
    /// serves it.
    init(
        _ loop: EventLoop, _ version: ProtocolVersion = .v6, bytes: [UInt8], to handler: String?,
        of endpoint: Endpoint
    ) throws {
        let handlers = try Router(endpoint).handlers
        let served = try #require(handlers.first { handler == nil || $0.name == handler })
        task = Elsewhere.begin(served, version, stream, loop)
        stream.send(bytes)
    }

    private init(
        _ loop: EventLoop, _ version: ProtocolVersion, _ bytes: [UInt8],
        _ headers: [(name: String, value: String)],
        of endpoint: Endpoint, _ handler: String,
        _ settings: AttemptSettings = AttemptSettings(), _ hooks: [any InvocationHooks] = []
    ) throws {
        let router = try Router(endpoint)
        let found = try #require(router.handlers.first { $0.name == handler })
        let served = ServedHandler(
            service: found.service, name: found.name, entry: found.entry,
            inherited: found.allOptions, settings: settings, hooks: HookChain(hooks),
            body: found.body)
        stream.requestHeaders = headers
        task = Elsewhere.begin(served, version, stream, loop)
        stream.send(bytes)
    }

    /// Returns the next line, or nil after the end of the attempt.
    nonisolated(nonsending) func next() async -> String? {
        await stream.next().map(line)
    }

    /// Ends the request and returns all remaining lines.
    nonisolated(nonsending) func rest() async -> [String] {
        stream.endInput()
        var lines: [String] = []
        while let line = await next() { lines.append(line) }
        await task.value
        return lines
    }

    /// Ends the request and returns all remaining frames.
    nonisolated(nonsending) func restOfFrames() async -> [Frame] {
        stream.endInput()
        var frames: [Frame] = []
        while let frame = await stream.next() { frames.append(frame) }
        await task.value
        return frames
    }

    func send(_ messages: any Message...) {
        stream.send(encoded(messages))
    }
}

/// Waits until nothing more happens without input from the test.
func settle() async {
    for _ in 0..<50 { await Task.yield() }
    await Elsewhere.settle()
}

/// Runs a whole attempt: the server sends the journal and ends the request, so that every wait for
/// a missing result suspends.
func lines<Output: Codable & Sendable>(
    _ journal: Journal = Journal(), settings: AttemptSettings = AttemptSettings(),
    options: ServiceOptions = ServiceOptions(), hooks: [any InvocationHooks] = [],
    headers: [(name: String, value: String)] = [],
    _ body: @escaping @Sendable (WorkflowContext) async throws -> Output
) async throws -> [String] {
    let journal = journal  // Transferred: nothing else refers to it.
    return try await onLoop { loop in
        try await Attempt(
            loop, journal, settings: settings, options: options, hooks: hooks, headers: headers,
            body
        ).rest()
    }
}

/// Returns what a whole attempt writes, as frames.
func frames<Output: Codable & Sendable>(
    _ body: @escaping @Sendable (WorkflowContext) async throws -> Output
) async throws -> [Frame] {
    try await onLoop { loop in try await Attempt(loop, Journal(), body).restOfFrames() }
}

/// Runs a whole attempt of a service's own handler.
func lines(
    _ journal: Journal = Journal(), of service: any RestateService, _ handler: String
) async throws -> [String] {
    let journal = journal  // Transferred: nothing else refers to it.
    return try await onLoop { loop in
        try await Attempt(loop, journal, of: service, handler).rest()
    }
}
