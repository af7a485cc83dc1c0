import Foundation
import RestateProtocol
import Testing

@testable import Restate

@Suite(.timeLimit(.minutes(1)))
struct ErrorTests {
    @Test func `a terminal error is the invocation's result, with its metadata`() async throws {
        let lines = try await lines { _ -> Int in
            throw TerminalError("sold", code: 409, metadata: ["seat": "12", "row": "a"])
        }
        #expect(lines == ["Output failure 409 sold row=a seat=12", "End"])
    }

    @Test func `metadata needs protocol 6`() async throws {
        var journal = Journal()
        journal.version = .v5
        let lines = try await lines(journal) { _ -> Int in
            throw TerminalError("sold", metadata: ["seat": "12"])
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 573 ") == true)
        #expect(lines.first?.contains("metadata") == true)
    }

    @Test func `an ordinary error ends the attempt with its text`() async throws {
        let lines = try await lines { _ -> Int in throw Described() }
        #expect(lines == ["Error 500 as it says"])
    }

    @Test func `an ordinary error's text is what it says of itself, else its type and case`() {
        #expect(text(of: Described()) == "as it says")
        #expect(text(of: Localized()) == "as it says here")
        #expect(text(of: Bare.noReason) == "Bare.noReason")
        #expect(text(of: Bare.because("x")) == #"Bare.because("x")"#)
        #expect(text(of: Value(code: 3)) == "Value(code: 3)")
        #expect(text(of: TerminalError("sold")) == "sold")
    }

    @Test func `an ordinary error's text has no memory address`() {
        let first = text(of: Reference())
        #expect(first.contains("Reference"))
        #expect(first == text(of: Reference()))
        #expect(!first.contains("0x"))
    }

    // MARK: after the end of the attempt

    @Test func `a handler that swallows the suspension does no harm`() async throws {
        let lines = try await lines { ctx in
            for _ in 0..<3 { try? await ctx.sleep(.seconds(1)) }
            ctx.set(StateKey<Int?>("a"), 1)
            ctx.service(Echo.self).echo.send("x")
            _ = try? await ctx.run("a") { 1 }
            _ = ctx.awakeable(Int.self)
            return "as if nothing had happened"
        }
        #expect(lines == ["Sleep 1", "Suspension [1, cancel]"])
    }

    @Test func `a handler that turns the suspension into an error does no harm`() async throws {
        let lines = try await lines { ctx in
            do {
                try await ctx.sleep(.seconds(1))
                return 1
            } catch {
                throw TerminalError("the sleep failed")
            }
        }
        #expect(lines == ["Sleep 1", "Suspension [1, cancel]"])
    }

    // MARK: mismatches

    @Test func `another command than the recorded one is a 570 that says where`() async throws {
        let place = Place()
        let lines = try await lines(Journal(run(1, "charge"))) { ctx in
            try await ctx.sleep(.seconds(1), name: "nap", fileID: place.fileID, line: place.line)
            return 1
        }
        let text = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(text.hasPrefix("Error 570 "))
        #expect(text.contains("run 'charge'"))
        #expect(text.contains("sleep 'nap' at RestateTests/ErrorTests.swift:\(place.line)"))
        #expect(text.contains("command 1"))
    }

    @Test func `the call site is the handler's own line`() async throws {
        let line: UInt = #line + 2
        let lines = try await lines(Journal(run(1, "charge"))) { ctx in
            try await ctx.sleep(.seconds(1))
            return 1
        }
        #expect(lines.first?.contains("RestateTests/ErrorTests.swift:\(line)") == true)
    }

    @Test func `a name that differs is a 570 with both names`() async throws {
        let lines = try await lines(Journal(run(1, "charge"))) { ctx in
            try await ctx.run("refund") { 1 }
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 570 ") == true)
        #expect(lines.first?.contains("charge") == true)
        #expect(lines.first?.contains("refund") == true)
    }

    @Test func `a handler that ends before its journal does is refused`() async throws {
        let lines = try await lines(Journal(run(1, "charge"))) { _ in 1 }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 570 ") == true)
        #expect(lines.first?.contains("the end of the handler") == true)
    }

    @Test func `an await that was not there before is a 570`() async throws {
        let lines = try await lines(Journal(sleep(1), run(2, "a"))) { ctx in
            try await ctx.sleep(.seconds(1))
            return try await ctx.run("a") { 1 }
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 570 ") == true)
        #expect(lines.first?.contains("ErrorTests.swift") == true)
    }

    // MARK: input and output

    @Test func `input of another type is a terminal 400 that says where`() async throws {
        var journal = Journal()
        journal.input = #"{"buyer":{"name":7}}"#
        let lines = try await lines(journal, of: Booking(), "book")
        #expect(lines.count == 2)
        let text = try #require(lines.first)
        #expect(text.hasPrefix("Output failure 400 Failed to deserialize input: "))
        #expect(text.contains("buyer") && text.contains("name"))
    }

    @Test func `input that is no JSON is a terminal 400`() async throws {
        var journal = Journal()
        journal.input = #"{"buyer":"#
        let lines = try await lines(journal, of: Booking(), "book")
        #expect(
            lines.first?.hasPrefix("Output failure 400 Failed to deserialize input: ") == true)
    }

    @Test func `input that is needed and absent is a terminal 400`() async throws {
        let lines = try await lines(Journal(), of: Booking(), "book")
        #expect(
            lines.first?.hasPrefix("Output failure 400 Failed to deserialize input: ") == true)
    }

    @Test func `an optional input may be absent or null`() async throws {
        var journal = Journal()
        #expect(try await lines(journal, of: Echo(), "maybe") == [#"Output "nothing""#, "End"])
        journal.input = "null"
        #expect(try await lines(journal, of: Echo(), "maybe") == [#"Output "nothing""#, "End"])
        journal.input = #""x""#
        #expect(try await lines(journal, of: Echo(), "maybe") == [#"Output "x""#, "End"])
    }

    @Test func `a handler without input looks at none, and one without output writes none`()
        async throws
    {
        var journal = Journal()
        journal.input = "no JSON at all"
        #expect(try await lines(journal, of: Echo(), "ping") == ["Output", "End"])
    }

    @Test func `an output that JSON cannot say is an ordinary error`() async throws {
        let lines = try await lines { _ in Double.infinity }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("Error 500 ") == true)
    }
}

/// A place in this file that is no line of a handler.
private struct Place: Sendable {
    var fileID: StaticString = #fileID
    var line: UInt = 4711
}

private struct Booking: Service {
    struct Order: Codable, Sendable {
        struct Buyer: Codable, Sendable {
            var name: String
        }
        var buyer: Buyer
    }

    func book(_ ctx: Context, order: Order) async throws -> String {
        order.buyer.name
    }

    struct API: HandlerTable {
        let book = handler(Booking.book)
    }
}

private struct Described: Error, CustomStringConvertible {
    let description = "as it says"
}

private struct Localized: LocalizedError {
    var errorDescription: String? { "as it says here" }
}

private enum Bare: Error {
    case noReason
    case because(String)
}

private struct Value: Error {
    var code: Int
}

private final class Reference: Error {}
