/// A response whose body is still being written. Take the body once, and to its end: dropping it
/// unread cancels the attempt.
public struct StreamedResponse: Sendable {
    /// The status of HTTP, which is known before the body.
    public let status: Int
    /// The headers in order, with names in lower case.
    public let headers: [(name: String, value: String)]
    /// The pieces of the body, which can be taken once.
    public let body: Body

    /// Returns the first header of this name, which must be in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The pieces of a response's body. The endpoint waits when they are not taken.
    ///
    /// An iteration throws ``ResponseBroken`` if the endpoint breaks the response off, and
    /// `CancellationError` if its task is cancelled; then the attempt is cancelled too.
    public struct Body: AsyncSequence, Sendable {
        public typealias Element = [UInt8]

        private let reading: Reading

        init(_ exchange: EmbeddedExchange) { reading = Reading(exchange) }

        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reading: reading) }

        public struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let reading: Reading

            public mutating func next() async throws -> [UInt8]? {
                try await reading.exchange.next()
            }
        }
    }

    /// Cancels the exchange when nobody can read its response any more.
    fileprivate final class Reading: Sendable {
        let exchange: EmbeddedExchange

        init(_ exchange: EmbeddedExchange) { self.exchange = exchange }

        deinit { exchange.cancel() }
    }
}
