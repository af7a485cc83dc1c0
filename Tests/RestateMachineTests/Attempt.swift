import RestateMachine
import RestateProtocol
import Testing

let here = CallSite(fileID: "Tests/Handler.swift", line: 42)

/// A frame that the machine wrote. Frames are compared by their bytes and shown by their fields.
struct Written: Equatable, CustomTestStringConvertible {
    var frame: Frame

    init(_ frame: Frame) {
        self.frame = frame
    }

    init(_ message: any Message, flags: UInt16 = 0) {
        var decoder = FrameDecoder()
        decoder.push(encoded(message, flags: flags))
        guard let frame = try? decoder.next() else { fatalError("no whole frame") }
        self.frame = frame
    }

    var error: ErrorMessage? {
        frame.type == .error ? try? ErrorMessage(decoding: frame.payload) : nil
    }
    var awaitingOn: FutureTree? {
        frame.type == .awaitingOn
            ? try? AwaitingOnMessage(decoding: frame.payload).awaitingOn : nil
    }

    var testDescription: String {
        let name = frame.type.map { "\($0)" } ?? "\(frame.code)"
        let flags = frame.requestsAck ? " (ack)" : ""
        if let error { return "\(name) \(error)" }
        if let awaitingOn { return "\(name) \(awaitingOn)" }
        return "\(name)\(flags) \(Array(frame.payload)) '\(frame.payload.text)'"
    }
}

/// A story: the server's frames go in, the handler's operations follow, frames come out.
struct Attempt {
    /// Copies share the machine, which cannot be copied.
    private final class Shared {
        var machine: InvocationMachine

        init(_ machine: consuming InvocationMachine) {
            self.machine = machine
        }
    }

    private let shared: Shared

    var machine: InvocationMachine {
        _read { yield shared.machine }
        _modify { yield &shared.machine }
    }
    var isReady: Bool { machine.isReady }
    var isProcessing: Bool { machine.isProcessing }
    var hasEnded: Bool { machine.hasEnded }
    var hasOutput: Bool { !machine.output.bytes.isEmpty }
    /// The bytes for which the output has memory.
    var outputCapacity: Int { machine.output.bytes.capacity }
    var outcome: AttemptEndCause? { machine.outcome }

    func isCompleted(_ id: NotificationID) -> Bool { machine.isCompleted(id) }

    /// The server sends `Start`, the known entries and then `later`.
    init(
        _ version: ProtocolVersion = .v7, options: MachineOptions = .init(),
        start: StartMessage = StartMessage(), known: [any Message], later: [any Message] = [],
        closed: Bool = false
    ) {
        shared = Shared(InvocationMachine(version: version, options: options))
        var start = start
        if start.id.isEmpty { start.id = "123".bytes }
        start.debugID = "inv_123"
        start.knownEntries = UInt32(known.count)
        feed(start)
        for message in known + later { feed(message) }
        if closed { machine.inputClosed() }
    }

    mutating func feed(_ message: any Message) {
        machine.receive(encoded(message))
    }

    mutating func close() {
        machine.inputClosed()
    }

    /// Everything that was written since the last time.
    mutating func written() throws -> [Written] {
        var decoder = FrameDecoder()
        decoder.push(machine.takeOutput())
        var frames: [Written] = []
        while let frame = try decoder.next() { frames.append(Written(frame)) }
        #expect(!decoder.isInsideFrame)
        return frames
    }

    /// Expects exactly these frames since the last time, and nothing else.
    mutating func expect(
        _ messages: any Message..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(
            try written() == messages.map { Written($0) }, sourceLocation: sourceLocation)
    }

    /// Expects these frames and an error after them.
    mutating func expectError(
        _ code: UInt32, after messages: any Message...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ErrorMessage {
        let frames = try written()
        #expect(
            frames.dropLast() == messages.map { Written($0) }[...],
            sourceLocation: sourceLocation)
        let error = try #require(frames.last?.error, sourceLocation: sourceLocation)
        #expect(error.failureCode == code, sourceLocation: sourceLocation)
        #expect(hasEnded, sourceLocation: sourceLocation)
        return error
    }

    // MARK: What a handler does

    @discardableResult
    mutating func begin() throws -> InvocationInput {
        try machine.readInput()
        return machine.input
    }

    mutating func wait(_ tree: AwaitTree) throws -> AwaitAnswer {
        try machine.awaitPoint(tree, at: here)
    }

    mutating func take(_ id: UInt32) -> NotificationResult? {
        machine.take(.completion(id))
    }

    /// Awaits a result that must be there.
    mutating func value(
        _ id: UInt32, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> NotificationResult {
        #expect(try wait(leaf(id)) == .completed, sourceLocation: sourceLocation)
        let result = take(id)
        return try #require(result, sourceLocation: sourceLocation)
    }

    mutating func text(
        _ id: UInt32, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String? {
        switch try value(id, sourceLocation: sourceLocation) {
        case .value(let value): value.text
        case .void: nil
        case .failure(let failure): "failed: \(failure.message)"
        case .invocationID(let id): id
        case .stateKeys(let keys): keys.map(\.text).joined(separator: ",")
        }
    }

    /// Awaits what cannot come any more.
    mutating func expectSuspension(
        on tree: AwaitTree, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: AttemptEndCause.suspended, sourceLocation: sourceLocation) {
            try wait(tree)
        }
        #expect(hasEnded, sourceLocation: sourceLocation)
    }

    mutating func finish(_ text: String = "") throws {
        try machine.writeOutput(.value(text.bytes), at: here)
        try machine.end()
    }

    mutating func finish(_ failure: Failure) throws {
        try machine.writeOutput(.failure(failure), at: here)
        try machine.end()
    }

    mutating func sleep(name: String = "") throws -> UInt32 {
        try machine.sleep(until: 1000, name: name, at: here)
    }

    mutating func run(_ name: String = "my-side-effect") throws -> UInt32 {
        try machine.run(name: name, at: here).completionID
    }

    mutating func call(
        _ parameter: String = "Francesco"
    ) throws -> (invocationID: UInt32, result: UInt32) {
        try machine.call(request(parameter), at: here)
    }

    mutating func get(_ key: String) throws -> UInt32 {
        try machine.getState(key.bytes, at: here)
    }

    mutating func set(_ key: String, _ value: String) throws {
        try machine.setState(key.bytes, value.bytes, at: here)
    }
}

func request(_ parameter: String = "Francesco") -> CallRequest {
    CallRequest(service: "Greeter", handler: "greeter", parameter: parameter.bytes)
}

/// A `Start` with state.
func start(partial: Bool = false, _ state: (String, String)...) -> StartMessage {
    var start = StartMessage()
    start.partialState = partial
    start.stateMap = state.map { StateEntry(key: $0.bytes, value: $1.bytes) }
    return start
}

/// The failure that an operation ends with.
func failure(
    of body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) -> AttemptFailure? {
    do {
        try body()
    } catch AttemptEndCause.failed(let failure) {
        return failure
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    return nil
}
