/// Says which entries of the state the server sends along with each attempt. Entries that do not come
/// along are fetched when they are read.
///
/// ```swift
/// static let options = ServiceOptions().stateLoading(.only(Cart.owner, Cart.count))
/// ```
public struct StateLoading: Equatable, Sendable {
    /// Whether `enableLazyState` of the manifest is set.
    package let isLazy: Bool
    /// The names of the entries that come along nevertheless.
    package let names: [String]

    /// Sends all entries along, as a server does by default.
    public static let all = StateLoading(isLazy: false, names: [])

    /// Sends none along: each is fetched when it is read.
    public static let none = StateLoading(isLazy: true, names: [])

    /// Sends the entries of these keys along, and no others. This needs a server of version 1.8; a
    /// registration at an older one fails with a sentence that names the handler or service.
    public static func only<each Value>(_ keys: repeat StateKey<each Value>) -> StateLoading {
        var names: [String] = []
        for key in repeat each keys { names.append(key.name) }
        return only(names: names)
    }

    /// Sends the entries of these names along, and no others.
    public static func only(names: [String]) -> StateLoading {
        StateLoading(isLazy: true, names: names)
    }
}
