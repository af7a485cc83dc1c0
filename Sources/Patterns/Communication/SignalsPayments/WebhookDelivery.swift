internal import Foundation
internal import Restate

#if canImport(FoundationNetworking)
internal import FoundationNetworking
#endif

extension PaymentsInMemory {
    /// Posts each event to a handler until that answers with a 2xx: the decision of a payment after two seconds,
    /// the others at once.
    ///
    /// - Parameters:
    ///   - url: as `http://localhost:8080/payments/processWebhook`.
    ///   - isRepeated: whether this event is delivered twice, as providers do now and then.
    public func deliver(to url: String, isRepeated: @escaping @Sendable () -> Bool = { false }) {
        guard let address = URL(string: url) else { return }
        deliver { [weak self] event in
            let copies = isRepeated() ? 2 : 1
            Task { [weak self] in
                if event.decided != nil { try await Task.sleep(for: .seconds(2)) }
                self?.settle(event)
                for _ in 0..<copies { try await Self.post(event, to: address) }
            }
        }
    }

    private static func post(_ event: Event, to address: URL) async throws {
        var request = URLRequest(url: address)
        request.httpMethod = "POST"
        request.setValue(event.signature, forHTTPHeaderField: "stripe-signature")
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.httpBody = Data(event.body)
        while true {
            let status = try? await Exchange.answer(to: request).status
            if let status, 200..<300 ~= status { return }
            try await Task.sleep(for: .seconds(1))
        }
    }
}
