import Foundation
import Restate
import RestateTesting
import Testing

@testable import Small

@Test func `an order has an id and the time of day`() async throws {
    try await withRestate(Endpoint(Orders())) { restate in
        let order = try await restate.service(Orders.self).place()
        #expect(UUID(uuidString: order.id)?.uuidString == order.id)
        let now = Int64((restate.clock.now.timeIntervalSince1970 * 1000).rounded())
        #expect(order.placed == now)
    }
}
