import Primitives
import RestateHTTP

/// A handler table with its names, made once per service type.
///
/// Names are the labels of the table's properties, found by `Mirror` and matched by the
/// identity of the entries: a key path's own text would name the first of several empty ones.
final class NamedTable<API: HandlerTable>: Sendable {
    let api: API
    /// Kept, because the usual one is a type's name, which takes long to find out.
    let service: String
    let entries: [(name: String, entry: any AnyHandler)]
    private let names: [ObjectIdentifier: String]

    init<S: RestateService>(of type: S.Type) where S.API == API {
        api = API()
        service = S.name
        entries = Mirror(reflecting: api).children.compactMap { child in
            guard let label = child.label, let entry = child.value as? any AnyHandler else {
                return nil
            }
            return ((entry as? any AnyRemoteHandler)?.name ?? label, entry)
        }
        names = Dictionary(
            entries.map { (ObjectIdentifier($0.entry), $0.name) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The name of an entry. One that is not a stored property of the table has none.
    func name(of entry: any AnyHandler) -> String? {
        names[ObjectIdentifier(entry)]
    }
}

/// The tables of all services of the process. Generic types cannot hold statics, so that there is
/// one dictionary for all.
enum TableCache {
    private static let tables = Locked<[ObjectIdentifier: any AnyObject & Sendable]>([:])

    static func table<S: RestateService>(of service: S.Type) -> NamedTable<S.API> {
        let id = ObjectIdentifier(service)
        if let found = tables.withLock({ $0[id] }) { return table(found) }
        // Made outside the lock: two at once are two equal tables, and the first one stays.
        let made = NamedTable(of: service)
        return tables.withLock { tables in
            if let first = tables[id] { return table(first) }
            tables[id] = made
            return made
        }
    }

    /// Without a check, which would take longer than the look-up: the key says what it is.
    private static func table<API>(_ kept: any AnyObject & Sendable) -> NamedTable<API> {
        unsafeDowncast(kept, to: NamedTable<API>.self)
    }
}

/// A handler that a table computes has no name: a table is read by what it stores.
struct NotInTable: Error, CustomStringConvertible {
    var table: String
    var description: String {
        "Handlers must be stored properties of \(table): write 'let', and no computed property"
    }
}
