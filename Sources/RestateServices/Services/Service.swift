/// Requires what the three kinds of services have in common: a name, and a table of handlers.
///
/// A service is a struct of dependencies with plain methods. It conforms to ``Service``,
/// ``VirtualObject`` or ``Workflow``, never to this protocol alone.
public protocol RestateService: Sendable {
    /// The table of handlers. The names of its properties are the names on the wire.
    associatedtype API: HandlerTable
    /// The name of the service on the wire. It defaults to the name of the type.
    static var name: String { get }
    /// The options of the service. Each applies to the handlers that do not set it themselves.
    static var options: ServiceOptions { get }
}

extension RestateService {
    public static var name: String { String(describing: Self.self) }
    public static var options: ServiceOptions { ServiceOptions() }
}

/// A plain service has handlers with neither a key nor state. Any number of them run at once.
public protocol Service: RestateService {}

/// A virtual object has handlers with a key, and state for each key. For one key, exclusive handlers run
/// one at a time in the order of their arrival; shared handlers run concurrently and only read.
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

/// A workflow has a `run` that happens once per key, with state and promises. Shared handlers can
/// be called while it is active and afterwards.
public protocol Workflow: RestateService {}

/// A table lists the handlers of a service, as stored properties that are made by
/// `handler(_:)`, `exclusive(_:)`, `shared(_:)` and `workflow(_:)`.
///
/// A property must not have the name of the function that makes it: `let handler = handler(…)` does
/// not compile.
public protocol HandlerTable: Sendable {
    /// Makes the table. The compiler writes it, as all properties have a value.
    init()
}
