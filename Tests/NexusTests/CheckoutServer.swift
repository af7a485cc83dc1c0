import CanonicalJSON
import Support
import Restate
import RestateHTTP
import RestateProtocol

@testable import Nexus

/// Plays the server for one checkout: answers its calls by a script, and can cancel it at any step.
///
/// What the checkout does is noted as lines: `reserve`, `show RESERVED`, `run process-payment`.
struct CheckoutServer {
    enum Answer {
        case value(String)
        case refusal(String)
    }

    /// The number of the step at which the invocation is cancelled before it is answered.
    var cancelledStep: Int?
    /// Answers by line; `true` for calls that are not listed.
    var answers: [String: Answer] = [:]
    var version = ProtocolVersion.v6

    struct Story: Equatable, Sendable {
        var steps: [String] = []
        /// How it ended: the output, or the error of an attempt that is to be made again.
        var end = ""
    }

    /// Runs a checkout of `seat-1` by alice to its end.
    func run(on port: Int) async throws -> Story {
        try await onLoop { loop in
            let connection = try await ClientConnection.connect(
                loop: loop, host: "127.0.0.1", port: port, limits: .patient)
            defer { connection.close() }
            return try await Dialogue(self, connection).run()
        }
    }

    static let invocation = "inv_test"
}

/// The two sides of one attempt. Belongs to its loop.
private final class Dialogue {
    private let server: CheckoutServer
    private let stream: ClientStream
    private var decoder = FrameDecoder()
    private var story = CheckoutServer.Story()

    init(_ server: CheckoutServer, _ connection: ClientConnection) {
        self.server = server
        stream = connection.open(
            RequestHead(
                method: "POST", path: "/invoke/Checkout/process", authority: "127.0.0.1",
                headers: ["content-type": "\(server.version.contentType)"]))
    }

    nonisolated(nonsending) func run() async throws -> CheckoutServer.Story {
        var start = StartMessage()
        start.id = Bytes("id".utf8)
        start.debugID = CheckoutServer.invocation
        start.knownEntries = 1
        var input = InputCommand()
        input.value = Bytes(#"{"ticketId":"seat-1","userId":"alice"}"#.utf8)
        send(start, input)
        while true {
            if stream.hasInput {
                decoder.push(stream.takeInput())
                while let frame = try decoder.next() {
                    if try !answer(frame) { return story }
                }
            } else if stream.inputEnded || stream.isClosed {
                story.end = "lost"
                return story
            } else {
                await stream.changed()
            }
        }
    }

    /// False after the last frame.
    private func answer(_ frame: Frame) throws -> Bool {
        switch frame.type {
        case .callCommand:
            try answer(try CallCommand(decoding: frame.payload))
        case .runCommand:
            step("run " + (try RunCommand(decoding: frame.payload).name))
        case .proposeRunCompletion:
            let proposal = try ProposeRunCompletionMessage(decoding: frame.payload)
            let result: NotificationResult =
                switch proposal.result {
                case .value(let value): .value(value)
                case .failure(let failure): .failure(failure)
                case nil: .void
                }
            send(
                NotificationMessage(
                    .runCompletion, .completion(proposal.completionID), result))
        case .outputCommand:
            switch try OutputCommand(decoding: frame.payload).result {
            case .value(let value): story.end = String(decoding: value, as: UTF8.self)
            case .failure(let failure): story.end = "\(failure.code) \(failure.message)"
            case nil: story.end = "nothing"
            }
            return false
        case .error:
            story.end = "again: " + (try ErrorMessage(decoding: frame.payload).message)
            return false
        default:
            break
        }
        return true
    }

    private func answer(_ call: CallCommand) throws {
        send(
            NotificationMessage(
                .callInvocationIDCompletion, .completion(call.invocationIDCompletion),
                .invocationID("inv_callee")))
        var line = call.request.handler
        if call.request.service == "SeatMap" {
            struct Update: Decodable { var status: String }
            line = "show " + (try JSON.decode(Update.self, from: call.request.parameter)).status
        }
        step(line)
        let result: NotificationResult =
            switch server.answers[line] {
            case .value(let json): .value(Bytes(json.utf8))
            case .refusal(let text): .failure(Failure(code: 500, message: text))
            case nil: .value(Bytes("true".utf8))
            }
        send(
            NotificationMessage(.callCompletion, .completion(call.completionID), result))
    }

    /// Notes a step. The cancellation comes first: who waits on all the same must get the answer.
    private func step(_ line: String) {
        story.steps.append(line)
        guard story.steps.count == server.cancelledStep else { return }
        send(NotificationMessage(.signalNotification, .cancel, .void))
    }

    private func send(_ messages: any Message...) {
        var writer = FieldWriter()
        for message in messages { writer.frame(message) }
        stream.write(writer.bytes)
    }
}
