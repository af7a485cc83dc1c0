import Foundation
import FoundationNetworking
import Restate
import RestateClient
import Testing

// docs/guide/serving.md

@Sendable func serveShop() async {
    let gateway = Gateway()
    let endpoint = Endpoint(Payments(gateway: gateway), Counter())
        .route("GET", "/version") { _ in .text("1.0\n") }
    await endpoint.serve(port: 9080)  // until SIGTERM or SIGINT
}

/// Tells of an order's states as they change.
final class OrderBook: Sendable {
    func states(of id: String) -> AsyncStream<String> {
        AsyncStream { states in
            states.yield("\(id) is paid")
            states.finish()
        }
    }
}

func withOrders(_ endpoint: Endpoint, _ orders: OrderBook) -> Endpoint {
    endpoint.route("GET", "/orders/{id}") { request in
        let id = request.parameters["id"] ?? ""
        return .events { events in
            for await state in orders.states(of: id) { try await events.send(json: state) }
        }
    }
}

func identified() -> Endpoint {
    Endpoint(Counter()).requestIdentity(keys: [
        "publickeyv1_AfQwmwfgEZhrWpvv8N52SHpRtZqGGaFr4AZN6qtYWSiY"
    ])
}

func behindProxy() -> Endpoint {
    Endpoint(Counter())
        .streaming(false)  // for a proxy that collects requests
        .inactivityTimeout(.seconds(30))  // below its idle limit
}

struct ServingPage {
    @Test func `an endpoint that a program starts and ends answers its routes`() async throws {
        let endpoint = withOrders(Endpoint(Counter()), OrderBook()).logger(SilentLogger())
        let running = try endpoint.start(port: 0)  // any free port
        let address = "http://localhost:\(running.port)"
        let (body, _) = try await URLSession.shared.data(from: URL(string: address + "/orders/7")!)
        #expect(String(decoding: body, as: UTF8.self) == "data: \"7 is paid\"\n\n")
        await running.shutdown(grace: .seconds(10))
    }

    @Test func `a port that is taken is told with a code`() async throws {
        let first = try behindProxy().logger(SilentLogger()).start(port: 0)
        let endpoint = Endpoint(Counter()).logger(SilentLogger())
        let taken = first.port
        var told = ""
        do {
            _ = try endpoint.start(port: taken)
        } catch {
            guard error.code == .portInUse else { throw error }
            told = error.description
        }
        #expect(told.contains("choose another port"))
        await first.shutdown(grace: .zero)
    }
}
