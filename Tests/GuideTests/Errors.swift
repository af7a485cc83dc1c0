import Foundation
import Restate
import RestateTesting
import Testing

// docs/guide/errors.md

struct SoldOut: TerminalConvertible, Codable {
    var seat: String
    var terminalError: TerminalError {
        TerminalError("Sold out: \(seat)", code: 409, details: self)
    }
}

struct Seats: VirtualObject {
    static let owner = StateKey<String?>("owner")

    func buy(_ ctx: ObjectContext, user: String) async throws {
        guard try await ctx.get(Self.owner) == nil else { throw SoldOut(seat: ctx.key) }
        ctx.set(Self.owner, user)
    }

    struct API: HandlerTable {
        let buy = exclusive(Seats.buy)
    }
}

struct BoxOffice: Service {
    func buy(_ ctx: Context, user: String) async throws -> String {
        for seat in ["A1", "A2", "A3"] {
            do {
                try await ctx.object(Seats.self, seat).buy(user)
                return seat
            } catch let error as TerminalError where error.code == 409 {
                let soldOut = try error.details(as: SoldOut.self)
                ctx.log.info("taken", ["seat": soldOut?.seat ?? seat])
            }
        }
        throw TerminalError("All seats are sold", code: 410)
    }

    struct API: HandlerTable {
        let buy = handler(BoxOffice.buy)
    }
}

struct InvalidOrder: Error {}

enum Rates {
    static let known = ["EUR": 1.0]
}

struct Billing: Service {
    static let options = ServiceOptions().terminalErrors { error in
        (error as? InvalidOrder).map { TerminalError(wrapping: $0, code: 422) }
    }
    let gateway: Gateway

    func bill(_ ctx: Context, order: Order) async throws -> String {
        guard order.amount > 0 else { throw InvalidOrder() }
        return try await charge(ctx, order)
    }

    private func charge(_ ctx: Context, _ order: Order) async throws -> String {
        let gateway = gateway
        let receipt = try await ctx.run("charge", retry: RunRetryPolicy(maxAttempts: 5)) {
            do {
                return try await gateway.charge(order)
            } catch let busy as Gateway.Busy {
                throw RetryableError("The gateway is busy", retryAfter: .seconds(busy.seconds))
            }
        }
        return receipt
    }

    func convert(_ ctx: Context, currency: String) async throws -> Double {
        guard let rate = Rates.known[currency] else {
            throw PauseError("There is no rate for \(currency) yet")
        }
        return rate
    }

    struct API: HandlerTable {
        let bill = handler(Billing.bill)
        let convert = handler(Billing.convert)
            .onJournalMismatch(.pause)
            .retryPolicy(InvocationRetryPolicy(maxAttempts: 10, onMaxAttempts: .kill))
    }
}

struct ErrorsPage {
    @Test func `a taken seat is no failure of the box office`() async throws {
        try await withRestate(Endpoint(BoxOffice(), Seats())) { restate in
            try await restate.object(Seats.self, "A1").buy("bob")
            let seat = try await restate.service(BoxOffice.self).buy("ada")
            #expect(seat == "A2")
            let error = await #expect(throws: TerminalError.self) {
                try await restate.object(Seats.self, "A2").buy("eve")
            }
            #expect(try error?.details(as: SoldOut.self)?.seat == "A2")
        }
    }

    @Test func `an error of another library ends the invocation if the service says so`()
        async throws
    {
        try await withRestate(Endpoint(Billing(gateway: Gateway()))) { restate in
            let error = await #expect(throws: TerminalError.self) {
                try await restate.service(Billing.self).bill(Order(id: "1", amount: 0))
            }
            #expect(error?.code == 422)
        }
    }

    @Test func `a busy gateway is asked again when it says`() async throws {
        let endpoint = Endpoint(Billing(gateway: Gateway(busyTimes: 2)))
        try await withRestate(endpoint, TestSettings { $0.retries = .asDeclared }) { restate in
            let began = restate.clock.now
            let receipt = try await restate.service(Billing.self).bill(Order(id: "1"))
            #expect(receipt == "receipt 1")
            #expect(restate.clock.now.timeIntervalSince(began) >= 60)
        }
    }
}
