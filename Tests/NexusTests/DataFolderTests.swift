import Foundation
import Support
import Testing

/// `nexus --data`: everything in one process, which dies.
@Suite(.timeLimit(.minutes(10))) struct DataFolderTests {
    @Test func `what was sold stays sold when the whole process is killed`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "nexus-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        // An endpoint of another number each time: what is open waits for the one it knows.
        let arguments = [
            "--host", "127.0.0.1", "--port", "0", "--ingress-port", "0", "--admin-port", "0",
            "--charge-time", "1ms", "--mail-time", "1ms", "--data", folder.path(),
        ]
        let order = #"{"ticketId": "seat-1", "userId": "alice"}"#
        let first = try await DoomedProduct("nexus", arguments, saying: "Book a seat")
        do {
            let booked = try await ask(first.port, "POST", "/Checkout/process", key: "a", order)
            #expect(booked == Reply(200, #""Booking Confirmed""#))
        } catch {
            Issue.record(error)
        }
        await first.kill()
        try await withProduct("nexus", arguments, saying: "Book a seat") { port in
            let seat = try await ask(port, "POST", "/Ticket/seat-1/get")
            #expect(seat.body.contains("SOLD"), "\(seat)")
            // The same order is not made twice, and another one comes too late.
            let again = try await ask(port, "POST", "/Checkout/process", key: "a", order)
            #expect(again == Reply(200, #""Booking Confirmed""#))
            let late = try await ask(port, "POST", "/Checkout/process", key: "b", order)
            #expect(late.body != again.body)
        }
    }
}
