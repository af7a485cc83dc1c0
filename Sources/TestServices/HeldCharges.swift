import Nexus

/// A gateway that does not charge some bookings, so that what ends the wait for the charge comes first
/// however busy the machine is.
struct HeldCharges: PaymentGateway {
    static let time = Duration.seconds(3600)

    let keys: Set<String>
    private let gateway = MockGateway()

    init(keys: Set<String>) { self.keys = keys }

    func charge(_ amount: Int, to card: PaymentCard, key: String) async throws -> String {
        if keys.contains(key) { try await Task.sleep(for: Self.time) }
        return try await gateway.charge(amount, to: card, key: key)
    }

    func refund(key: String) async throws -> Bool { try await gateway.refund(key: key) }
}
