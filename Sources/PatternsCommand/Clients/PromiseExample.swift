internal import Commands
internal import Foundation
internal import Patterns
internal import RestateClient

/// `patterns promiseasaservice example N [PROMISE] [INGRESS] [COUNT]`: programs that share a promise.
struct PromiseExample {
    private static let flags = [
        Flag(toggle: "--resolve", "example 2 resolves, and does not draw lots")
    ]
    private static let usage = "promiseasaservice example N [PROMISE] [INGRESS] [COUNT]"

    private let number: Int
    private let name: String
    private let ingress: String
    private let count: Int
    private let isResolving: Bool
    private let client: RestateClient
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws(UsageError) {
        let arguments = try Arguments(
            words, flags: [], switches: Self.flags.map(\.name), operandLimit: 4)
        wantsHelp = arguments.wantsHelp
        isResolving = arguments.isOn("--resolve")
        var operands = arguments.operands[...]
        guard let first = operands.popFirst() ?? (wantsHelp ? "1" : nil) else {
            throw UsageError("example wants to know which one, from 1 to 4.")
        }
        guard let number = Int(first), 1...4 ~= number else {
            throw UsageError("There are the examples 1 to 4, and not '\(first)'.")
        }
        self.number = number
        name = operands.popFirst() ?? UUID().uuidString.lowercased()
        ingress = operands.popFirst() ?? IngressChoice.standard
        client = try IngressChoice("INGRESS", ingress).client
        let many = operands.popFirst() ?? "10"
        guard let count = Int(many), 1...100 ~= count else {
            throw UsageError("COUNT must be a number from 1 to 100, not '\(many)'.")
        }
        self.count = count
    }

    func run() async throws {
        if wantsHelp { return Console.tell(Self.usage, Self.flags) }
        switch number {
        case 1: try await completeAndAwait()
        case 2: try await takePart()
        case 3: try await startMany()
        default: try await askAndAnswer()
        }
    }

    private var promise: IngressPromise<String> { IngressPromise(name, client) }

    /// One who resolves and one who waits; the second completion is in vain.
    private func completeAndAwait() async throws {
        let promise = promise
        Console.say("peek: \(try await promise.peek() ?? "still open")")
        async let value = promise.get()
        Console.say("resolve: \(try await promise.resolve("This promise will notify everyone"))")
        Console.say("reject: \(try await promise.reject("Oh dear, rejected"))")
        Console.say("get: \(try await value)")
    }

    /// One process of several: it resolves or waits.
    private func takePart() async throws {
        let process = ProcessInfo.processInfo.processIdentifier
        if isResolving || Int.random(in: 0..<10) < 3 {
            let value = try await promise.resolve("resolved by process \(process)")
            Console.say("\(process) resolves, and the value is: \(value)")
        } else {
            Console.say("\(process) waits, and the value is: \(try await promise.get())")
        }
    }

    /// Many processes, of which the last one resolves in any case.
    private func startMany() async throws {
        let children = try (1...count).map { number in
            let words = ["promiseasaservice", "example", "2", name, ingress]
            return try ChildProcess(words + (number == count ? ["--resolve"] : []))
        }
        let statuses = children.map { $0.wait() }
        guard statuses.allSatisfy({ $0 == 0 }) else { throw ClientFailed("a process has failed") }
    }

    /// A handler waits for a promise that another one completes.
    private func askAndAnswer() async throws {
        let qna = client.service(QuestionsAndAnswers.self)
        let asked = try await qna.ask.send(name)
        Console.say("asked \(name)")
        try await qna.answer(.init(questionId: name, answer: "Forty-two"))
        Console.say("answer: \(try await asked.attach().answer)")
    }
}
