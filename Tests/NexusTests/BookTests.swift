import Foundation
import Primitives
import Support
import Testing

@testable import Nexus

/// Ledger and outbox in a folder.
@Suite(.timeLimit(.minutes(10))) final class BookTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "nexus-books-\(UUID().uuidString)").path()

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func file(_ name: String) -> URL { URL(filePath: folder + "/" + name) }

    private func lines() throws -> [Int] { try Book<Int>.open("n.jsonl", in: folder).1 }

    private func add(_ numbers: Int...) async throws {
        let (book, _) = try Book<Int>.open("n.jsonl", in: folder)
        for number in numbers { try await book.add(number) }
    }

    @Test func `what was added is there when the book is opened again`() async throws {
        try await add(1, 2)
        try await add(3)
        #expect(try lines() == [1, 2, 3])
    }

    @Test func `many lines at once are all there, each whole`() async throws {
        try await {
            let (book, _) = try Book<Int>.open("n.jsonl", in: folder)
            try await withThrowingTaskGroup { group in
                for number in 0..<500 { group.addTask { try await book.add(number) } }
                try await group.waitForAll()
            }
        }()
        #expect(try lines().sorted() == Array(0..<500))
    }

    @Test(arguments: ["4", "{\"torn", "\u{0}\u{0}\u{0}\n"])
    func `a torn last line is cut off, and what comes next is whole`(torn: String) async throws {
        try await add(1, 2)
        let handle = try FileHandle(forWritingTo: file("n.jsonl"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(torn.utf8))
        try handle.close()
        #expect(try lines() == [1, 2])
        try await add(3)
        #expect(try lines() == [1, 2, 3])
    }

    @Test func `a line that cannot be read in the middle of a book is told, not skipped`()
        async throws
    {
        try await add(1)
        try Data("1\nx\n3\n".utf8).write(to: file("n.jsonl"))
        let error = #expect(throws: BookError.self) { try lines() }
        #expect(error?.description == "Line 2 of '\(folder)/n.jsonl' cannot be read")
    }

    @Test func `a book is one writer's at a time`() async throws {
        let (book, _) = try Book<Int>.open("n.jsonl", in: folder)
        let error = #expect(throws: BookError.self) { try lines() }
        #expect(error?.description.contains("is used by another process") == true)
        try await book.add(1)
    }

    @Test func `a book that another process still has is waited for, and that is said once`() throws
    {
        let first = Locked<Book<Int>?>(try Book<Int>.open("n.jsonl", in: folder).0)
        let told = Locked<[String]>([])
        let pauses = Locked(0)
        let patience = FolderPatience(
            tries: 10,
            pause: {
                // The other one ends after a while.
                if pauses.withLock({
                    $0 += 1; return $0
                }) == 3 {
                    first.withLock { $0 = nil }
                }
            }, tell: { line in told.withLock { $0.append(line) } })
        _ = try Book<Int>.open("n.jsonl", in: folder, patience: patience)
        #expect(pauses.withLock { $0 } == 3)
        #expect(
            told.withLock { $0 } == [
                "'\(folder)/n.jsonl' is used by another process; waiting for its end"
            ])
    }

    @Test func `a process that keeps its book is not waited for without end`() throws {
        let (book, _) = try Book<Int>.open("n.jsonl", in: folder)
        let pauses = Locked(0)
        let patience = FolderPatience(
            tries: 4, pause: { pauses.withLock { $0 += 1 } }, tell: { _ in })
        let error = #expect(throws: BookError.self) {
            try Book<Int>.open("n.jsonl", in: folder, patience: patience)
        }
        #expect(error?.kind == .inUse)
        #expect(pauses.withLock { $0 } == 3)
        withExtendedLifetime(book) {}
    }

    @Test func `a file system without locks is not taken for another process`() throws {
        let pauses = Locked(0)
        let patience = FolderPatience(
            tries: 4, pause: { pauses.withLock { $0 += 1 } }, tell: { _ in })
        let error = #expect(throws: BookError.self) {
            try Book<Int>.open("n.jsonl", in: folder, patience: patience) { _ in ENOLCK }
        }
        #expect(error?.kind == .place)
        #expect(
            error?.description.contains("cannot be locked: its file system has no locks") == true)
        #expect(pauses.withLock { $0 } == 0)
    }

    @Test func `a key that is asked for again is one line of charge`() async throws {
        let gateway = try MockGateway(chargeTime: .zero, keptIn: folder)
        for _ in 1...3 { _ = try await gateway.charge(100, to: .success, key: "a") }
        let text = try String(contentsOf: file("ledger.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count { $0.contains("asked") } == 3)
        #expect(lines.count { $0.contains("charged") } == 1)
    }

    @Test
    func `a ledger that cannot be written is told to the operator, and not where it is to buyers`()
        async throws
    {
        // A file that takes everything and keeps nothing.
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/ledger.jsonl", withDestinationPath: "/dev/null")
        let told = Locked<[String]>([])
        let gateway = try MockGateway(
            chargeTime: .zero, keptIn: folder,
            trouble: { line in told.withLock { $0.append(line) } })
        let expected = GatewayError.failed("status 500, Its books cannot be written")
        await #expect(throws: expected) { try await gateway.charge(100, to: .success, key: "a") }
        #expect(
            told.withLock { $0 } == [
                "'\(folder)/ledger.jsonl' cannot be written: Invalid argument"
            ])
    }

    @Test func `a folder that cannot be is told`() {
        let error = #expect(throws: BookError.self) {
            try Book<Int>.open("n.jsonl", in: "/dev/null/books")
        }
        #expect(error?.description == "'/dev/null/books' cannot be made: Not a directory")
    }

    @Test func `a gateway that is started again knows its keys`() async throws {
        let first = try await {
            let gateway = try MockGateway(chargeTime: .zero, keptIn: folder)
            let first = try await gateway.charge(100, to: .success, key: "a")
            _ = try await gateway.charge(100, to: .success, key: "b")
            #expect(try await gateway.refund(key: "b"))
            #expect(try await !gateway.refund(key: "c"))
            return first
        }()
        let gateway = try MockGateway(chargeTime: .zero, keptIn: folder)
        let again = try await gateway.charge(100, to: .success, key: "a")
        #expect(again == first)
        #expect(try await gateway.refund(key: "b"))
        await #expect(throws: PaymentDeclined("Payment voided")) {
            try await gateway.charge(100, to: .success, key: "c")
        }
        #expect(
            await gateway.entries == [
                LedgerEntry(key: "a", amount: 100, asked: 2, charges: 1, refunded: false),
                LedgerEntry(key: "b", amount: 100, asked: 1, charges: 1, refunded: true),
                LedgerEntry(key: "c", amount: 100, asked: 1, charges: 0, refunded: false),
            ])
    }

    @Test func `an outbox that is started again sends nothing twice`() async throws {
        let mail = Mail(to: "alice", subject: "s", text: "t")
        try await Outbox(mailTime: .zero, keptIn: folder).send(mail, key: "a")
        let outbox = try Outbox(mailTime: .zero, keptIn: folder)
        try await outbox.send(mail, key: "a")
        try await outbox.send(mail, key: "b")
        #expect(await outbox.sent.map(\.key) == ["a", "b"])
        #expect(try Data(contentsOf: file("outbox.jsonl")).count { $0 == 0x0a } == 2)
    }

    @Test func `a gateway that is killed goes on from its books`() async throws {
        let arguments = [
            "gateway", "--host", "127.0.0.1", "--port", "0", "--charge-time", "1ms", "--data",
            folder,
        ]
        let charge = #"{"amount":100,"paymentMethodId":"card_success"}"#
        let first = try await DoomedProduct("nexus", arguments, saying: "ledger")
        let reply = try await ask(first.port, "POST", GatewayPath.charge, key: "a", charge)
        #expect(reply.status == 200)
        await first.kill()
        try await withProduct("nexus", arguments, saying: "ledger") { port in
            let again = try await ask(port, "POST", GatewayPath.charge, key: "a", charge)
            #expect(again == reply)
        }
    }
}
