import Restate
import RestateTesting
import Testing

// docs/guide/cancellation.md

struct Rental: Service {
    let gateway: Gateway

    func rent(_ ctx: Context, order: Order) async throws -> String {
        let gateway = gateway
        let receipt = try await ctx.run("charge") { try await gateway.charge(order) }
        do {
            try await ctx.sleep(.seconds(86_400))  // a cancellation ends this wait
            return receipt
        } catch let error as TerminalError {
            try await ctx.withoutCancellation {  // and a second one does not end this
                try await ctx.run("refund") { try await gateway.refund(order) }
            }
            throw error
        }
    }

    struct API: HandlerTable {
        let rent = handler(Rental.rent)
    }
}

struct Reports: Service {
    func make(_ ctx: Context, pages: Int) async throws -> String {
        let parts = (1...pages).map { ctx.service(Pages.self).write.start($0) }
        let all = ctx.all(parts).map { String?($0.joined()) }
        let report = try await ctx.first(of: all, ctx.cancellation.map { nil }).value
        if let report { return report }
        let cancelled = try await ctx.cancelStartedCalls()
        return "stopped \(cancelled.count) pages"
    }

    struct API: HandlerTable {
        let make = handler(Reports.make).explicitCancellation()
    }
}

struct Pages: Service {
    func write(_ ctx: Context, number: Int) async throws -> String {
        try await ctx.sleep(.seconds(60))
        return "\(number)"
    }

    struct API: HandlerTable {
        let write = handler(Pages.write)
    }
}

struct CancellationPage {
    @Test func `a rental that is cancelled is paid back`() async throws {
        let gateway = Gateway()
        let endpoint = Endpoint(Rental(gateway: gateway))
        try await withRestate(endpoint) { restate in
            let rental = try await restate.service(Rental.self).rent.send(Order(id: "7"))
            try await restate.settle()
            #expect(gateway.balance == ["7": 100])
            await rental.cancel()
            let error = await #expect(throws: TerminalError.self) { try await rental.attach() }
            #expect(error?.code == 409)
            #expect(gateway.balance == [:])
        }
    }

    @Test func `a handler that listens deals with its cancellation itself`() async throws {
        try await withRestate(Endpoint(Reports(), Pages())) { restate in
            let report = try await restate.service(Reports.self).make.send(3)
            try await restate.settle()
            await report.cancel()
            let text = try await report.attach()
            #expect(text == "stopped 3 pages")
        }
    }
}
