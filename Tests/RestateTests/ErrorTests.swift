import CanonicalJSON
import Foundation
import FoundationNetworking
import Primitives
import Support
import RestateHTTP
import RestateMachine
import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

@Suite(.timeLimit(.minutes(10)))
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
        let logger = CollectingLogger()
        let settings = AttemptSettings(log: EndpointLog(logger, level: .warn))
        let lines = try await lines(journal, settings: settings) { _ -> Int in
            throw TerminalError("sold", metadata: ["seat": "12"])
        }
        // It ends all the same: another attempt would say the same.
        #expect(lines == ["Output failure 500 sold", "End"])
        #expect(
            logger.lines == [
                "WARN The metadata of a terminal error was left out, which needs service protocol "
                    + "6. A server that knows it uses it for deployments that are registered "
                    + "again. restate.invocation.id=inv_1 "
                    + "restate.invocation.target=Probe/key/run"
            ])
    }

    @Test func `nothing is logged of metadata that travels`() async throws {
        let logger = CollectingLogger()
        let settings = AttemptSettings(log: EndpointLog(logger, level: .warn))
        _ = try await lines(Journal(), settings: settings) { _ -> Int in
            throw TerminalError("sold", metadata: ["seat": "12"])
        }
        #expect(logger.lines == [])
    }

    @Test func `an ordinary error ends the attempt with its text`() async throws {
        let lines = try await lines { _ -> Int in throw Described() }
        #expect(lines == ["Error 500 as it says"])
    }

    @Test func `an ordinary error's text is what it says of itself, else its type and case`() {
        #expect(ErrorText.describe(Described()) == "as it says")
        #expect(ErrorText.describe(Localized()) == "as it says here")
        #expect(ErrorText.describe(Bare.noReason) == "Bare.noReason")
        #expect(ErrorText.describe(Bare.because("x")) == #"Bare.because("x")"#)
        #expect(ErrorText.describe(Value(code: 3)) == "Value(code: 3)")
        #expect(ErrorText.describe(TerminalError("sold")) == "sold")
    }

    @Test func `an ordinary error's text has no memory address`() {
        let first = ErrorText.describe(Reference())
        #expect(first.contains("Reference"))
        #expect(first == ErrorText.describe(Reference()))
        #expect(!first.contains("0x"))
    }

    @Test func `a failed request tells nothing of its address`() async throws {
        let url = try #require(URL(string: "http://127.0.0.1:1/hook?token=secret"))
        let error = await #expect(throws: (any Error).self) {
            _ = try await URLSession.shared.data(from: url)
        }
        let plain = ErrorText.describe(try #require(error))
        #expect(plain == error?.localizedDescription)
        for text in [plain, ErrorText.describe(Wrapped.around(try #require(error)))] {
            #expect(!text.contains("secret") && !text.contains("UserInfo"), "\(text)")
        }
        #expect(
            ErrorText.describe(Wrapped.around(try #require(error))).hasPrefix("Wrapped.around("))
    }

    @Test func `a long text is sent with its middle left out`() async throws {
        let long = String(repeating: "é", count: 800_000)
        for error in [Long(description: long) as any Error, TerminalError(long)] {
            let lines = try await lines { _ -> Int in throw error }
            let line = try #require(lines.first)
            #expect(line.utf8.count < ErrorText.limit + 40)
            #expect(line.contains("é\n… 15918") && line.contains(" bytes left out …\né"))
            #expect(!line.contains("\u{FFFD}"))
        }
    }

    // MARK: What tools show

    @Test func `an error of a run says its type and where the run stands`() async throws {
        let trace = try await trace { ctx in
            try await ctx.run("send-email", fileID: "Nexus/Checkout.swift", line: 55) {
                throw Described()
            }
            return 1
        }
        #expect(trace == "Described\n    run \"send-email\" at Nexus/Checkout.swift:55")
    }

    @Test func `an error of a handler says its type and the handler`() async throws {
        #expect(
            try await trace { _ -> Int in throw Bare.noReason } == "Bare\n    handler Probe/run")
    }

    @Test func `a value that JSON cannot say is an error with operation, key and place`()
        async throws
    {
        let state = StateKey<Double?>("price")
        let stored = try await lines { ctx in
            ctx.set(state, .nan, fileID: "Shop/Cart.swift", line: 7)
            return 1
        }
        #expect(
            stored == [
                "Error 500 set state \"price\" at Shop/Cart.swift:7: JSON cannot express nan at $"
            ])
        let ran = try await lines { ctx in
            try await ctx.run("price", fileID: "Shop/Cart.swift", line: 8) { Double.infinity }
        }
        #expect(
            ran.last == "Error 500 run \"price\" at Shop/Cart.swift:8: JSON cannot express inf at $"
        )
        let returned = try await lines { _ in Double.nan }
        #expect(
            returned == ["Error 500 output at the end of the handler: JSON cannot express nan at $"]
        )
        let trace = try await trace { ctx in
            ctx.set(state, .nan, fileID: "Shop/Cart.swift", line: 9)
            return 1
        }
        #expect(trace == "EncodingError\n    set state \"price\" at Shop/Cart.swift:9")
    }

    @Test func `a value over the limit is an error with operation, key and place`() async throws {
        let settings = AttemptSettings(messageLimit: 1000)
        let big = String(repeating: "x", count: 1000)
        let state = StateKey<String?>("cart")
        let stored = try await lines(Journal(), settings: settings) { ctx in
            ctx.set(state, String(repeating: "x", count: 900))
            ctx.set(state, big, fileID: "Shop/Cart.swift", line: 7)
            return 1
        }
        #expect(
            stored.dropFirst() == [
                "Error 500 set state \"cart\" at Shop/Cart.swift:7: a message of 1014 bytes; a server "
                    + "takes at most 1000."
            ])
        let ran = try await lines(Journal(), settings: settings) { ctx in
            try await ctx.run("read", fileID: "Shop/Cart.swift", line: 8) { big }
        }
        #expect(
            ran.last
                == "Error 500 run \"read\" at Shop/Cart.swift:8: a result of 1002 bytes; a server "
                + "takes at most 1000.")
        let returned = try await lines(Journal(), settings: settings) { _ in big }
        #expect(
            returned == [
                "Error 500 handler return at the end of the handler: a message of 1008 bytes; a server "
                    + "takes at most 1000."
            ])
    }

    @Test func `a stored result of another type is an error with the run and its place`()
        async throws
    {
        let lines = try await lines(Journal(run(1, "price"), ran(1, #""much""#))) { ctx in
            try await ctx.run("price", fileID: "Shop/Cart.swift", line: 8) { 5 }
        }
        #expect(
            lines.first?.hasPrefix("Error 500 run \"price\" at Shop/Cart.swift:8: expected ")
                == true)
    }

    private func trace<Output: Codable & Sendable>(
        _ body: @escaping @Sendable (WorkflowContext) async throws -> Output
    ) async throws -> String {
        try await onLoop { loop in
            let attempt = try Attempt(loop, Journal(), body)
            attempt.stream.endInput()
            while let frame = await attempt.stream.next() {
                if frame.type == .error {
                    return try ErrorMessage(decoding: frame.payload).stacktrace
                }
            }
            return ""
        }
    }

    // MARK: After the end of the attempt

    @Test func `a handler can tell a suspension from a failure`() async throws {
        let seen = Locked<[Bool]>([])
        let watch: @Sendable (WorkflowContext) async throws -> Int = { ctx in
            do {
                try await ctx.sleep(.seconds(1))
            } catch let end as Restate.AttemptEnd {
                seen.withLock { $0.append(end.isSuspension) }
                throw end
            }
            return 1
        }
        #expect(try await lines { try await watch($0) } == ["Sleep 1", "Suspension [1, cancel]"])
        let other = Journal(run(1, "another"))
        _ = try await lines(other) { try await watch($0) }
        #expect(seen.withLock { $0 } == [true, false])
    }

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

    // MARK: Mismatches

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

    // MARK: Input and output

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

private enum Wrapped: Error {
    case around(any Error)
}

private struct Long: Error, CustomStringConvertible {
    let description: String
}

private enum Bare: Error {
    case noReason
    case because(String)
}

private struct Value: Error {
    var code: Int
}

private final class Reference: Error {}
