internal import Nexus
internal import Restate
internal import RestateClient

/// Takes bookings to the ingress, and tells how they go.
enum BookingDesk {
    /// How often a result is asked for, when nothing is heard of the booking.
    private static let interval = Duration.milliseconds(500)
    private static let timeLimit = Duration.seconds(5)

    private struct Receipt: Encodable {
        var bookingId: String
    }

    static func book(
        _ order: OrderInput, _ key: String, _ call: @Sendable () throws -> RestateClient
    ) async throws -> RouteResponse {
        do {
            let client = try call()
            let invocation = try await inTime(timeLimit) {
                try await client.service(Checkout.self).process.idempotencyKey(key).send(order)
            }
            var response = try RouteResponse.json(
                Receipt(bookingId: invocation.id.rawValue), status: 202)
            response.headers.append(("cache-control", "no-store"))
            return response
        } catch let error as TerminalError {
            return .refusal(400, error.message)
        } catch {
            // Whether it was taken is not known; with the same key it may be sent again.
            return .refusal(503, "The box office cannot be reached.", retryAfter: 1)
        }
    }

    /// Tells the steps of a booking until it is over or the visitor gone.
    static func tell(
        _ events: EventWriter, of id: BookingID, _ board: BookingBoard,
        _ call: @Sendable () throws -> RestateClient
    ) async throws {
        var last: BookingView?
        var isInTrouble = false
        for await _ in board.changes(of: id.text, andEvery: interval) {
            do {
                let view = try await look(at: id, board, try call())
                if view != last || isInTrouble { try await events.send(json: view) }
                if view.state != .running { return }
                last = view
                isInTrouble = false
            } catch let error
                where error is IngressError || error is TookTooLong || error is NotOpen
            {
                if isInTrouble { continue }
                isInTrouble = true
                try await events.send(json: ["reason": PageTrouble(error)], event: "trouble")
            }
        }
    }

    /// What is known of a booking now.
    static func look(
        at id: BookingID, _ board: BookingBoard, _ client: RestateClient
    ) async throws -> BookingView {
        do {
            let result = try await inTime(timeLimit) {
                try await client.invocation(InvocationID<String>(id.text)).output()
            }
            return result == nil
                ? BookingView(id, in: board.phase(of: id.text)) : BookingView(confirmed: id)
        } catch let error as TerminalError {
            return BookingView(id, failed: error)
        } catch let error as IngressError where error.isAboutTheBooking {
            return BookingView(unknown: id)
        }
    }
}

extension IngressError {
    /// The server answers, and knows no such invocation.
    fileprivate var isAboutTheBooking: Bool { code == .notFound || status == 400 }
}
