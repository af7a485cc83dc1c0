internal import Commands
internal import Foundation
internal import Patterns
internal import RestateClient

/// `patterns syncasync upload [USER_ID]`: waits five seconds for an upload, and otherwise has the link sent by mail.
struct Upload {
    private static let patience = Duration.seconds(5)
    private static let flags = [
        Flag("--email", "A", "where the link is sent to", standard: "user@example.com"),
        IngressChoice.flag,
    ]

    private let id: String
    private let email: String
    private let client: RestateClient
    private let wantsHelp: Bool

    init(_ words: some Sequence<String>) throws(UsageError) {
        let arguments = try Arguments(words, flags: Self.flags.map(\.name), operandLimit: 1)
        wantsHelp = arguments.wantsHelp
        id = arguments.operands.first ?? UUID().uuidString.lowercased()
        email = arguments.text("--email") ?? "user@example.com"
        client = try IngressChoice(arguments).client
    }

    func run() async throws {
        if wantsHelp { return Console.tell("syncasync upload [USER_ID]", Self.flags) }
        let uploader = client.workflow(DataUploader.self, id)
        try await uploader.run.send()
        if let url = try await quickly({ try await uploader.run.attach() }) {
            return Console.say("Fast upload: URL was \(url)")
        }
        Console.say("Slow upload... Mail the link later")
        try await uploader.resultAsEmail.send(DataUploader.MailRequest(email: email))
    }

    /// The value, if it comes in time.
    private func quickly(
        _ body: @escaping @Sendable () async throws -> String
    ) async throws -> String? {
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
