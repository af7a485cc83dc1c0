internal import CanonicalJSON
public import Restate

/// A story makes calls and checks that a ``CrashExplorer`` performs again and again, each time from
/// the beginning.
///
/// ```swift
/// let story = Story("a seat is sold") {
///     let gateway = FakeGateway()
///     return Scene(Endpoint(Checkout(gateway: gateway), Ticket(), SeatMap())) { restate in
///         let answer = try await restate.service(Checkout.self).process(order)
///         return [answer, "\(await gateway.charges)"]
///     } whenCancelled: { restate in
///         let seat = try await restate.object(Ticket.self, "seat-1").get()
///         try Story.demand(await gateway.charges == 0 || seat.status == .sold, "paid for nothing")
///     }
/// }
/// ```
public struct Story: Sendable {
    /// The name by which reports call the story.
    public let name: String
    let scene: @Sendable () -> Scene

    /// Makes a story.
    ///
    /// - Parameters:
    ///   - name: the name in reports.
    ///   - scene: makes the scene of one performance. Everything in it must be new.
    public init(_ name: String, _ scene: @escaping @Sendable () -> Scene) {
        self.name = name
        self.scene = scene
    }

    /// Checks a condition.
    /// - Throws: ``StoryFailed`` if it does not hold.
    public static func demand(_ holds: Bool, _ complaint: @autoclosure () -> String) throws {
        if !holds { throw StoryFailed(complaint()) }
    }
}

/// Says that a condition of a story does not hold.
public struct StoryFailed: Error, CustomStringConvertible, Sendable {
    public let description: String

    /// Makes the error with the sentence that the report shows.
    public init(_ description: String) { self.description = description }
}

/// A scene has what one performance of a story needs: an endpoint, an act, and a check.
public struct Scene: Sendable {
    let endpoint: Endpoint
    let effects: Effects?
    let act: @Sendable (TestEnvironment) async throws -> String
    let whenCancelled: (@Sendable (TestEnvironment) async throws -> Void)?

    /// Makes a scene.
    ///
    /// - Parameters:
    ///   - endpoint: the services, all new.
    ///   - effects: counts the side effects of handlers. Those outside of runs must not be more than
    ///     without a crash.
    ///   - act: returns what must be the same whatever the cut. A `TerminalError` that it throws is
    ///     a result too. It must be deterministic: two concurrent calls have no order.
    ///   - whenCancelled: throws if a condition does not hold after any invocation was cancelled.
    ///     Without it nothing is cancelled.
    public init<Outcome: Encodable & Sendable>(
        _ endpoint: Endpoint, effects: Effects? = nil,
        act: @escaping @Sendable (TestEnvironment) async throws -> Outcome,
        whenCancelled: (@Sendable (TestEnvironment) async throws -> Void)? = nil
    ) {
        self.endpoint = endpoint
        self.effects = effects
        self.act = { String(decoding: try JSON.encode(try await act($0)), as: UTF8.self) }
        self.whenCancelled = whenCancelled
    }

    /// Makes a scene whose act has no result, so that only the state of the services is compared.
    public init(
        _ endpoint: Endpoint, effects: Effects? = nil,
        act: @escaping @Sendable (TestEnvironment) async throws -> Void,
        whenCancelled: (@Sendable (TestEnvironment) async throws -> Void)? = nil
    ) {
        self.endpoint = endpoint
        self.effects = effects
        self.act = {
            try await act($0)
            return "()"
        }
        self.whenCancelled = whenCancelled
    }
}
