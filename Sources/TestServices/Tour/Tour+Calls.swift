import CanonicalJSON
import Restate

/// Calls of other handlers, here of this very service.
extension Tour {
    func callFails(_ ctx: Context) async throws -> String {
        do {
            try await ctx.service(Tour.self).fail(404)
            return "did not fail"
        } catch let error as TerminalError {
            return told(error)
        }
    }

    func callTwice(_ ctx: Context) async throws -> [JSONValue] {
        let a = ctx.service(Tour.self).echo.start(.string("a"))
        let b = ctx.service(Tour.self).echo.start(.string("b"))
        return [try await b.value, try await a.value]
    }

    func callWithOptions(_ ctx: Context) async throws -> JSONValue {
        try await ctx.service(Tour.self).echo
            .idempotencyKey("tour-key")
            .header("x-tour", "1")(.string("o"))
    }

    func callBytes(_ ctx: Context) async throws -> [UInt8] {
        try await ctx.service(Tour.self).bytes([0, 1, 254, 255])
    }

    func sends(_ ctx: Context) async throws -> String {
        let tour = ctx.service(Tour.self)
        tour.echo.send(.string("plain"))
        tour.echo.send(.string("later"), after: .milliseconds(50))
        tour.echo.idempotencyKey("tour-send").header("x-tour", "2").send(.string("keyed"))
        ctx.call(service: "Tour", handler: "nothing").send([])
        return "sent"
    }

    func attachToSent(_ ctx: Context) async throws -> String {
        let sent = ctx.service(Tour.self).sleep.send(30)
        return try await ctx.attach(to: sent.invocationID).value
    }

    func attachToFailed(_ ctx: Context) async throws -> String {
        let sent = ctx.service(Tour.self).fail.send(409)
        do {
            try await ctx.attach(to: sent.invocationID).value
            return "did not fail"
        } catch let error as TerminalError {
            return told(error)
        }
    }

    func cancelChild(_ ctx: Context) async throws -> String {
        let child = ctx.service(Tour.self).sleep.start(600_000)
        ctx.cancel(try await child.invocationID)
        do {
            return try await child.value
        } catch let error as TerminalError {
            return told(error)
        }
    }
}
