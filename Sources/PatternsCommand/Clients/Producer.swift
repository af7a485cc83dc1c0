internal import Commands
internal import Restate
internal import RestateClient

/// `patterns produce SERVICE/HANDLER`: in place of a Kafka producer. Each line `key:json` is sent to the object of that
/// key, one after the other, so that each key keeps its order.
struct Producer {
    private static let flags = [
        Flag(
            "--stream", "NAME",
            "with the same name the same lines are not processed again, as with Kafka's offsets"),
        IngressChoice.flag,
    ]

    private let service: String
    private let handler: String
    private let stream: String?
    private let client: RestateClient
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws(UsageError) {
        let arguments = try Arguments(words, flags: Self.flags.map(\.name), operandLimit: 1)
        wantsHelp = arguments.wantsHelp
        stream = arguments.text("--stream")
        client = try IngressChoice(arguments).client
        let parts = arguments.operands.first?.split(separator: "/").map(String.init) ?? []
        guard parts.count == 2 || wantsHelp else {
            throw UsageError("produce wants to know the handler, as SERVICE/HANDLER.")
        }
        service = parts.first ?? ""
        handler = parts.last ?? ""
    }

    func run() async throws {
        if wantsHelp { return Console.tell("produce SERVICE/HANDLER", Self.flags) }
        var number = 0
        var refused: [Int] = []
        while let line = readLine() {
            number += 1
            guard let colon = line.firstIndex(of: ":") else {
                Console.complain("line \(number) has no colon: \(line)")
                refused.append(number)
                continue
            }
            let key = String(line[..<colon])
            var call = client.call(service: service, key: key, handler: handler)
            if let stream { call = call.idempotencyKey("\(stream)-\(number)") }
            do {
                let sent = try await call.send(Array(line[line.index(after: colon)...].utf8))
                Console.say("\(key) \(sent.id)\(sent.isNew ? "" : " as before")")
            } catch let error as IngressError where error.status.map({ 400..<500 ~= $0 }) == true {
                Console.complain("line \(number) is refused: \(error)")
                refused.append(number)
            }
        }
        if !refused.isEmpty {
            throw ClientFailed("not sent: \(refused.map { "line \($0)" }.joined(separator: ", "))")
        }
    }
}

/// A client could not do what it was asked for.
struct ClientFailed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
