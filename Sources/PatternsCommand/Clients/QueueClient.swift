internal import Commands
internal import Foundation
internal import Patterns
internal import Restate
internal import RestateClient

/// `patterns queue submit`: queues a task, prints its handle, and waits for the result.
struct QueueSubmit {
    private static let flags = [
        Flag("--id", "I", "removes duplicates", standard: "a new one"),
        Flag("--task", "T", "what is to be done", standard: "count the sheep"),
        Flag("--delay", "T", "when it is to begin", standard: "now"),
        IngressChoice.flag,
    ]

    private let id: String
    private let task: String
    private let delay: Duration
    private let client: RestateClient
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws(UsageError) {
        let arguments = try Arguments(words, flags: Self.flags.map(\.name))
        wantsHelp = arguments.wantsHelp
        id = arguments.text("--id") ?? UUID().uuidString.lowercased()
        task = arguments.text("--task") ?? "count the sheep"
        delay = try arguments.duration("--delay") ?? .zero
        client = try IngressChoice(arguments).client
    }

    func run() async throws {
        if wantsHelp { return Console.tell("queue submit", Self.flags) }
        let sent = try await client.service(AsyncTaskWorker.self).runTask.idempotencyKey(id)
            .send(AsyncTaskWorker.TaskOptions(id: id, task: task), after: delay)
        // Any process can fetch the result with it.
        Console.say(try TaskHandle(sent).text)
        Console.say(try await sent.attach())
    }
}

/// `patterns queue attach HANDLE`: the result of a task, from any process.
struct QueueAttach {
    private static let flags = [IngressChoice.flag]

    private let id: String
    private let client: RestateClient
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws(UsageError) {
        let arguments = try Arguments(words, flags: Self.flags.map(\.name), operandLimit: 1)
        wantsHelp = arguments.wantsHelp
        client = try IngressChoice(arguments).client
        id = try wantsHelp ? "" : TaskHandle.id(in: arguments.operands.first)
    }

    func run() async throws {
        if wantsHelp { return Console.tell("queue attach HANDLE", Self.flags) }
        Console.say(try await client.invocation(InvocationID<String>(id)).attach())
    }
}

/// What the ingress answers to a task that is sent.
private struct TaskHandle: Codable {
    var invocationId: String
    /// Only told: what the task does now is another question.
    var status: String?

    init(_ sent: IngressInvocation<String>) {
        invocationId = sent.id.rawValue
        status = sent.isNew ? "Accepted" : "PreviouslyAccepted"
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// The id in a handle, or the text itself if it is one.
    static func id(in text: String?) throws(UsageError) -> String {
        let wanted =
            "attach wants the handle that submit has printed, such as "
            + #"{"invocationId":"inv_1…"}, or the id in it"#
        guard let text else { throw UsageError("\(wanted).") }
        let handle = try? JSONDecoder().decode(Self.self, from: Data(text.utf8))
        let id = handle?.invocationId ?? text
        guard InvocationID<String>(id).isWellFormed else {
            throw UsageError("\(wanted), and not '\(text)'.")
        }
        return id
    }
}
