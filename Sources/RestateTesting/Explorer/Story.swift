internal import CanonicalJSON
public import Restate

/// Calls and checks that a ``CrashExplorer`` performs again and again, each time from the beginning.
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
    public let name: String
    let scene: @Sendable () -> Scene

    /// - Parameter scene: called for each performance: what it makes must be new.
    public init(_ name: String, _ scene: @escaping @Sendable () -> Scene) {
        self.name = name
        self.scene = scene
    }

    /// Says what must hold.
    /// - Throws: ``StoryFailed`` if it does not.
    public static func demand(_ holds: Bool, _ complaint: @autoclosure () -> String) throws {
        if !holds { throw StoryFailed(complaint()) }
    }
}

/// What a story demands does not hold.
public struct StoryFailed: Error, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// What one performance of a story needs: an endpoint, what is done with it, and what must then hold.
public struct Scene: Sendable {
    let endpoint: Endpoint
    let effects: Effects?
    let act: @Sendable (TestEnvironment) async throws -> String
    let whenCancelled: (@Sendable (TestEnvironment) async throws -> Void)?

    /// - Parameters:
    ///   - effects: notes what handlers do to the world. What is noted outside of a run must not be seen
    ///     more often than without a crash.
    ///   - act: gives what must be the same however it is cut. A ``TerminalError`` that it throws is
    ///     a result as well. It must not depend on chance: two calls at once have no order.
    ///   - whenCancelled: throws if something does not hold after an invocation was cancelled, whichever
    ///     that was. Without it nothing is cancelled.
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

    /// An act that gives nothing: the state of all services is what must be the same.
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
