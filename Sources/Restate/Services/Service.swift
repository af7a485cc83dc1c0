/// What the three kinds of services have in common: a name, and a table of handlers.
///
/// A service is a struct with its dependencies and plain methods. It conforms to ``Service``,
/// ``VirtualObject`` or ``Workflow``, never to this protocol alone.
public protocol RestateService: Sendable {
    /// The handlers, listed once. Its property names are the names on the wire.
    associatedtype API: HandlerTable
    /// The name under which callers know the service. By default the type's own name.
    static var name: String { get }
    /// What holds for all of its handlers that say nothing else themselves. By default nothing.
    static var options: ServiceOptions { get }
}

extension RestateService {
    public static var name: String { String(describing: Self.self) }
    public static var options: ServiceOptions { ServiceOptions() }
}

/// Handlers without a key or state; any number run at once.
public protocol Service: RestateService {}

/// Handlers with a key and state per key. Per key, one exclusive handler runs at a time, in the
/// order of arrival; shared handlers run beside it and only read.
///
/// ```swift
/// struct Counter: VirtualObject {
///     static let count = StateKey<Int>("count", default: 0)
///
///     func add(_ ctx: ObjectContext, amount: Int) async throws -> Int {
///         let sum = try await ctx.get(Self.count) + amount
///         ctx.set(Self.count, sum)
///         return sum
///     }
///
///     struct API: HandlerTable {
///         let add = exclusive(Counter.add)
///     }
/// }
/// ```
public protocol VirtualObject: RestateService {}

/// One `run` per key, with state and promises; shared handlers talk to it while it runs and
/// after.
public protocol Workflow: RestateService {}

/// The handlers of a service, as stored properties made by ``handler(_:)``, ``exclusive(_:)``,
/// ``shared(_:)`` and ``workflow(_:)``.
///
/// A property must not have the name of the function that makes it (`let handler = handler(…)`
/// does not compile).
public protocol HandlerTable: Sendable {
    init()
}
