import Restate
import RestateProtocol
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// A runtime with a clock that the test moves, and the test as its endpoint: it sees what each
/// attempt is sent and says what the handler answers.
///
/// After each turn the changes are stored, and what is recovered from all that is stored must be the
/// runtime: so every story is also one about the data folder. Nothing that is stored stays in memory
/// besides, so that every result is read from where it is stored.
struct Script {
    /// One attempt as the endpoint sees it.
    struct Seen {
        var request: AttemptRequest
        var frames: [Frame] = []
        var inputEnded = false
        var finished = false
        var aborted = false
        var decoder = FrameDecoder()

        /// The frames behind Start, as their types.
        var types: [MessageType] { frames.dropFirst().compactMap(\.type) }

        var start: StartMessage {
            get throws { try StartMessage(decoding: frames[0].payload) }
        }
    }

    var runtime: LocalRuntime
    var now: Timestamp = 1_000_000
    private(set) var attempts: [Seen] = []
    private(set) var answers: [UInt64: InvocationOutcome] = [:]
    private(set) var logs: [String] = []
    private var waiters: UInt64 = 0
    private(set) var refusals: [UInt64: ArchiveFailure] = [:]
    private var keeper = RecordKeeper()
    /// Has the same as the keeper, and is read instead of it; nil for a story without a disk.
    private let folder: ScriptFolder?
    private var crashes: UInt64 = 0
    private var turns = 0
    /// Without it a turn is only stored: for stories that crash anyway.
    var checksEachTurn = true

    static let services = """
        {"name":"S","ty":"SERVICE","handlers":[{"name":"h"},{"name":"child"}]},
        {"name":"O","ty":"VIRTUAL_OBJECT","handlers":[{"name":"h","ty":"EXCLUSIVE"},
          {"name":"s","ty":"SHARED"},{"name":"lazy","enableLazyState":true}]},
        {"name":"W","ty":"WORKFLOW","handlers":[{"name":"run","ty":"WORKFLOW"},
          {"name":"s","ty":"SHARED"}]}
        """

    init(
        _ services: String = Self.services, folder: ScriptFolder? = nil,
        _ change: (inout LocalSettings) -> Void = { _ in }
    ) throws {
        self.folder = folder
        var settings = LocalSettings()
        settings.injectsIdempotencyKeys = false
        settings.retryJitter = 0
        settings.reportsChanges = true
        settings.storedResultBytes = 0
        change(&settings)
        let archive: any ResultArchive =
            if let folder { folder.archive } else { keeper.archive }
        runtime = LocalRuntime(
            settings: settings, seed: 42, archive: settings.reportsChanges ? archive : nil)
        _ = try register(services)
    }

    @discardableResult
    mutating func register(
        _ services: String = Self.services, at place: String = "one", versions: String = "5,7",
        mode: String = "BIDI_STREAM", sdk: String = "script/1",
        _ change: (inout RegistrationOptions) -> Void = { _ in }
    ) throws -> Registered {
        var options = RegistrationOptions()
        change(&options)
        defer { settle() }
        var found = try Self.discovered(services, versions, mode)
        found.sdkVersion = sdk
        return try runtime.register(
            found, at: DeploymentEndpoint(inProcess: place), options, at: now)
    }

    @discardableResult
    mutating func update(
        _ id: String, _ services: String, at place: String, versions: String = "5,7",
        _ change: (inout DeploymentUpdate) -> Void = { _ in }
    ) throws -> Registered {
        var update = DeploymentUpdate(
            endpoint: DeploymentEndpoint(inProcess: place), additionalHeaders: [])
        change(&update)
        defer { settle() }
        return try runtime.updateDeployment(
            id, Self.discovered(services, versions, "BIDI_STREAM"), update)
    }

    private static func discovered(
        _ services: String, _ versions: String, _ mode: String
    ) throws -> Discovered {
        let range = versions.split(separator: ",")
        let text = """
            {"protocolMode":"\(mode)","minProtocolVersion":\(range[0]),
             "maxProtocolVersion":\(range[1]),"services":[\(services)]}
            """
        let manifest = try Manifest(parsing: Array(text.utf8))
        return Discovered(manifest: manifest, sdkVersion: "script/1")
    }

    // MARK: Outside

    /// Calls and waits; the waiter's number finds the answer.
    mutating func call(
        _ target: String, _ change: (inout InvocationRequest) -> Void = { _ in }
    ) throws -> (id: InvocationIdentity, waiter: UInt64) {
        waiters += 1
        var request = InvocationRequest(target)
        change(&request)
        let submission = try runtime.submit(request, waiter: WaiterID(waiters), at: now)
        settle()
        return (submission.id, waiters)
    }

    mutating func send(
        _ target: String, _ change: (inout InvocationRequest) -> Void = { _ in }
    ) throws -> InvocationIdentity {
        var request = InvocationRequest(target)
        change(&request)
        let submission = try runtime.submit(request, at: now)
        settle()
        return submission.id
    }

    mutating func perform<R>(_ body: (inout LocalRuntime, Timestamp) -> R) -> R {
        defer { settle() }
        return body(&runtime, now)
    }

    mutating func pass(_ time: Milliseconds) {
        now += time
        runtime.advance(to: now)
        settle()
    }

    /// Where finished invocations are read.
    var archive: KeptArchive { keeper.archive }

    func answer(_ waiter: UInt64) -> String? { answers[waiter]?.text }

    func status(_ id: InvocationIdentity) -> String? { runtime.snapshot(id)?.status.rawValue }

    // MARK: The endpoint

    var last: Int { attempts.count - 1 }

    /// Every attempt that belongs to an invocation, as indexes.
    func attempts(of id: InvocationIdentity) -> [Int] {
        attempts.indices.filter { attempts[$0].request.invocation == id }
    }

    /// Says something in an attempt: the head first, if it was not said.
    mutating func say(_ attempt: Int, _ messages: any Message..., flags: UInt16 = 0) {
        let request = attempts[attempt].request
        runtime.responded(
            request.attempt, status: 200, contentType: request.version.contentType.description,
            server: "script/1", at: now)
        settle()
        var fields = FieldWriter()
        for message in messages { fields.frame(message, flags: flags) }
        runtime.received(request.attempt, fields.bytes, at: now)
        settle()
    }

    mutating func finish(_ attempt: Int, _ output: String = "") {
        say(attempt, OutputCommand(result: .value(Array(output.utf8)[...])), EndMessage())
    }

    mutating func settle() {
        var effects = runtime.takeEffects()
        while !effects.isEmpty {
            for effect in effects { see(effect) }
            effects = runtime.takeEffects()
        }
        guard runtime.settings.reportsChanges else { return }
        let batch = runtime.takeBatch()
        keeper.apply(batch)
        do {
            try folder?.write(batch)
        } catch {
            Issue.record(error)
        }
        runtime.batchIsStored()
        // A crowd is looked at now and then only: each look is at everybody.
        turns += 1
        let crowd = runtime.invocationCount + runtime.finishedCount
        guard checksEachTurn, crowd < 100 || turns.isMultiple(of: crowd) else { return }
        do {
            let recovered = try recovered()
            #expect(difference(recovered.allRecords, runtime.allRecords) == [])
            #expect(difference(recovered.connections, runtime.connections) == [])
        } catch {
            Issue.record(error)
        }
    }

    private func difference<V: Equatable>(_ left: [String: V], _ right: [String: V]) -> [String] {
        Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted().map {
            "\($0): recovered \("\(left[$0], default: "nothing")"), it was "
                + "\("\(right[$0], default: "nothing")")"
        }
    }

    private func recovered() throws -> LocalRuntime {
        try LocalRuntime(
            recovering: keeper.data, settings: runtime.settings, seed: 1000 + crashes)
    }

    /// The process dies and starts again: attempts and waiters are gone.
    ///
    /// - Parameter early: what happens before it is awake.
    mutating func crash(
        _ early: (inout LocalRuntime, Timestamp) -> Void = { _, _ in }
    ) throws {
        crashes += 1
        runtime =
            try folder?.reopened { data in
                try LocalRuntime(
                    recovering: data, settings: runtime.settings, seed: 1000 + crashes)
            } ?? recovered()
        attempts = []
        early(&runtime, now)
        runtime.wakeUp(at: now)
        settle()
    }

    private mutating func see(_ effect: Effect) {
        switch effect {
        case .start(let request): attempts.append(Seen(request: request))
        case .send(let id, let bytes):
            let index = place(id)
            attempts[index].decoder.push(bytes)
            while let frame = try? attempts[index].decoder.next() {
                attempts[index].frames.append(frame)
            }
        case .endInput(let id): attempts[place(id)].inputEnded = true
        case .finish(let id): attempts[place(id)].finished = true
        case .abort(let id): attempts[place(id)].aborted = true
        case .answer(let waiter, let outcome): answers[waiter.number] = outcome
        case .refuse(let waiter, let failure): refusals[waiter.number] = failure
        case .log(let event): logs.append("\(event)")
        }
    }

    private func place(_ id: AttemptID) -> Int {
        attempts.firstIndex { $0.request.attempt == id } ?? 0
    }
}

// MARK: What handlers say

func set(_ key: String, _ value: String) -> SetStateCommand {
    var command = SetStateCommand()
    command.key = Array(key.utf8)[...]
    command.value = Array(value.utf8)[...]
    return command
}

func sleep(_ id: UInt32, until time: Timestamp) -> SleepCommand {
    var command = SleepCommand()
    command.wakeUpTime = time
    command.completionID = id
    return command
}

func invoke(
    _ target: String, _ ids: (UInt32, UInt32), idempotencyKey: String? = nil
) -> CallCommand {
    var command = CallCommand()
    command.request = request(to: target)
    command.request.idempotencyKey = idempotencyKey
    command.invocationIDCompletion = ids.0
    command.completionID = ids.1
    return command
}

func oneWay(_ target: String, _ id: UInt32, at time: Timestamp = 0) -> OneWayCallCommand {
    var command = OneWayCallCommand()
    command.request = request(to: target)
    command.invocationIDCompletion = id
    command.invokeTime = time
    return command
}

private func request(to target: String) -> CallRequest {
    let target = InvocationRequest(target)
    return CallRequest(service: target.service, handler: target.handler, key: target.key ?? "")
}

func suspension(_ completions: UInt32..., signals: [UInt32] = [1]) -> SuspensionMessage {
    var message = SuspensionMessage()
    message.completions = completions
    message.signals = signals
    return message
}

func tree(
    _ combinator: Combinator, _ completions: [UInt32], _ nested: [FutureTree] = []
) -> FutureTree {
    var tree = FutureTree()
    tree.combinator = combinator
    tree.completions = completions
    tree.nested = nested
    return tree
}

func trouble(
    _ code: UInt32 = 500, _ text: String = "no", delay: Milliseconds? = nil,
    behavior: ErrorBehavior = .retry
) -> ErrorMessage {
    var message = ErrorMessage()
    message.failureCode = code
    message.message = text
    message.nextRetryDelay = delay
    message.behavior = behavior
    return message
}

func proposal(_ id: UInt32, _ value: String) -> ProposeRunCompletionMessage {
    var message = ProposeRunCompletionMessage()
    message.completionID = id
    message.result = .value(Array(value.utf8)[...])
    return message
}
