import RestateProtocol
import Testing

@testable import Restate
@testable import RestateServices

private struct Shipping: Service {
    struct API: HandlerTable {
        let ship = remote("ship", String.self, returning: Int.self)
        let recall = remote("recall-it", Int.self)
        let count = remote("count", returning: Int.self)
        let ping = remote("ping")
        let raw = remote("raw", [UInt8].self, returning: [UInt8].self).rawInput().rawOutput()
    }
}

private struct Parcel: VirtualObject {
    static let name = "parcels.Parcel"

    struct API: HandlerTable {
        let place = remote("place", returning: String.self)
    }
}

private struct Delivery: Workflow {
    struct API: HandlerTable {
        let run = remote("run", String.self)
        let state = remote("state", returning: String.self)
    }
}

/// Handlers that another program serves, known by their names and types alone.
@Suite(.timeLimit(.minutes(10)))
struct RemoteHandlerTests {
    @Test func `they are called like any other, by the names on the wire`() async throws {
        let lines = try await lines { ctx in
            let shipping = ctx.service(Shipping.self)
            shipping.recall.send(7)
            shipping.ping.send()
            shipping.raw.send([1, 255])
            let number = shipping.ship.start("seat")
            let count = shipping.count.start()
            let place = ctx.object(Parcel.self, "p").place.start()
            ctx.workflow(Delivery.self, "d").run.send("x")
            return try await ctx.all(number, count, place).value.0
        }
        #expect(
            lines.dropLast() == [
                "Send 1 Shipping/recall-it 7", "Send 2 Shipping/ping ",
                "Send 3 Shipping/raw \(text([1, 255]))", #"Call 5 Shipping/ship "seat""#,
                "Call 7 Shipping/count ", "Call 9 parcels.Parcel/place ",
                #"Send 10 Delivery/run "x""#,
            ])
    }

    @Test func `an endpoint does not serve them`() {
        let error = #expect(throws: EndpointError.self) { try Router(Endpoint(Shipping())) }
        #expect(
            error?.description.hasPrefix(
                "'Shipping.ship' is listed with 'remote(…)' at RestateTests/RemoteHandlerTests.swift:"
            )
                == true)
    }

    @Test func `a workflow's run is known by its name`() {
        #expect(HandlerReference(of: Delivery.self, \.run).isWorkflowRun)
        #expect(!HandlerReference(of: Delivery.self, \.state).isWorkflowRun)
        #expect(HandlerReference(of: Shipping.self, \.recall).handler == "recall-it")
        #expect(HandlerReference(of: Parcel.self, \.place).service == "parcels.Parcel")
    }
}
