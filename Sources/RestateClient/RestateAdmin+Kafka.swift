import CanonicalJSON
internal import RestateServices

/// Handlers that get the messages of a topic in Kafka. The clusters are named in the server's
/// configuration; the local runtime has none.
extension RestateAdmin {
    /// Lists the subscriptions.
    public func subscriptions() async throws -> [Subscription] {
        struct List: Decodable { var subscriptions: [Subscription] }
        return try JSON.decode(List.self, from: try await get("subscriptions")).subscriptions
    }

    /// Returns a subscription by its id.
    public func subscription(_ id: String) async throws -> Subscription {
        try JSON.decode(Subscription.self, from: try await get("subscriptions", id))
    }

    /// Lets a handler get every message of a topic. The key of an object or a workflow is that of the
    /// message.
    ///
    /// ```swift
    /// try await admin.subscribe("Ticket", "reserve", to: "orders", of: "my-cluster")
    /// ```
    /// - Parameters:
    ///   - service: the service's name on the wire.
    ///   - handler: the handler's name on the wire.
    ///   - topic: the topic, which the server does not look for: it waits until there is one.
    ///   - cluster: one that the server's configuration names.
    ///   - options: of the consumer, like `auto.offset.reset`.
    @discardableResult
    public func subscribe(
        _ service: String, _ handler: String, to topic: String, of cluster: String,
        options: [String: String] = [:]
    ) async throws -> Subscription {
        struct Wanted: Encodable {
            var source: String
            var sink: String
            var options: [String: String]?
        }
        let request = try HTTPCaller.Request(
            "POST", ["subscriptions"],
            json: Wanted(
                source: "kafka://\(cluster)/\(topic)", sink: "service://\(service)/\(handler)",
                options: options.isEmpty ? nil : options))
        return try JSON.decode(Subscription.self, from: try await result(request))
    }

    /// Ends a subscription.
    public func unsubscribe(_ id: String) async throws {
        _ = try await result(HTTPCaller.Request("DELETE", ["subscriptions", id]))
    }

    /// A subscription passes the messages of a topic to a handler.
    public struct Subscription: Decodable, Sendable {
        /// The id that ``unsubscribe(_:)`` takes.
        public let id: String
        /// The topic, like `kafka://my-cluster/orders`.
        public let source: String
        /// The handler, like `service://Ticket/reserve`.
        public let sink: String
        /// The options of the consumer, like `auto.offset.reset`, as the server
        /// tells them; nil if it does not.
        public let options: [String: String]?
    }
}
