import CanonicalJSON
import Restate

/// An error of the application that its service knows to be the end, and others that it does not.
struct Tour2Mapped: Service {
    static let options = ServiceOptions().retryPolicy(endsSoon).terminalErrors { error in
        guard let soldOut = error as? SoldOut else { return nil }
        return TerminalError(
            wrapping: soldOut, code: 409, metadata: ["seat": soldOut.seat])
    }

    struct Terminal: Codable, Sendable {
        var code: UInt16
        var message: String
    }

    func `throws`(_ ctx: Context, seat: String) async throws {
        throw SoldOut(seat: seat)
    }

    func runThrows(_ ctx: Context, seat: String) async throws -> JSONValue {
        do {
            try await ctx.run("sell") { throw SoldOut(seat: seat) }
            return .null
        } catch let error as TerminalError {
            return toldWithMetadata(error)
        }
    }

    func unmapped(_ ctx: Context, text: String) async throws {
        throw OrdinaryError(description: text)
    }

    func terminal(_ ctx: Context, input: Terminal) async throws {
        throw TerminalError(input.message, code: input.code)
    }

    struct API: HandlerTable {
        let `throws` = handler(Tour2Mapped.`throws`)
        let runThrows = handler(Tour2Mapped.runThrows)
        let unmapped = handler(Tour2Mapped.unmapped)
        let terminal = handler(Tour2Mapped.terminal)
    }
}

private struct SoldOut: Error, CustomStringConvertible {
    let seat: String
    var description: String { "sold out: \(seat)" }
}
